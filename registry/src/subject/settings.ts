import { CompatibilityMode } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { AuditLog } from "../audit/audit-log.ts"
import { decodedRows, execute } from "../store/database.ts"
import { globalContext, placeText, type SubjectPlace } from "./subject-place.ts"

/** What may be written: all, nothing (OVERRIDE: whatever is set nearer), or only what comes from another registry, with its ids. */
export const WriteMode = Schema.Literals(["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"])
export type WriteMode = typeof WriteMode.Type

/** What is set at one place; null is not set. */
export interface Settings {
  readonly compatibility: CompatibilityMode | null
  readonly normalize: boolean | null
  readonly mode: WriteMode | null
}

/** What counts for a subject. */
export interface SettingsInForce {
  readonly compatibility: CompatibilityMode
  readonly normalize: boolean
  readonly mode: WriteMode
}

/** Where nothing is set. Confluent's default: a new schema reads what the last one wrote. */
export const defaultSettings: SettingsInForce = {
  compatibility: "BACKWARD",
  normalize: false,
  mode: "READWRITE"
}

const nothing: Settings = { compatibility: null, normalize: null, mode: null }

const SettingsRow = Schema.Struct({
  context: Schema.String,
  subject: Schema.String,
  compatibility: Schema.NullOr(CompatibilityMode),
  normalize: Schema.NullOr(Schema.Int),
  mode: Schema.NullOr(WriteMode)
})
type SettingsRow = typeof SettingsRow.Type

const columns = "context, subject, compatibility, normalize, mode"

const settingsOf = (row: SettingsRow | undefined): Settings =>
  row === undefined
    ? nothing
    : {
        compatibility: row.compatibility,
        normalize: row.normalize === null ? null : row.normalize === 1,
        mode: row.mode
      }

/** What is set for the subject, or context, itself. */
export const settingsAt = Effect.fnUntraced(function* ({ context, subject }: SubjectPlace) {
  const [row] = yield* decodedRows(
    SettingsRow,
    `SELECT ${columns} FROM subject_settings WHERE context = ? AND subject = ?`,
    [context, subject]
  )
  return settingsOf(row)
})

/** The nearest that is set: for the subject, its context, or globally. */
const inForce = (rows: readonly SettingsRow[], { context, subject }: SubjectPlace): SettingsInForce => {
  const at = (place: SubjectPlace): Settings =>
    settingsOf(rows.find((row) => row.context === place.context && row.subject === place.subject))
  const wider = [at({ context, subject: "" }), at({ context: globalContext, subject: "" })]
  const levels = [at({ context, subject }), ...wider]
  const isOverridden = wider.some(({ mode }) => mode === "READONLY_OVERRIDE")
  const mode = levels.find((level) => level.mode !== null)?.mode
  return {
    compatibility:
      levels.find((level) => level.compatibility !== null)?.compatibility ?? defaultSettings.compatibility,
    normalize: levels.find((level) => level.normalize !== null)?.normalize ?? defaultSettings.normalize,
    mode: isOverridden ? "READONLY_OVERRIDE" : (mode ?? defaultSettings.mode)
  }
}

/** What counts for a subject, or for a context. */
export const settingsFor = Effect.fnUntraced(function* (place: SubjectPlace) {
  const rows = yield* decodedRows(
    SettingsRow,
    `SELECT ${columns} FROM subject_settings
      WHERE (context = ? AND (subject = ? OR subject = '')) OR (context = ? AND subject = '')`,
    [place.context, place.subject, globalContext]
  )
  return inForce(rows, place)
})

/** What counts for each subject of a context, read at once. */
export const settingsOfContext = Effect.fnUntraced(function* (context: string) {
  const rows = yield* decodedRows(
    SettingsRow,
    `SELECT ${columns} FROM subject_settings WHERE context = ? OR (context = ? AND subject = '')`,
    [context, globalContext]
  )
  const bySubject = Map.groupBy(rows, (row) => (row.context === context ? row.subject : ""))
  const shared = bySubject.get("") ?? []
  return (subject: string): SettingsInForce =>
    inForce([...(subject === "" ? [] : (bySubject.get(subject) ?? [])), ...shared], { context, subject })
})

/** Subjects of a context that have a mode of their own. */
export const subjectsWithMode = Effect.fnUntraced(function* (context: string) {
  const rows = yield* decodedRows(
    SettingsRow,
    `SELECT ${columns} FROM subject_settings WHERE context = ? AND subject <> '' AND mode IS NOT NULL ORDER BY subject`,
    [context]
  )
  return rows.map(({ subject }): SubjectPlace => ({ context, subject }))
})

/** A change of what is set; what it does not name stays, null unsets. */
export interface SettingsChange {
  readonly place: SubjectPlace
  readonly set: Partial<Settings>
  readonly actor: string
  readonly action: "subject.compatibility" | "subject.mode"
}

/** Changes what is set at a place, with its entry in the audit log. Called inside a transaction. */
export const changeSettings = Effect.fnUntraced(function* ({ action, actor, place, set }: SettingsChange) {
  const before = yield* settingsAt(place)
  const after = { ...before, ...set }
  const { compatibility, mode, normalize } = after
  yield* execute("DELETE FROM subject_settings WHERE context = ? AND subject = ?", [
    place.context,
    place.subject
  ])
  if (compatibility !== null || normalize !== null || mode !== null)
    yield* execute(`INSERT INTO subject_settings (${columns}) VALUES (?, ?, ?, ?, ?)`, [
      place.context,
      place.subject,
      compatibility,
      normalize === null ? null : Number(normalize),
      mode
    ])
  const target = place.subject === "" ? `:${place.context === "" ? "." : place.context}:` : placeText(place)
  yield* (yield* AuditLog).append({ actor, action, target, detail: { ...set, before } })
  return after
})

/** Forgets what is set for a subject, or for a context and all its subjects; with the subject, its write tells of it. */
export const dropSettings = ({ context, subject }: SubjectPlace) =>
  subject === ""
    ? execute("DELETE FROM subject_settings WHERE context = ?", [context])
    : execute("DELETE FROM subject_settings WHERE context = ? AND subject = ?", [context, subject])
