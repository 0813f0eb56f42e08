/** Format 1 of the store. Times are milliseconds since 1970; JSON stands in text columns. docs/formats/registry-store.md. */
export const createTables = `
CREATE TABLE scopes (
  name TEXT PRIMARY KEY,
  form TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;

CREATE TABLE packages (
  name TEXT PRIMARY KEY,
  scope TEXT NOT NULL REFERENCES scopes (name),
  form TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE versions (
  package TEXT NOT NULL REFERENCES packages (name),
  version TEXT NOT NULL,
  integrity TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  manifest TEXT NOT NULL,
  readme TEXT,
  published_at INTEGER NOT NULL,
  published_by TEXT NOT NULL,
  deprecated TEXT,
  yanked TEXT,
  PRIMARY KEY (package, version)
) STRICT;
CREATE TRIGGER versions_never_change BEFORE UPDATE OF package, version, integrity, size_bytes, manifest, readme, published_at, published_by ON versions
  BEGIN SELECT RAISE(ABORT, 'a published version never changes'); END;
CREATE TRIGGER versions_never_go BEFORE DELETE ON versions
  BEGIN SELECT RAISE(ABORT, 'a published version is never deleted'); END;

CREATE TABLE schemas (
  id INTEGER PRIMARY KEY,
  context TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  text TEXT NOT NULL,
  refs TEXT NOT NULL,
  UNIQUE (context, sha256)
) STRICT;
CREATE TRIGGER schemas_never_change BEFORE UPDATE ON schemas
  BEGIN SELECT RAISE(ABORT, 'a schema never changes'); END;

CREATE TABLE subjects (
  context TEXT NOT NULL,
  name TEXT NOT NULL,
  compatibility TEXT NOT NULL,
  record_key TEXT NOT NULL,
  deleted_at INTEGER,
  PRIMARY KEY (context, name)
) STRICT;

CREATE TABLE subject_versions (
  context TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  schema_id INTEGER NOT NULL REFERENCES schemas (id),
  registered_at INTEGER NOT NULL,
  registered_by TEXT NOT NULL,
  deleted_at INTEGER,
  PRIMARY KEY (context, subject, version),
  FOREIGN KEY (context, subject) REFERENCES subjects (context, name)
) STRICT;

CREATE TABLE pipelines (
  name TEXT PRIMARY KEY,
  owner TEXT,
  desired TEXT NOT NULL,
  revision INTEGER NOT NULL,
  plan_hash TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;

CREATE TABLE revisions (
  pipeline TEXT NOT NULL REFERENCES pipelines (name),
  revision INTEGER NOT NULL,
  text TEXT NOT NULL,
  canonical TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  plan TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  applied_by TEXT NOT NULL,
  PRIMARY KEY (pipeline, revision)
) STRICT;

CREATE TABLE grants (
  id INTEGER PRIMARY KEY,
  pipeline TEXT NOT NULL,
  node TEXT NOT NULL,
  permission TEXT NOT NULL,
  granted_at INTEGER NOT NULL,
  granted_by TEXT NOT NULL,
  revoked_at INTEGER,
  revoked_by TEXT
) STRICT;
CREATE UNIQUE INDEX grants_in_force ON grants (pipeline, node, permission) WHERE revoked_at IS NULL;

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE audit (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_never_goes BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
`

/** Format 2: how much of a quota is used up, and a name for this installation, which its tokens carry. */
export const createQuotas = `
CREATE TABLE quotas (
  actor TEXT NOT NULL,
  what TEXT NOT NULL,
  full_again_at INTEGER NOT NULL,
  PRIMARY KEY (actor, what)
) STRICT;

CREATE TABLE installation (
  id TEXT PRIMARY KEY
) STRICT;
INSERT INTO installation (id) VALUES (lower(hex(randomblob(6))));
CREATE TRIGGER installation_never_changes BEFORE UPDATE ON installation
  BEGIN SELECT RAISE(ABORT, 'an installation keeps its name'); END;
`

/** Format 3: secrets, sealed. */
export const createSecrets = `
CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  sealed TEXT NOT NULL,
  key_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  changed_by TEXT NOT NULL
) STRICT;
`
