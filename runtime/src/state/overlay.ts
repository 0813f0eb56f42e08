import {
  decodeTimer,
  encodeStoredKey,
  isLongPart,
  processingTimers,
  StateEntryCursor,
  storedKeyPrefix
} from "@millrace/sdk/record"
import { TimerOrder } from "./timer-order.ts"

/** Whose state: the id of the keyed node and the partition of its task. */
export interface StatePlace {
  readonly node: number
  readonly partition: number
}

/** What a key or map key was last set to, in commits that are durable but not yet folded. */
export type OverlayEntry =
  | { readonly form: "deleted" }
  | {
      readonly form: "put"
      /** Milliseconds since 1970; 0: never. */
      readonly expiry: number
      readonly value: Uint8Array
      readonly mapKey: Uint8Array | undefined
      /** The full parts that the stored key holds only as a hash. */
      readonly longKey: Uint8Array | undefined
      readonly longMapKey: Uint8Array | undefined
    }

/** The changes under one record key of one state: a value, or a map's entries. */
export interface OverlayGroup {
  /** Everything stored under the record key is gone; what follows it is in `entries`. */
  cleared: boolean
  /** Of a state that is no map. */
  value: OverlayEntry | undefined
  /** Of a map, by {@link storedName}. */
  entries: Map<string, OverlayEntry> | undefined
}

const deleted: OverlayEntry = { form: "deleted" }

/** A stored key as text, byte by byte: names order as their keys do. */
export function storedName(storedKey: Uint8Array): string {
  return Buffer.from(storedKey.buffer, storedKey.byteOffset, storedKey.length).toString("latin1")
}

/** The stored key that a name stands for. */
export function namedKey(name: string): Buffer {
  return Buffer.from(name, "latin1")
}

/**
 * State changes of one task that the ordered store does not hold yet, the newest per key: a reader looks here first.
 * Applying all deltas in order and folding the result leaves the store as if each had been applied alone.
 */
export class StateOverlay {
  /** By the name of their prefix. */
  private readonly groups = new Map<string, OverlayGroup>()
  private readonly timers = new Map<number, TimerOrder>()
  private readonly place: StatePlace
  private count = 0
  private bytes = 0
  /** Something was set since the last fold that expires. */
  expires = false

  constructor(place: StatePlace) {
    this.place = place
  }

  /** Keys changed since the last fold. */
  get size(): number {
    return this.count
  }

  /** Bytes of the deltas applied since the last fold. */
  get deltaBytes(): number {
    return this.bytes
  }

  /** Applies one commit's state entries, and holds on to them. Throws a FrameFault, and then nothing of them was applied. */
  apply(delta: Uint8Array): void {
    checkDelta(delta)
    const cursor = new StateEntryCursor(delta)
    while (cursor.next()) this.applyEntry(cursor)
    this.bytes += delta.length
  }

  /** `prefix`: of the stored keys of a record key and state. */
  group(prefix: Uint8Array): OverlayGroup | undefined {
    return this.groups.size === 0 ? undefined : this.groups.get(storedName(prefix))
  }

  /** Timers set since the last fold whose time is at most `until`, the earliest first, at most `limit`. */
  timersUntil(state: number, until: number, limit: number): readonly OverlayEntry[] {
    const entries = this.timerEntries(state)
    if (entries === undefined) return []
    const isThere = (name: string) => entries.get(name)?.form === "put"
    const names = this.timers.get(state)?.until(until, limit, isThere) ?? []
    return names.flatMap((name) => entries.get(name) ?? [])
  }

  /** What became of timers since the last fold. */
  timerEntries(state: number): ReadonlyMap<string, OverlayEntry> | undefined {
    return this.group(storedKeyPrefix({ ...this.place, state, key: null }))?.entries
  }

  all(): Iterable<readonly [prefix: string, group: OverlayGroup]> {
    return this.groups
  }

  reset(): void {
    this.groups.clear()
    this.timers.clear()
    this.count = 0
    this.bytes = 0
    this.expires = false
  }

  private applyEntry(cursor: StateEntryCursor): void {
    const { bytes, state } = cursor
    const key = cursor.keyStart < 0 ? null : bytes.subarray(cursor.keyStart, cursor.keyEnd)
    const place = { node: this.place.node, partition: this.place.partition, state, key }
    const group = this.groupNamed(storedName(storedKeyPrefix(place)))
    if (cursor.operation === "clear") {
      this.count -= group.entries?.size ?? 0
      group.entries = undefined
      group.cleared = true
      return
    }
    const mapKey = cursor.mapKeyStart < 0 ? undefined : bytes.subarray(cursor.mapKeyStart, cursor.mapKeyEnd)
    const entry = cursor.operation === "put" ? putOf(cursor, key, mapKey) : deleted
    if (cursor.expiry !== 0) this.expires = true
    if (mapKey === undefined) {
      if (group.value === undefined) this.count += 1
      group.value = entry
      return
    }
    const name = storedName(encodeStoredKey({ ...place, mapKey }))
    group.entries ??= new Map()
    if (!group.entries.has(name)) this.count += 1
    group.entries.set(name, entry)
    if (entry.form === "put" && state >= processingTimers)
      this.orderOf(state).push(decodeTimer(mapKey, entry.value).time, name)
  }

  private orderOf(state: number): TimerOrder {
    const known = this.timers.get(state) ?? new TimerOrder()
    this.timers.set(state, known)
    return known
  }

  private groupNamed(name: string): OverlayGroup {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const group: OverlayGroup = { cleared: false, value: undefined, entries: undefined }
    this.groups.set(name, group)
    return group
  }
}

function putOf(
  cursor: StateEntryCursor,
  key: Uint8Array | null,
  mapKey: Uint8Array | undefined
): OverlayEntry {
  return {
    form: "put",
    expiry: cursor.expiry,
    value: cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd),
    mapKey,
    longKey: longPart(key),
    longMapKey: longPart(mapKey)
  }
}

/** Walks a delta: it must be sound, and "known absent" is for answers only. Throws a FrameFault or a RangeError. */
export function checkDelta(delta: Uint8Array): void {
  const cursor = new StateEntryCursor(delta)
  while (cursor.next())
    if (cursor.operation === "absent") throw new RangeError("a delta cannot hold a known-absent entry")
}

/** True when the value lives no longer at `now`. */
export function isExpired(expiry: number, now: number): boolean {
  return expiry !== 0 && expiry <= now
}

function longPart(part: Uint8Array | null | undefined): Uint8Array | undefined {
  return part !== null && part !== undefined && isLongPart(part) ? part : undefined
}
