import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decodedRows, type SqlValue } from "../store/database.ts"
import {
  type Liveness,
  liveCondition,
  versionColumns,
  VersionRow,
  versionTables
} from "./schema/schema-rows.ts"
import { placeText, type SubjectPlace } from "./subject-place.ts"

/** Subjects of a context, or of all, whose names begin alike. */
export interface SubjectRange {
  /** Undefined: all of them. */
  readonly context: string | undefined
  readonly prefix: string
}

/** A condition on `subject_versions v`, with its values. */
const within = ({ context, prefix }: SubjectRange): readonly [string, readonly SqlValue[]] => {
  // Counted as SQL counts: in code points.
  const length = Array.from(prefix).length
  const [byContext, contexts] = context === undefined ? ["1 = 1", []] : ["v.context = ?", [context]]
  const [byPrefix, prefixes] =
    length === 0 ? ["1 = 1", []] : ["substr(v.subject, 1, ?) = ?", [length, prefix]]
  return [`${byContext} AND ${byPrefix}`, [...contexts, ...prefixes]]
}

const SubjectRow = Schema.Struct({ context: Schema.String, subject: Schema.String, isDeleted: Schema.Int })

/** Subjects by their qualified names. One is deleted when all its versions are. */
export const subjectsWithin = Effect.fnUntraced(function* (range: SubjectRange, which: Liveness) {
  const [condition, values] = within(range)
  const rows = yield* decodedRows(
    SubjectRow,
    `SELECT v.context AS context, v.subject AS subject,
      MIN(CASE WHEN v.deleted_at IS NULL THEN 0 ELSE 1 END) AS "isDeleted"
      FROM subject_versions v WHERE ${condition} GROUP BY v.context, v.subject`,
    values
  )
  return rows
    .filter(({ isDeleted }) => which === "all" || (isDeleted === 1) === (which === "deleted"))
    .map(({ context, subject }): SubjectPlace => ({ context, subject }))
    .sort((a, b) => (placeText(a) < placeText(b) ? -1 : 1))
})

const ContextRow = Schema.Struct({ context: Schema.String })

/** Contexts that have subjects, deleted ones too; the default context is the empty string. */
export const contextsWithSubjects = Effect.map(
  decodedRows(ContextRow, "SELECT DISTINCT context FROM subject_versions ORDER BY context"),
  (rows) => rows.map(({ context }) => context)
)

/** A piece of a list. */
export interface Piece {
  readonly offset: number
  readonly limit: number
}

interface VersionRange extends SubjectRange {
  readonly which: Liveness
  readonly latestOnly: boolean
}

/** Versions of all subjects of a range, by subject and number. */
export const versionsWithin = Effect.fnUntraced(function* (range: VersionRange, { limit, offset }: Piece) {
  const [condition, values] = within(range)
  const live = liveCondition[range.which]
  const newest = `v.version = (SELECT MAX(w.version) FROM subject_versions w WHERE w.context = v.context
    AND w.subject = v.subject AND ${live.replaceAll("v.", "w.")})`
  return yield* decodedRows(
    VersionRow,
    `SELECT ${versionColumns} FROM ${versionTables}
      WHERE ${condition} AND ${live} AND ${range.latestOnly ? newest : "1 = 1"}
      ORDER BY v.context, v.subject, v.version LIMIT ? OFFSET ?`,
    [...values, limit, offset]
  )
})
