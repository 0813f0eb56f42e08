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
  | { readonly form: "deleted"; readonly storedKey: Uint8Array }
  | {
      readonly form: "put"
      readonly storedKey: Uint8Array
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
  readonly prefix: Uint8Array
  /** Everything stored under the prefix is gone; what follows it is in `entries`. */
  cleared: boolean
  readonly entries: Map<string, OverlayEntry>
}

/**
 * State changes of one task that the ordered store does not hold yet, the newest per key: a reader looks here first.
 * Applying all deltas in order and folding the result leaves the store as if each had been applied alone.
 */
export class StateOverlay {
  private readonly groups = new Map<string, OverlayGroup>()
  private readonly timers = new Map<number, TimerOrder>()
  private readonly place: StatePlace
  private count = 0
  private bytes = 0

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

  /** Applies one commit's state entries. Throws a FrameFault, and then nothing of them was applied. */
  apply(delta: Uint8Array): void {
    checkDelta(delta)
    const cursor = new StateEntryCursor(delta)
    while (cursor.next()) this.applyEntry(cursor)
    this.bytes += delta.length
  }

  group(state: number, key: Uint8Array | null): OverlayGroup | undefined {
    return this.groups.get(text(storedKeyPrefix({ ...this.place, state, key })))
  }

  /** Timers set since the last fold whose time is at most `until`, the earliest first, at most `limit`. */
  timersUntil(state: number, until: number, limit: number): readonly OverlayEntry[] {
    const entries = this.group(state, null)?.entries
    if (entries === undefined) return []
    const isThere = (name: string) => entries.get(name)?.form === "put"
    const names = this.timers.get(state)?.until(until, limit, isThere) ?? []
    return names.flatMap((name) => entries.get(name) ?? [])
  }

  *all(): Iterable<OverlayGroup> {
    yield* this.groups.values()
  }

  reset(): void {
    this.groups.clear()
    this.timers.clear()
    this.count = 0
    this.bytes = 0
  }

  private applyEntry(cursor: StateEntryCursor): void {
    const key = cursor.key()
    const place = { ...this.place, state: cursor.state, key }
    const prefix = storedKeyPrefix(place)
    const group = this.groupAt(prefix)
    if (cursor.operation === "clear") {
      this.count -= group.entries.size
      group.entries.clear()
      group.cleared = true
      return
    }
    const mapKey = cursor.mapKey()
    const storedKey = mapKey === undefined ? prefix : encodeStoredKey({ ...place, mapKey })
    const name = text(storedKey)
    if (!group.entries.has(name)) this.count += 1
    if (cursor.operation === "put" && mapKey !== undefined && cursor.state >= processingTimers)
      this.orderOf(cursor.state).push(decodeTimer(mapKey, cursor.value()).time, name)
    if (cursor.operation === "delete") {
      group.entries.set(name, { form: "deleted", storedKey })
      return
    }
    group.entries.set(name, {
      form: "put",
      storedKey,
      expiry: cursor.expiry,
      value: cursor.value(),
      mapKey,
      longKey: longPart(key),
      longMapKey: longPart(mapKey)
    })
  }

  private orderOf(state: number): TimerOrder {
    const known = this.timers.get(state) ?? new TimerOrder()
    this.timers.set(state, known)
    return known
  }

  private groupAt(prefix: Uint8Array): OverlayGroup {
    const name = text(prefix)
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const group: OverlayGroup = { prefix, cleared: false, entries: new Map() }
    this.groups.set(name, group)
    return group
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

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1")
}
