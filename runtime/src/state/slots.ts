import { processingTimers, StateEntryCursor } from "@millrace/sdk/record"
import type { StateIndex } from "../transport/transport.ts"

/** Where a state's index stands in its entry (docs/formats/state.md). */
const indexAt = 1

/**
 * Between the indexes that a plugin's manifest gives its states, in state entries, and the slots that stand for them in the
 * store. They differ only where states were added, removed or reordered.
 */
export class SlotMap {
  private readonly slots: readonly number[]
  private readonly indexes: ReadonlyMap<number, number>

  /** `slots`: by index. */
  constructor(slots: readonly number[]) {
    this.slots = slots
    this.indexes = new Map(slots.map((slot, index) => [slot, index]))
  }

  /** Undefined where every state stands at its own index: nothing is to be done. */
  static of(slots: readonly number[]): SlotMap | undefined {
    return slots.every((slot, index) => slot === index) ? undefined : new SlotMap(slots)
  }

  /** Entries by index as entries by slot. Throws a RangeError for a state that the node has not, a FrameFault for what is no entry. */
  toSlots(entries: Uint8Array): Uint8Array {
    return rewritten(entries, (index) => this.slots[index])
  }

  toIndexes(entries: Uint8Array): Uint8Array {
    return rewritten(entries, (slot) => this.indexes.get(slot))
  }

  states(states: readonly StateIndex[]): readonly StateIndex[] {
    return states.map((state) => ({ ...state, index: this.slots[state.index] ?? state.index }))
  }
}

function rewritten(entries: Uint8Array, to: (from: number) => number | undefined): Uint8Array {
  const copy = entries.slice()
  const cursor = new StateEntryCursor(entries)
  while (cursor.next()) {
    if (cursor.state >= processingTimers) continue
    const state = to(cursor.state)
    if (state === undefined) throw new RangeError(`the node has no state ${cursor.state}`)
    copy[cursor.start + indexAt] = state
  }
  return copy
}
