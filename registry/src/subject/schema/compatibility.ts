import { apiError, type CompatibilityMode, type CompatibilityReport } from "@millrace/sdk/api"
import { type AvroType, checkCompatibility } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import { typeOfSchema } from "./references.ts"
import { latestOf, type VersionRow, versionsOf } from "./schema-rows.ts"
import { settingsFor } from "../settings.ts"
import { placeText, type SubjectPlace } from "../subject-place.ts"

/** Live versions of a subject that a mode asks for, oldest first. */
export const versionsJudgedBy = Effect.fnUntraced(function* (mode: CompatibilityMode, place: SubjectPlace) {
  if (mode === "NONE") return []
  if (mode.endsWith("_TRANSITIVE")) return yield* versionsOf(place)
  const latest = yield* latestOf(place)
  return latest === undefined ? [] : [latest]
})

/** What a schema clashes with, as the check found it; `version` is the subject's. */
export interface Clash {
  readonly version: number
  readonly path: string
  /** `READER_FIELD_MISSING_DEFAULT_VALUE` and its like: what clients look for. */
  readonly kind: string
  /** Whether the new schema could not read the old data, or the other way round. */
  readonly direction: "BACKWARD" | "FORWARD"
  readonly message: string
}

/** Compares a type with versions by a mode, which looks at the last of them alone unless it is transitive: oldest first. */
export const clashesWith = Effect.fnUntraced(function* (
  mode: CompatibilityMode,
  type: AvroType,
  existing: readonly VersionRow[]
) {
  const types = yield* Effect.forEach(existing, typeOfSchema)
  return checkCompatibility(mode, type, types).problems.map(
    ({ againstVersion, direction, kind, message, path }): Clash => ({
      // The check counts versions by their place in the list.
      version: existing[againstVersion - 1]?.version ?? 0,
      path,
      kind,
      direction,
      message
    })
  )
})

/** Compares a type with the live versions of a subject, by the mode that counts for it. */
export const compareWithSubject = Effect.fnUntraced(function* (place: SubjectPlace, type: AvroType) {
  const { compatibility } = yield* settingsFor(place)
  const existing = yield* versionsJudgedBy(compatibility, place)
  const clashes = yield* clashesWith(compatibility, type, existing)
  return { mode: compatibility, clashes }
})

/** The same for people. */
export const reportOf = (mode: CompatibilityMode, clashes: readonly Clash[]): CompatibilityReport => ({
  compatible: clashes.length === 0,
  mode,
  version: clashes[0]?.version ?? null,
  differences: clashes.map(({ direction, kind, message, path }) => ({
    path,
    message: `${direction} ${kind}: ${message}`
  }))
})

/** Fails with SCHEMA_INCOMPATIBLE when a type may not follow the live versions of a subject. */
export const refuseIncompatible = Effect.fnUntraced(function* (place: SubjectPlace, type: AvroType) {
  const { clashes, mode } = yield* compareWithSubject(place, type)
  if (clashes.length === 0) return
  const { differences, version } = reportOf(mode, clashes)
  yield* apiError(
    "SCHEMA_INCOMPATIBLE",
    {
      subject: placeText(place),
      version: version ?? 0,
      mode,
      differences: differences.map(({ message, path }) => `${path}: ${message}`)
    },
    "schema"
  )
})
