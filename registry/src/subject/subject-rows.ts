import {
  apiError,
  limitOf,
  type PageQuery,
  type SubjectSummary,
  type SubjectVersion
} from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRow, decodedRows } from "../store/database.ts"
import { wholeText } from "./schema/references.ts"
import { latestOf, versionAt, type VersionRow, versionsOf } from "./schema/schema-rows.ts"
import { settingsFor, settingsOfContext } from "./settings.ts"
import { KeyColumn } from "./subject-key.ts"
import { defaultContext } from "./subject-place.ts"

const KeyRow = Schema.Struct({ key: KeyColumn })
const LatestRow = Schema.Struct({ subject: Schema.String, latest: Schema.Int })

const inDefault = (subject: string) => ({ context: defaultContext, subject })

/** A subject with at least one version; fails with SUBJECT_UNKNOWN. */
export const knownSubject = Effect.fnUntraced(function* (name: string) {
  const latest = yield* latestOf(inDefault(name))
  if (latest === undefined) return yield* apiError("SUBJECT_UNKNOWN", { subject: name })
  const { compatibility } = yield* settingsFor(inDefault(name))
  const summary: SubjectSummary = { subject: name, compatibility, latest: latest.version }
  return summary
})

/** Subjects of the default context, by name. */
export const listSubjects = Effect.fnUntraced(function* (page: PageQuery) {
  const limit = limitOf(page)
  const rows = yield* decodedRows(
    LatestRow,
    `SELECT subject, MAX(version) AS latest FROM subject_versions
      WHERE context = ? AND subject > ? AND deleted_at IS NULL GROUP BY subject ORDER BY subject LIMIT ?`,
    [defaultContext, page.after ?? "", limit]
  )
  const settings = yield* settingsOfContext(defaultContext)
  const subjects = rows.map(({ latest, subject }): SubjectSummary => ({
    subject,
    compatibility: settings(subject).compatibility,
    latest
  }))
  return { subjects, next: subjects.length < limit ? null : (subjects.at(-1)?.subject ?? null) }
})

const keyOf = Effect.fnUntraced(function* (name: string) {
  const row = yield* decodedRow(
    KeyRow,
    `SELECT record_key AS "key" FROM subjects WHERE context = ? AND name = ?`,
    [defaultContext, name]
  )
  return row?.key ?? []
})

/** A version as the API shows it: its schema stands for itself, whatever it refers to. */
export const shownVersion = Effect.fnUntraced(function* (row: VersionRow) {
  const { id, registeredAt, registeredBy, subject, version } = row
  const schema = yield* wholeText(row)
  const shown: SubjectVersion = {
    subject,
    version,
    id,
    schema,
    key: yield* keyOf(subject),
    registeredAt,
    registeredBy
  }
  return shown
})

/** Versions of a subject, oldest first; none when there is no such subject. */
export const shownVersions = Effect.fnUntraced(function* (name: string) {
  return yield* Effect.forEach(yield* versionsOf(inDefault(name)), shownVersion)
})

/** A version by its number; fails with SUBJECT_UNKNOWN or SUBJECT_VERSION_UNKNOWN. */
export const knownSubjectVersion = Effect.fnUntraced(function* (name: string, version: number | "latest") {
  const { latest } = yield* knownSubject(name)
  const found = yield* versionAt(inDefault(name), version === "latest" ? latest : version)
  if (found === undefined || found.deletedAt !== null)
    return yield* apiError("SUBJECT_VERSION_UNKNOWN", { subject: name, version })
  return yield* shownVersion(found)
})
