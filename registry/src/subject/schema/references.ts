import { type ApiError, apiError } from "@millrace/sdk/api"
import {
  addToLibrary,
  type AvroLibrary,
  defaultLimits,
  makeLibrary,
  parseAvroWith,
  schemaText
} from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import type { Database } from "../../store/database.ts"
import type { StoreError } from "../../store/store-error.ts"
import { type SchemaReference, type SchemaRow, versionAt, type VersionRow } from "./schema-rows.ts"
import { placeText, placeWithin } from "../subject-place.ts"

/** References that one schema may have, those of its references included. */
export const maxReferences = 500

/** What references lead to, on the way. */
interface Gathering {
  readonly library: AvroLibrary
  /** Names of references that were followed. One that comes again is the first one's, as clients read it. */
  readonly names: Set<string>
  /** Versions that the schema itself refers to. */
  readonly targets: VersionRow[]
  /** Of all texts together: what may be made by few bytes is bounded. */
  textLength: number
}

interface Step {
  readonly context: string
  readonly references: readonly SchemaReference[]
  /** Versions that lead here. */
  readonly around: readonly string[]
}

const invalid = (problem: string) => apiError("SCHEMA_INVALID", { problem }, "references")

const gather = Effect.fnUntraced(function* (
  gathering: Gathering,
  step: Step
): Effect.fn.Return<void, ApiError | StoreError, Database> {
  for (const { name, subject, version } of step.references) {
    const place = placeWithin(step.context, subject)
    const here = `${placeText(place)} ${version}`
    if (step.around.includes(here))
      return yield* invalid(`its references go in a circle: ${[...step.around, here].join(", ")}`)
    const row = yield* versionAt(place, version)
    if (row === undefined)
      return yield* apiError("SCHEMA_REFERENCE_UNKNOWN", { subject: placeText(place), version }, "references")
    if (step.around.length === 0) gathering.targets.push(row)
    if (gathering.names.has(name)) continue
    gathering.names.add(name)
    gathering.textLength += row.text.length
    if (gathering.names.size > maxReferences || gathering.textLength > defaultLimits.maxTextLength)
      return yield* invalid(
        `it has more than ${maxReferences} references, or more than ${defaultLimits.maxTextLength} characters in them`
      )
    const inner = { context: row.context, references: row.references, around: [...step.around, here] }
    yield* gather(gathering, inner)
    const error = addToLibrary(gathering.library, row.text)
    if (error !== undefined)
      return yield* invalid(`its reference ${name} (${here}) cannot be read: ${error.message}`)
  }
})

/**
 * The types that a schema's references define, and those of the references of these; a schema in deleted versions is there too.
 * Fails with SCHEMA_REFERENCE_UNKNOWN, or with SCHEMA_INVALID when they go in a circle or are too many.
 */
export const resolveReferences = Effect.fnUntraced(function* (
  context: string,
  references: readonly SchemaReference[]
) {
  if (references.length > maxReferences)
    return yield* invalid(`it has ${references.length} references, more than ${maxReferences}`)
  const gathering: Gathering = { library: makeLibrary(), names: new Set(), targets: [], textLength: 0 }
  yield* gather(gathering, { context, references, around: [] })
  const { library, targets } = gathering
  return { library, targets }
})

/** The type of a stored schema, with all that it refers to. Whole schemas are not looked up, since they are complete. */
export const typeOfSchema = Effect.fnUntraced(function* (
  row: Pick<SchemaRow, "context" | "references" | "text">
) {
  const { library } = yield* resolveReferences(row.context, row.references)
  const parsed = parseAvroWith(row.text, library)
  if ("error" in parsed) return yield* apiError("SCHEMA_INVALID", { problem: parsed.error.message })
  return parsed.ok
})

/** A stored schema's text with the types that it refers to in their places, so that it stands for itself. */
export const wholeText = (row: Pick<SchemaRow, "context" | "references" | "text">) =>
  row.references.length === 0 ? Effect.succeed(row.text) : Effect.map(typeOfSchema(row), schemaText)
