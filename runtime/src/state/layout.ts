/** A keyed node's state as its plan declares it. */
export interface WantedState {
  readonly name: string
  readonly kind: string
  /** Dense id of the schema that values are to be read and written with. */
  readonly schema: number
  /** Avro schema text of a map's keys. */
  readonly mapKey?: string
}

/** One state as the store keeps it. */
export interface LaidState {
  readonly name: string
  readonly kind: string
  readonly mapKey?: string
  /** What stands for it in stored keys and deltas: never another state's while a value lies under it. */
  readonly slot: number
  /**
   * Every schema that its values may be written with, oldest first; the last is in force. A value is read by going
   * through those that follow its own, so that it reads the same whether or not it was written again on the way.
   */
  readonly schemas: readonly number[]
}

/** How a node's state is laid out in the store (docs/formats/state.md, "Layout"). */
export interface StateLayout {
  /** What the node's records are keyed by: under another key nothing of the state would be found, or the wrong thing. */
  readonly key: string
  readonly states: readonly LaidState[]
  /** Slots of states that are gone, whose values are still to be cleared. */
  readonly retired: readonly number[]
}

/** Slots from 254 on are the timers'. */
const maxSlot = 253

export const emptyLayout: StateLayout = { key: "", states: [], retired: [] }

/**
 * The layout for what a plan wants, on top of the one that is there. A state keeps its slot by its name, while it is of the
 * same kind, has the same map keys and can be read on; any other begins empty. Undefined: nothing of it can be kept, for the
 * node is keyed otherwise. Throws a RangeError when no slot is free.
 */
export function nextLayout(
  current: StateLayout,
  wanted: { readonly key: string; readonly states: readonly WantedState[] },
  canRead: (writer: number, reader: number) => boolean
): StateLayout | undefined {
  if (current.key !== "" && current.key !== wanted.key) return undefined
  const old = new Map(current.states.map((state) => [state.name, state]))
  const kept = wanted.states.map((state) => goneOn(old.get(state.name), state, canRead))
  const keptSlots = new Set(kept.flatMap((state) => state?.slot ?? []))
  const gone = current.states.map(({ slot }) => slot).filter((slot) => !keptSlots.has(slot))
  const retired = [...current.retired, ...gone]
  const taken = new Set([...keptSlots, ...retired])
  const states = wanted.states.map((state, index): LaidState => {
    const before = kept[index]
    if (before !== undefined) return before
    const slot = freeSlot(taken)
    taken.add(slot)
    return laid(state, slot, [state.schema])
  })
  return { key: wanted.key, states, retired }
}

/** Whether a state's values can be kept under what is wanted of its name. */
export function isSameState(
  before: Pick<LaidState, "kind" | "mapKey">,
  after: Pick<WantedState, "kind" | "mapKey">
): boolean {
  return before.kind === after.kind && before.mapKey === after.mapKey
}

function goneOn(
  before: LaidState | undefined,
  wanted: WantedState,
  canRead: (writer: number, reader: number) => boolean
): LaidState | undefined {
  if (before === undefined || !isSameState(before, wanted)) return undefined
  const last = before.schemas.at(-1) ?? 0
  if (last === wanted.schema) return before
  if (!canRead(last, wanted.schema)) return undefined
  return laid(wanted, before.slot, [...before.schemas, wanted.schema])
}

function laid({ kind, mapKey, name }: WantedState, slot: number, schemas: readonly number[]): LaidState {
  return { name, kind, slot, schemas, ...(mapKey === undefined ? {} : { mapKey }) }
}

function freeSlot(taken: ReadonlySet<number>): number {
  for (let slot = 0; slot <= maxSlot; slot++) if (!taken.has(slot)) return slot
  throw new RangeError(`a node has at most ${maxSlot + 1} states, those included that are being cleared`)
}

/** True when both say the same, so that nothing has to be written. */
export function sameLayout(left: StateLayout, right: StateLayout): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
