import { apiError, CompatibilityMode, limitOf, type PageQuery, SubjectVersion } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, decodedRows } from "../store/database.ts"

/** The one context for now; the column is there for Confluent's contexts. */
export const defaultContext = ""

const SubjectRow = Schema.Struct({
  subject: Schema.String,
  compatibility: CompatibilityMode,
  key: Schema.fromJsonString(Schema.Array(Schema.String)),
  latest: Schema.NullOr(Schema.Int)
})

const VersionRow = Schema.Struct({
  ...SubjectVersion.fields,
  key: Schema.fromJsonString(SubjectVersion.fields.key)
})

const latest = `(SELECT MAX(version) FROM subject_versions v WHERE v.context = s.context AND v.subject = s.name
  AND v.deleted_at IS NULL)`

const versionQuery = `SELECT v.subject AS subject, v.version AS version, v.schema_id AS id, c.text AS "schema",
  s.record_key AS "key", v.registered_at AS "registeredAt", v.registered_by AS "registeredBy"
  FROM subject_versions v
  JOIN schemas c ON c.id = v.schema_id
  JOIN subjects s ON s.context = v.context AND s.name = v.subject
  WHERE v.deleted_at IS NULL AND v.context = ? AND v.subject = ?`

/** A subject; undefined when there is none. */
export const subjectRow = (name: string) =>
  decodedRow(
    SubjectRow,
    `SELECT name AS subject, compatibility, record_key AS "key", ${latest} AS latest FROM subjects s
      WHERE context = ? AND name = ? AND deleted_at IS NULL`,
    [defaultContext, name]
  )

/** A subject with at least one version; fails with SUBJECT_UNKNOWN. */
export const knownSubject = Effect.fnUntraced(function* (name: string) {
  const row = yield* subjectRow(name)
  if (row === undefined || row.latest === null) return yield* apiError("SUBJECT_UNKNOWN", { subject: name })
  return { subject: row.subject, compatibility: row.compatibility, latest: row.latest }
})

export const listSubjects = Effect.fnUntraced(function* (page: PageQuery) {
  const limit = limitOf(page)
  const rows = yield* decodedRows(
    SubjectRow,
    `SELECT name AS subject, compatibility, record_key AS "key", ${latest} AS latest FROM subjects s
      WHERE context = ? AND name > ? AND deleted_at IS NULL AND ${latest} IS NOT NULL ORDER BY name LIMIT ?`,
    [defaultContext, page.after ?? "", limit]
  )
  const subjects = rows.map((row) => ({
    subject: row.subject,
    compatibility: row.compatibility,
    latest: row.latest ?? 0
  }))
  return { subjects, next: subjects.length < limit ? null : (subjects.at(-1)?.subject ?? null) }
})

/** Versions of a subject, oldest first; none when there is no such subject. */
export const versionRows = (name: string) =>
  decodedRows(VersionRow, `${versionQuery} ORDER BY v.version`, [defaultContext, name])

/** A version by its number; fails with SUBJECT_UNKNOWN or SUBJECT_VERSION_UNKNOWN. */
export const knownSubjectVersion = Effect.fnUntraced(function* (name: string, version: number | "latest") {
  const { latest: newest } = yield* knownSubject(name)
  const number = version === "latest" ? newest : version
  const found = yield* decodedRow(VersionRow, `${versionQuery} AND v.version = ?`, [
    defaultContext,
    name,
    number
  ])
  return found ?? (yield* apiError("SUBJECT_VERSION_UNKNOWN", { subject: name, version }))
})
