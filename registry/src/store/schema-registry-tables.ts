/**
 * Format 5: what the schema registry's API adds. A schema may refer to others and carry metadata and rules; compatibility,
 * normalizing and modes are set for a subject, a context (its subject is empty) or for all (docs/formats/registry-store.md).
 */
export const createSchemaSettings = `
ALTER TABLE schemas ADD COLUMN metadata TEXT;
ALTER TABLE schemas ADD COLUMN rule_set TEXT;
CREATE INDEX schemas_by_digest ON schemas (sha256);
CREATE INDEX subject_versions_by_schema ON subject_versions (schema_id);

CREATE TABLE schema_references (
  schema_id INTEGER NOT NULL REFERENCES schemas (id),
  context TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (schema_id, context, subject, version)
) STRICT;
CREATE INDEX schema_references_by_target ON schema_references (context, subject, version);

CREATE TABLE subject_settings (
  context TEXT NOT NULL,
  subject TEXT NOT NULL,
  compatibility TEXT,
  normalize INTEGER,
  mode TEXT,
  PRIMARY KEY (context, subject)
) STRICT;
INSERT INTO subject_settings (context, subject, compatibility)
  SELECT context, name, compatibility FROM subjects WHERE compatibility <> 'BACKWARD';
ALTER TABLE subjects DROP COLUMN compatibility;
`
