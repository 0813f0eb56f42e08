import { type AvroType, resolve } from "@millrace/sdk/avro"
import type { CompatibilityMode, SchemaDifference } from "@millrace/sdk/api"

/** The verdict on a new schema. `index` is that of the first version it clashes with. */
export interface Verdict {
  readonly index: number | undefined
  readonly differences: readonly SchemaDifference[]
}

/** Why what `writer` wrote cannot all be read as `reader`. A branch or symbol that only may be met counts too. */
const clashes = (writer: AvroType, reader: AvroType): readonly SchemaDifference[] => {
  const result = resolve(writer, reader)
  const problems = "errors" in result ? result.errors : result.partial
  return problems.map(({ kind, message, path }) => ({ path, message: `${kind}: ${message}` }))
}

/**
 * Judges a schema against the versions of its subject, oldest first, by Confluent's modes: BACKWARD, the new one reads
 * what the last wrote; FORWARD, the last reads what the new one writes; FULL, both; transitive, against all of them.
 */
export const judge = (mode: CompatibilityMode, next: AvroType, existing: readonly AvroType[]): Verdict => {
  const isTransitive = mode.endsWith("_TRANSITIVE")
  const readsOld = mode.startsWith("BACKWARD") || mode.startsWith("FULL")
  const isReadByOld = mode.startsWith("FORWARD") || mode.startsWith("FULL")
  const first = isTransitive ? 0 : Math.max(existing.length - 1, 0)
  for (const [offset, old] of existing.slice(first).entries()) {
    const differences = [...(readsOld ? clashes(old, next) : []), ...(isReadByOld ? clashes(next, old) : [])]
    if (differences.length > 0) return { index: first + offset, differences }
  }
  return { index: undefined, differences: [] }
}
