import { parseAvro, resolve } from "@millrace/sdk/avro"
import type { PlannedNode, PlannedState } from "../plan.ts"

/** What becomes of a node's state. */
export interface StateChange {
  readonly state: string
  /** `kept` as it is · `migrated`: old values are read by the new schema · `lost`: begins empty · `new`. */
  readonly fate: "kept" | "migrated" | "lost" | "new"
  readonly why: string
}

/** State goes with the node's name, and by its key: another key makes all of it unreachable. */
export const stateChanges = (before: PlannedNode, after: PlannedNode): readonly StateChange[] => {
  const old = new Map(before.state.map((state) => [state.name, state]))
  const kept = new Set(after.state.map((state) => state.name))
  const rekeyed = keyedBy(before) !== keyedBy(after)
  return [
    ...after.state.map((state) => changeOf(old.get(state.name), state, rekeyed)),
    ...before.state
      .filter((state) => !kept.has(state.name))
      .map(({ name }): StateChange => ({ state: name, fate: "lost", why: "the plugin has it no more" }))
  ]
}

const keyedBy = (node: PlannedNode): string =>
  JSON.stringify(Object.entries(node.inputs).map(([name, { keyBy }]) => [name, keyBy]))

const changeOf = (before: PlannedState | undefined, after: PlannedState, rekeyed: boolean): StateChange => {
  const state = after.name
  if (before === undefined) return { state, fate: "new", why: "it begins empty" }
  if (rekeyed) return { state, fate: "lost", why: "the node is keyed by other fields" }
  if (before.kind !== after.kind || before.mapKey !== after.mapKey) {
    return { state, fate: "lost", why: "it is of another kind, or has other keys" }
  }
  if (before.schema === after.schema) return { state, fate: "kept", why: "its schema is the same" }
  const why = unreadable(before.schema, after.schema)
  return why === undefined
    ? { state, fate: "migrated", why: "its old values are read by the new schema" }
    : { state, fate: "lost", why: `its old values cannot be read: ${why}` }
}

const unreadable = (before: string, after: string): string | undefined => {
  const [writer, reader] = [parseAvro(before), parseAvro(after)]
  if (!("ok" in writer) || !("ok" in reader)) return "a schema is broken"
  const resolved = resolve(writer.ok, reader.ok)
  return "ok" in resolved ? undefined : resolved.errors.map((error) => error.message).join("; ")
}
