import type { PlannedNode, PlannedState } from "../plan.ts"
import { readingOf } from "./state-reading.ts"

/** What becomes of a node's state. */
export interface StateChange {
  readonly state: string
  /** `kept` as it is · `migrated`: old values become new ones · `lost`: begins empty · `new`. */
  readonly fate: "kept" | "migrated" | "lost" | "new"
  readonly why: string
}

/** State goes with the node's name, and by its key: another key makes all of it unreachable. */
export const stateChanges = (before: PlannedNode, after: PlannedNode): readonly StateChange[] => {
  const old = new Map(before.state.map((state) => [state.name, state]))
  const kept = new Set(after.state.map((state) => state.name))
  const isRekeyed = before.stateKey !== after.stateKey
  return [
    ...after.state.map((state) => changeOf(old.get(state.name), state, isRekeyed)),
    ...before.state
      .filter((state) => !kept.has(state.name))
      .map(({ name }): StateChange => ({ state: name, fate: "lost", why: "the plugin has it no more" }))
  ]
}

const changeOf = (before: PlannedState | undefined, after: PlannedState, isRekeyed: boolean): StateChange => {
  const state = after.name
  if (before === undefined) return { state, fate: "new", why: "it begins empty" }
  if (isRekeyed) return { state, fate: "lost", why: "the node is keyed by other fields" }
  const reading = readingOf(before, after)
  switch (reading.reading) {
    case "same":
      return { state, fate: "kept", why: `its schema is the same${lifeText(before, after)}` }
    case "resolved":
      return { state, fate: "migrated", why: "its old values are read by the new schema" }
    case "migrated":
      return { state, fate: "migrated", why: "its old values go through the plugin's migration" }
    case "none":
      return { state, fate: "lost", why: `its old values cannot be read: ${reading.reasons.join("; ")}` }
  }
}

const lifeText = (before: PlannedState, after: PlannedState): string =>
  before.ttlMs === after.ttlMs
    ? ""
    : `; what is written from now on lives ${after.ttlMs === undefined ? "for ever" : `${after.ttlMs} ms`}`
