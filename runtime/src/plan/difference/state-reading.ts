import { parseAvro, resolve } from "@millrace/sdk/avro"
import type { PlannedState } from "../plan.ts"

/** One state as it is kept: what a plan wrote, or what the log has. */
export type KeptState = Pick<PlannedState, "kind" | "mapKey" | "name" | "schema">

/** How what is kept of a state becomes what a new plan wants of it. */
export type StateReading =
  | { readonly reading: "same" }
  /** Each value is read by the new schema. */
  | { readonly reading: "resolved" }
  /** Each value goes through the plugin's function; `from`: its place in the list. */
  | { readonly reading: "migrated"; readonly from: number }
  /** Not at all; a reason for each field that stands in the way. */
  | { readonly reading: "none"; readonly reasons: readonly string[] }

/**
 * A migration that names the very schema that is kept is meant for it, and comes before resolution; any other that can read it
 * is there for what cannot be resolved.
 */
export const readingOf = (
  kept: Omit<KeptState, "kind"> & { readonly kind: string },
  wanted: PlannedState
): StateReading => {
  if (kept.kind !== wanted.kind)
    return { reading: "none", reasons: [`it was ${kindText(kept.kind)} and is ${kindText(wanted.kind)}`] }
  if (kept.mapKey !== wanted.mapKey)
    return {
      reading: "none",
      reasons: [`its keys were ${kept.mapKey ?? "none"} and are ${wanted.mapKey ?? "none"}`]
    }
  if (kept.schema === wanted.schema) return { reading: "same" }
  const migrations = wanted.migrate ?? []
  const exact = migrations.indexOf(kept.schema)
  if (exact >= 0) return { reading: "migrated", from: exact }
  const reasons = unreadable(kept.schema, wanted.schema)
  if (reasons.length === 0) return { reading: "resolved" }
  const from = migrations.findIndex((schema) => unreadable(kept.schema, schema).length === 0)
  return from >= 0 ? { reading: "migrated", from } : { reading: "none", reasons }
}

const kindText = (kind: string): string => (kind === "value" ? "a value" : `a ${kind}`)

/** Why not every value of one schema can be read by another, by field. */
const unreadable = (writer: string, reader: string): readonly string[] => {
  const [from, to] = [parseAvro(writer), parseAvro(reader)]
  if (!("ok" in from) || !("ok" in to)) return ["a schema is broken"]
  const resolved = resolve(from.ok, to.ok)
  const problems = "ok" in resolved ? resolved.partial : resolved.errors
  return problems.map(({ message, path }) => (path === "" ? message : `${path}: ${message}`))
}
