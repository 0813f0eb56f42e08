import type { ResolutionProblem } from "./resolution.ts"
import { resolve } from "./resolve.ts"
import type { AvroType } from "./type.ts"

/**
 * What a new version of a subject's schema must allow. BACKWARD: it reads what the last one wrote; FORWARD: the last one
 * reads what it writes; FULL: both; `_TRANSITIVE`: so with every earlier version. (Confluent's names)
 */
export const compatibilityModes = [
  "BACKWARD",
  "BACKWARD_TRANSITIVE",
  "FORWARD",
  "FORWARD_TRANSITIVE",
  "FULL",
  "FULL_TRANSITIVE",
  "NONE"
] as const

export type CompatibilityMode = (typeof compatibilityModes)[number]

export interface CompatibilityProblem extends ResolutionProblem {
  /** The earlier version, by its place in the list that was given: 1 is the oldest. */
  readonly againstVersion: number
  /** Which of the two could not read the other. */
  readonly direction: "BACKWARD" | "FORWARD"
}

export interface Compatibility {
  readonly compatible: boolean
  readonly problems: readonly CompatibilityProblem[]
}

/**
 * Whether a new schema may follow the existing ones (oldest first). Stricter than reading a record: what only some values
 * would meet, a branch or a symbol that the reader does not have, is a problem too. All problems are listed, each with its
 * place in the reading schema.
 */
export const checkCompatibility = (
  mode: CompatibilityMode,
  newSchema: AvroType,
  existing: readonly AvroType[]
): Compatibility => {
  if (mode === "NONE") return { compatible: true, problems: [] }
  const first = mode.endsWith("_TRANSITIVE") ? 0 : Math.max(0, existing.length - 1)
  const problems = existing.slice(first).flatMap((schema, index) => {
    const againstVersion = first + index + 1
    return [
      ...(mode.startsWith("FORWARD") ? [] : problemsOf(schema, newSchema, "BACKWARD", againstVersion)),
      ...(mode.startsWith("BACKWARD") ? [] : problemsOf(newSchema, schema, "FORWARD", againstVersion))
    ]
  })
  return { compatible: problems.length === 0, problems }
}

const problemsOf = (
  writer: AvroType,
  reader: AvroType,
  direction: CompatibilityProblem["direction"],
  againstVersion: number
): readonly CompatibilityProblem[] => {
  const result = resolve(writer, reader)
  const problems = "errors" in result ? result.errors : result.partial
  return problems.map((problem) => ({ ...problem, direction, againstVersion }))
}
