import { compileMapKey, compileValue } from "../codec/compile-boundary.ts"
import type { ResolvedState } from "../manifest/node-resolution.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { maxFrameBytes } from "../record/frame.ts"
import { noExpiry, StateEntryCursor, StateEntryWriter } from "../record/state-entry.ts"
import { decodeTimer, eventTimers, processingTimers } from "../record/timer.ts"

/** One value of keyed state, decoded. */
export interface StateRow {
  readonly state: string
  /** The record key's bytes; null for a null key. */
  readonly key: Uint8Array | null
  /** Of map state. */
  readonly mapKey?: unknown
  readonly value: unknown
}

export type TimerClock = "event" | "processing"

/** A timer that is set. */
export interface TimerRow {
  readonly clock: TimerClock
  /** ms since 1970. */
  readonly time: number
  readonly key: Uint8Array | null
  readonly tag: string
  readonly mapKey: Uint8Array
}

interface Entry {
  readonly state: number
  readonly key: Uint8Array | null
  readonly mapKey: Uint8Array | undefined
  readonly expiry: number
  readonly value: Uint8Array
}

/** Keyed state in memory: what the worker's store does for the task, for a test. */
export class MemoryState {
  readonly #states: readonly ResolvedState[]
  /** The clock, ms since 1970: what has lived its time is gone. */
  now: number
  readonly #entries = new Map<string, Entry>()

  constructor(states: readonly ResolvedState[], now: number) {
    this.#states = states
    this.now = now
  }

  /** Takes what a call changed. */
  apply(changes: Uint8Array): void {
    const cursor = new StateEntryCursor(changes)
    while (cursor.next()) {
      const { state, expiry } = cursor
      const key = cursor.key()
      const mapKey = cursor.mapKey()
      const name = nameOf(state, key, mapKey)
      if (cursor.operation === "put") {
        this.#entries.set(name, { state, key, mapKey, expiry, value: cursor.value() })
      } else if (cursor.operation === "delete") {
        this.#entries.delete(name)
      } else if (cursor.operation === "clear") {
        for (const entry of this.#of(state, key)) this.#entries.delete(nameOf(state, key, entry.mapKey))
      }
    }
  }

  /** The answer to a read of these keys: every value, and what is known to be absent. */
  read(keys: readonly (Uint8Array | null)[]): Uint8Array {
    const writer = new StateEntryWriter()
    for (const key of keys) {
      for (const index of this.#states.keys()) {
        const entries = this.#of(index, key)
        for (const { mapKey, expiry, value } of entries) writer.put(index, key, mapKey, expiry, value)
        if (entries.length === 0) writer.absent(index, key, undefined)
      }
    }
    return writer.finish()
  }

  /** Everything, decoded, in the order of the declarations and keys. */
  rows(): readonly StateRow[] {
    return this.#states.flatMap(({ name, schema, mapKey }, index) => {
      const codec = compileValue(schema)
      const keys = mapKey === undefined ? undefined : compileMapKey(mapKey)
      return this.#sorted(index).map((entry) => ({
        state: name,
        key: entry.key,
        ...(keys === undefined || entry.mapKey === undefined ? {} : { mapKey: keys.fromKey(entry.mapKey) }),
        value: codec.read(entry.value, 0, entry.value.length)
      }))
    })
  }

  /** Puts values in, as an earlier run left them: the bytes of an entry's key and map key, and its value. */
  put(name: string, key: Uint8Array | null, mapKey: unknown, value: unknown): void {
    const index = this.#states.findIndex((state) => state.name === name)
    const state = this.#states[index]
    if (state === undefined) throw new RangeError(`there is no state ${name}`)
    const sink = new ByteSink(maxFrameBytes, 256)
    compileValue(state.schema).write(value, sink)
    const mapKeyBytes = state.mapKey === undefined ? undefined : compileMapKey(state.mapKey).toKey(mapKey)
    const expiry = state.ttlMs === undefined ? noExpiry : this.now + state.ttlMs
    const writer = new StateEntryWriter()
    writer.put(index, key, mapKeyBytes, expiry, sink.toBytes())
    this.apply(writer.finish())
  }

  /** Timers that have not fired, those of a clock, in the order of time. */
  timers(clock: TimerClock): readonly TimerRow[] {
    return this.#sorted(clock === "event" ? eventTimers : processingTimers).flatMap(({ mapKey, value }) => {
      if (mapKey === undefined) return []
      const { key, tag, time } = decodeTimer(mapKey, value)
      return [{ clock, time, key, tag: new TextDecoder().decode(tag), mapKey }]
    })
  }

  /** Takes timers away: they fire now. */
  removeTimers(timers: readonly TimerRow[]): void {
    const writer = new StateEntryWriter()
    for (const { clock, mapKey } of timers)
      writer.delete(clock === "event" ? eventTimers : processingTimers, null, mapKey)
    this.apply(writer.finish())
  }

  #of(state: number, key: Uint8Array | null): readonly Entry[] {
    const wanted = hex(key)
    return this.#sorted(state).filter((entry) => hex(entry.key) === wanted)
  }

  #sorted(state: number): readonly Entry[] {
    return [...this.#entries]
      .filter(([, entry]) => entry.state === state && (entry.expiry === noExpiry || entry.expiry > this.now))
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([, entry]) => entry)
  }
}

const hex = (bytes: Uint8Array | null): string =>
  bytes === null ? "-" : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

const nameOf = (state: number, key: Uint8Array | null, mapKey: Uint8Array | undefined): string =>
  `${state}/${hex(key)}/${mapKey === undefined ? "" : hex(mapKey)}`
