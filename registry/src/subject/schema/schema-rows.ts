import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, decodedRows } from "../../store/database.ts"
import type { SubjectPlace } from "../subject-place.ts"

/** A named type that another subject's version defines. */
export const SchemaReference = Schema.Struct({
  /** By which clients tell references apart; for Avro the type's full name. */
  name: Schema.String,
  /** Qualified, or of the context of the schema that refers. */
  subject: Schema.String,
  version: Schema.Int
})
export type SchemaReference = typeof SchemaReference.Type

/** What people and rules say of a schema; kept as it was given. */
export const Annotation = Schema.Record(Schema.String, Schema.Unknown)
export type Annotation = typeof Annotation.Type

const AnnotationColumn = Schema.NullOr(Schema.fromJsonString(Annotation))

const schemaFields = {
  id: Schema.Int,
  context: Schema.String,
  sha256: Schema.String,
  /** Without the types that it refers to. */
  text: Schema.String,
  references: Schema.fromJsonString(Schema.Array(SchemaReference)),
  metadata: AnnotationColumn,
  ruleSet: AnnotationColumn
}

const SchemaRow = Schema.Struct(schemaFields)
export type SchemaRow = typeof SchemaRow.Type

/** A version of a subject with its schema. */
export const VersionRow = Schema.Struct({
  ...schemaFields,
  subject: Schema.String,
  version: Schema.Int,
  registeredAt: Schema.Int,
  registeredBy: Schema.String,
  deletedAt: Schema.NullOr(Schema.Int)
})
export type VersionRow = typeof VersionRow.Type

const schemaColumns = `c.id AS id, c.context AS context, c.sha256 AS sha256, c.text AS text, c.refs AS "references",
  c.metadata AS metadata, c.rule_set AS "ruleSet"`

/** Columns of a `VersionRow`, of the tables below. */
export const versionColumns = `${schemaColumns}, v.subject AS subject, v.version AS version,
  v.registered_at AS "registeredAt", v.registered_by AS "registeredBy", v.deleted_at AS "deletedAt"`

export const versionTables = "subject_versions v JOIN schemas c ON c.id = v.schema_id"

/** Which versions are looked at. */
export type Liveness = "live" | "deleted" | "all"

/** The same as a condition on `subject_versions v`. */
export const liveCondition: { readonly [L in Liveness]: string } = {
  live: "v.deleted_at IS NULL",
  deleted: "v.deleted_at IS NOT NULL",
  all: "1 = 1"
}

/** A schema by its id, whether or not a subject still has it. */
export const schemaRow = (id: number) =>
  decodedRow(SchemaRow, `SELECT ${schemaColumns} FROM schemas c WHERE c.id = ?`, [id])

/** Schemas whose digest begins with 32 hexadecimal digits, one a context. */
export const schemasByDigest = (digits: string) =>
  decodedRows(
    SchemaRow,
    `SELECT ${schemaColumns} FROM schemas c WHERE c.sha256 >= ? AND c.sha256 < ? ORDER BY c.context`,
    [digits, `${digits}g`]
  )

/** Versions of a subject, oldest first; none when there is no such subject. */
export const versionsOf = ({ context, subject }: SubjectPlace, which: Liveness = "live") =>
  decodedRows(
    VersionRow,
    `SELECT ${versionColumns} FROM ${versionTables}
      WHERE v.context = ? AND v.subject = ? AND ${liveCondition[which]} ORDER BY v.version`,
    [context, subject]
  )

const NumberRow = Schema.Struct({ version: Schema.Int, deletedAt: Schema.NullOr(Schema.Int) })

/** Numbers of a subject's versions, oldest first, without their schemas, each of which may be large. */
export const versionNumbers = ({ context, subject }: SubjectPlace, which: Liveness) =>
  decodedRows(
    NumberRow,
    `SELECT v.version AS version, v.deleted_at AS "deletedAt" FROM subject_versions v
      WHERE v.context = ? AND v.subject = ? AND ${liveCondition[which]} ORDER BY v.version`,
    [context, subject]
  )

/** The newest version of a subject that has a schema. */
export const versionWith = ({ context, subject }: SubjectPlace, id: number, which: Liveness) =>
  decodedRow(
    VersionRow,
    `SELECT ${versionColumns} FROM ${versionTables}
      WHERE v.context = ? AND v.subject = ? AND v.schema_id = ? AND ${liveCondition[which]}
      ORDER BY v.version DESC LIMIT 1`,
    [context, subject, id]
  )

const trait = { references: "c.refs <> '[]'", metadata: "c.metadata IS NOT NULL" } as const

/** Versions of a subject whose schemas have something beside their texts, newest first. */
export const versionsHaving = (
  { context, subject }: SubjectPlace,
  what: keyof typeof trait,
  which: Liveness
) =>
  decodedRows(
    VersionRow,
    `SELECT ${versionColumns} FROM ${versionTables}
      WHERE v.context = ? AND v.subject = ? AND ${trait[what]} AND ${liveCondition[which]}
      ORDER BY v.version DESC`,
    [context, subject]
  )

/** Versions that have a schema, by subject. */
export const versionsOfSchema = (id: number, which: Liveness) =>
  decodedRows(
    VersionRow,
    `SELECT ${versionColumns} FROM ${versionTables}
      WHERE v.schema_id = ? AND ${liveCondition[which]} ORDER BY v.subject, v.version`,
    [id]
  )

/** A version of a subject, deleted or not. */
export const versionAt = ({ context, subject }: SubjectPlace, version: number) =>
  decodedRow(
    VersionRow,
    `SELECT ${versionColumns} FROM ${versionTables} WHERE v.context = ? AND v.subject = ? AND v.version = ?`,
    [context, subject, version]
  )

/** The newest version of a subject. */
export const latestOf = ({ context, subject }: SubjectPlace, which: Liveness = "live") =>
  decodedRow(
    VersionRow,
    `SELECT ${versionColumns} FROM ${versionTables}
      WHERE v.context = ? AND v.subject = ? AND ${liveCondition[which]} ORDER BY v.version DESC LIMIT 1`,
    [context, subject]
  )

const IdRow = Schema.Struct({ id: Schema.Int })

/** Ids of the schemas that refer to a version; those that only deleted versions have count when `which` says so. */
export const referrersOf = Effect.fnUntraced(function* (
  { context, subject }: SubjectPlace,
  version: number,
  which: Liveness
) {
  const rows = yield* decodedRows(
    IdRow,
    `SELECT DISTINCT r.schema_id AS id FROM schema_references r JOIN subject_versions v ON v.schema_id = r.schema_id
      WHERE r.context = ? AND r.subject = ? AND r.version = ? AND ${liveCondition[which]} ORDER BY r.schema_id`,
    [context, subject, version]
  )
  return rows.map(({ id }) => id)
})

const PlaceRow = Schema.Struct({ context: Schema.String, subject: Schema.String })

/** Subjects of which such a version refers to a version. */
export const subjectsReferringTo = ({ context, subject }: SubjectPlace, version: number, which: Liveness) =>
  decodedRows(
    PlaceRow,
    `SELECT DISTINCT v.context AS context, v.subject AS subject
      FROM schema_references r JOIN subject_versions v ON v.schema_id = r.schema_id
      WHERE r.context = ? AND r.subject = ? AND r.version = ? AND ${liveCondition[which]}`,
    [context, subject, version]
  )
