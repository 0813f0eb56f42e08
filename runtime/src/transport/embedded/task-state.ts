import { decodeStoredValue, encodeStoredValue } from "@millrace/sdk/record"
import { ExpirySweep } from "../../state/expiry-sweep.ts"
import { foldOverlay } from "../../state/folding.ts"
import { StateOverlay } from "../../state/overlay.ts"
import type { StatePlace } from "../../state/overlay.ts"
import { readStateEntries } from "../../state/reading.ts"
import type { OrderedState } from "../../state/reading.ts"
import { dueTimers } from "../../state/due-timers.ts"
import type { DueTimer, StateIndex, StateSize } from "../transport.ts"
import { corrupt } from "./failure.ts"
import { afterPrefix, deltaKey, sequenceOf, taskKey } from "./keys.ts"
import { foldedRow, readFoldedRow, SizeChange } from "./state-size.ts"
import type { Store } from "./store.ts"
import { openValue, sealValue, valuePrefixBytes } from "./value.ts"

/** What the states of a node are written with, by slot. */
export interface StateSchemas {
  /** Dense id of the schema in force; 0 for a slot that has none. */
  readonly schemaOf: (slot: number) => number
  /** A value that was written with another, as the one in force has it. */
  readonly upgrade: (slot: number, written: number, value: Uint8Array) => Uint8Array
}

const noSchemas: StateSchemas = { schemaOf: () => 0, upgrade: (_slot, _written, value) => value }

const stateIndexAt = 6
const expiryAt = 4
/** At worst, each key that is folded writes a page of its own. */
const leafBytes = 4096

/**
 * State of one keyed node on one partition: what is folded, in the store, and the deltas since, in the store and in
 * memory. Every delta in the store is unfolded: folding removes them in the transaction that moves them.
 */
export class TaskState {
  private readonly overlay: StateOverlay
  private readonly place: StatePlace
  private readonly folder: string
  private readonly store: Store
  private readonly expiry = new ExpirySweep()
  private layout: StateSchemas = noSchemas
  /** Number of the last delta; independent of checkpoints, so that a node keeps its state when chains are cut otherwise. */
  private sequence: number
  /** Undefined for a state that was begun before sizes were counted. */
  private folded: StateSize | undefined = { entries: 0, bytes: 0 }

  constructor(folder: string, store: Store, place: StatePlace) {
    this.folder = folder
    this.store = store
    this.place = place
    this.overlay = new StateOverlay(place)
    this.sequence = store.read(() => this.load())
  }

  get pendingBytes(): number {
    return this.overlay.deltaBytes
  }

  /** What is folded; undefined where that is not known. */
  get size(): StateSize | undefined {
    return this.folded
  }

  get pendingKeys(): number {
    return this.overlay.size
  }

  /** INVARIANT: what is pending was written under these schemas: before they change, it is folded. */
  useSchemas(schemas: StateSchemas): void {
    this.layout = schemas
  }

  /** Inside a transaction: keeps the delta. {@link applied} follows when it is durable. */
  putDelta(delta: Uint8Array): void {
    const key = deltaKey(this.place.node, this.place.partition, this.sequence + 1)
    this.store.deltas.put(key, sealValue(delta))
  }

  applied(delta: Uint8Array): void {
    this.sequence += 1
    this.overlay.apply(delta)
  }

  read(keys: readonly (Uint8Array | null)[], states: readonly StateIndex[], now: number): Uint8Array {
    return this.store.read(() =>
      readStateEntries(this.place, this.overlay, this.ordered, { keys, states, now })
    )
  }

  dueTimers(state: number, until: number, limit: number): readonly DueTimer[] {
    return this.store.read(() =>
      dueTimers(this.place, this.overlay, (start, end) => this.range(start, end), { state, until, limit })
    )
  }

  private *range(start: Uint8Array, end: Uint8Array) {
    const bounds = { start: Buffer.from(start), end: Buffer.from(end) }
    for (const { key, value } of this.store.state.entries(bounds)) yield { key, value: this.opened(value) }
  }

  /** One transaction that moves all deltas into the ordered store; not flushed, for what it moves is. `midway` is called inside it. */
  fold(now: number, midway: () => void): void {
    const { state, deltas, folded } = this.store
    const change = new SizeChange()
    const remove = (key: Buffer): void => {
      change.remove(key.length, state.get(key)?.length)
      state.remove(key)
    }
    this.store.commit(
      () => {
        foldOverlay(
          this.overlay,
          {
            put: (name, value) => {
              const key = Buffer.from(name)
              change.put(key.length, value.length, state.get(key)?.length)
              state.put(key, sealValue(value))
            },
            remove: (key) => remove(Buffer.from(key)),
            removeUnder: (prefix) => {
              Array.from(state.keys(rangeUnder(prefix))).forEach(remove)
            }
          },
          { now, schemaId: (key) => this.layout.schemaOf(key[stateIndexAt] ?? 0) }
        )
        if (this.overlay.expires) this.sweep(now, remove)
        midway()
        const prefix = taskKey(this.place.node, this.place.partition)
        Array.from(deltas.keys(rangeUnder(prefix))).forEach(deltas.remove)
        folded.put(prefix, sealValue(foldedRow(this.sequence, change.on(this.folded))))
      },
      this.overlay.deltaBytes + this.overlay.size * leafBytes
    )
    this.folded = change.on(this.folded)
    this.overlay.reset()
  }

  /** What is folded was changed by another hand. */
  loseSize(): void {
    this.folded = undefined
    const prefix = taskKey(this.place.node, this.place.partition)
    this.store.write(() => this.store.folded.put(prefix, sealValue(foldedRow(this.sequence, undefined))))
  }

  /** Twice as many entries as are folded: what has expired cannot grow beyond what lives. */
  private sweep(now: number, remove: (key: Buffer) => void): void {
    const { state } = this.store
    const prefix = taskKey(this.place.node, this.place.partition)
    const entries = (start: Uint8Array) => state.entries({ ...rangeUnder(prefix), start: Buffer.from(start) })
    this.expiry.step(
      {
        *from(key) {
          // What fails its CRC is left for whoever reads it.
          for (const { key: at, value } of entries(key ?? prefix))
            yield { key: at, expiry: openValue(value) === undefined ? 0 : expiryOf(value) }
        },
        remove: (key) => remove(Buffer.from(key))
      },
      2 * this.overlay.size,
      now
    )
  }

  private readonly ordered: OrderedState = {
    get: (key) => {
      const stored = this.store.state.get(Buffer.from(key))
      return stored === undefined ? undefined : this.inForce(key, this.opened(stored))
    },
    underPrefix: (prefix) =>
      [...this.store.state.entries(rangeUnder(prefix))].map(({ key, value }) => ({
        key,
        value: this.inForce(key, this.opened(value))
      }))
  }

  /** A stored value as the schema in force reads it. */
  private inForce(key: Uint8Array, stored: Buffer): Uint8Array {
    const slot = key[stateIndexAt] ?? 0
    const schema = this.layout.schemaOf(slot)
    if (stored.readUInt32LE(0) === schema || schema === 0) return stored
    const decoded = decodeStoredValue(stored)
    const value = this.layout.upgrade(slot, decoded.schemaId, decoded.value)
    return encodeStoredValue({ ...decoded, schemaId: schema, value })
  }

  private load(): number {
    const prefix = taskKey(this.place.node, this.place.partition)
    const stored = this.store.folded.get(prefix)
    const row = stored === undefined ? undefined : readFoldedRow(this.opened(stored))
    // What lies there without a row was put there by a migration.
    if (row !== undefined) this.folded = row.size
    else if ([...this.store.state.keys({ ...rangeUnder(prefix), limit: 1 })].length > 0)
      this.folded = undefined
    let last = row?.last ?? 0
    for (const { key, value } of this.store.deltas.entries(rangeUnder(prefix))) {
      // A copy: the overlay holds on to it.
      this.overlay.apply(Buffer.from(this.opened(value)))
      last = sequenceOf(key)
    }
    return last
  }

  private opened(stored: Buffer): Buffer {
    const value = openValue(stored)
    if (value === undefined) throw corrupt(this.folder, "a state value fails its CRC")
    return value
  }
}

/** Of a sealed stored value (docs/formats/state.md). */
function expiryOf(stored: Buffer): number {
  return Number(stored.readBigInt64LE(valuePrefixBytes + expiryAt))
}

function rangeUnder(prefix: Uint8Array): { readonly start: Buffer; readonly end?: Buffer } {
  const end = afterPrefix(prefix)
  const start = Buffer.from(prefix)
  return end === undefined ? { start } : { start, end }
}
