import { ByteSink } from "./byte-sink.ts"
import { FrameFault } from "./frame-fault.ts"
import { maxFrameBytes, putInstant, readInstant } from "./frame.ts"

/**
 * State entries (docs/formats/state.md, version 1): what the guest, the commit and a changelog say of keyed state.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 *
 * `put` sets a value · `delete` removes it · `absent`, only in answers to a read: there is none (without a map key: the map
 * is empty) · `clear` removes every entry of the map.
 */
export type StateOperation = "put" | "delete" | "absent" | "clear"

const entryPut = 1
const entryDelete = 2
const entryAbsent = 3
const entryClear = 4
const flagNullKey = 1
const flagMapKey = 2
/** `expiry` of a value that never expires. */
export const noExpiry = 0

/** Appends entries. Throws a {@link FrameFault} `TOO_LARGE` beyond `maxBytes` in all. */
export class StateEntryWriter {
  readonly sink: ByteSink
  count: number

  constructor(maxBytes: number = maxFrameBytes, initialBytes: number = 1024) {
    this.sink = new ByteSink(maxBytes, initialBytes)
    this.count = 0
  }

  /** `state`: index in the node's manifest, 0 to 255. `expiry`: ms since 1970, 0: never. */
  put(
    state: number,
    key: Uint8Array | null,
    mapKey: Uint8Array | undefined,
    expiry: number,
    value: Uint8Array
  ): void {
    this.putRange(state, key, mapKey, expiry, value, 0, value.length)
  }

  /** The same, the value being `bytes[start, end)`: it ends where the entry does. */
  putRange(
    state: number,
    key: Uint8Array | null,
    mapKey: Uint8Array | undefined,
    expiry: number,
    bytes: Uint8Array,
    start: number,
    end: number
  ): void {
    this.head(entryPut, state, key, mapKey)
    const sink = this.sink
    if (expiry < 0) throw new FrameFault("BAD_VALUE", sink.length, "a negative expiry")
    sink.ensure(8)
    putInstant(sink.view, sink.length, expiry)
    sink.length += 8
    sink.varint(end - start)
    sink.copy(bytes, start, end)
  }

  delete(state: number, key: Uint8Array | null, mapKey: Uint8Array | undefined): void {
    this.head(entryDelete, state, key, mapKey)
  }

  absent(state: number, key: Uint8Array | null, mapKey: Uint8Array | undefined): void {
    this.head(entryAbsent, state, key, mapKey)
  }

  clear(state: number, key: Uint8Array | null): void {
    this.head(entryClear, state, key, undefined)
  }

  /** The entries in a buffer of their own. */
  finish(): Uint8Array {
    return this.sink.toBytes()
  }

  /** Forgets what was written and keeps the memory. */
  reset(): void {
    this.sink.length = 0
    this.count = 0
  }

  private head(
    operation: number,
    state: number,
    key: Uint8Array | null,
    mapKey: Uint8Array | undefined
  ): void {
    const sink = this.sink
    if (!(state >= 0 && state <= 255))
      throw new FrameFault("BAD_VALUE", sink.length, "a state index beyond 0 to 255")
    sink.byte(operation)
    sink.byte(state)
    sink.byte((key === null ? flagNullKey : 0) | (mapKey === undefined ? 0 : flagMapKey))
    if (key !== null) this.span(key)
    if (mapKey !== undefined) this.span(mapKey)
    this.count += 1
  }

  private span(bytes: Uint8Array): void {
    this.sink.varint(bytes.length)
    this.sink.copy(bytes, 0, bytes.length)
  }
}

/**
 * Walks entries: after a true {@link StateEntryCursor.next} the fields speak of that entry, as places in `bytes`.
 * Throws a {@link FrameFault} at what is malformed; when `next` has answered false, all was sound.
 */
export class StateEntryCursor {
  readonly bytes: Uint8Array
  operation: StateOperation
  state: number
  /** -1, -1 for a null key. */
  keyStart: number
  keyEnd: number
  /** -1, -1 where there is no map key. */
  mapKeyStart: number
  mapKeyEnd: number
  /** ms since 1970; 0: never. Of a put. */
  expiry: number
  /** Of a put. */
  valueStart: number
  valueEnd: number
  /** The whole entry is `bytes[start, end)`. */
  start: number
  end: number
  private view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.operation = "absent"
    this.state = 0
    this.keyStart = -1
    this.keyEnd = -1
    this.mapKeyStart = -1
    this.mapKeyEnd = -1
    this.expiry = 0
    this.valueStart = 0
    this.valueEnd = 0
    this.start = 0
    this.end = 0
  }

  next(): boolean {
    this.start = this.end
    if (this.start >= this.bytes.length) return false
    if (this.bytes.length - this.start < 3) throw new FrameFault("BAD_LENGTH", this.start, "truncated")
    const operation = this.bytes[this.start]
    const flags = this.bytes[this.start + 2]
    this.state = this.bytes[this.start + 1]
    this.end = this.start + 3
    this.operation = this.operationOf(operation, flags)
    this.keyStart = (flags & flagNullKey) === 0 ? this.span() : -1
    this.keyEnd = this.keyStart < 0 ? -1 : this.end
    this.mapKeyStart = (flags & flagMapKey) !== 0 ? this.span() : -1
    this.mapKeyEnd = this.mapKeyStart < 0 ? -1 : this.end
    this.expiry = 0
    this.valueStart = this.end
    if (operation === entryPut) this.enterValue()
    this.valueEnd = this.end
    return true
  }

  /** A copy of the record key; null for a null key. */
  key(): Uint8Array | null {
    return this.keyStart < 0 ? null : this.bytes.slice(this.keyStart, this.keyEnd)
  }

  /** A copy of the map key; undefined where there is none. */
  mapKey(): Uint8Array | undefined {
    return this.mapKeyStart < 0 ? undefined : this.bytes.slice(this.mapKeyStart, this.mapKeyEnd)
  }

  /** A copy of a put's value. */
  value(): Uint8Array {
    return this.bytes.slice(this.valueStart, this.valueEnd)
  }

  private operationOf(operation: number, flags: number): StateOperation {
    if (flags > 3) throw new FrameFault("BAD_VALUE", this.start + 2, "unknown flags")
    if (operation === entryPut) return "put"
    if (operation === entryDelete) return "delete"
    if (operation === entryAbsent) return "absent"
    if (operation !== entryClear) throw new FrameFault("BAD_VALUE", this.start, "an unknown operation")
    if ((flags & flagMapKey) !== 0)
      throw new FrameFault("BAD_VALUE", this.start + 2, "a clear of one map key")
    return "clear"
  }

  private enterValue(): void {
    if (this.bytes.length - this.end < 8) throw new FrameFault("BAD_LENGTH", this.end, "truncated")
    this.expiry = readInstant(this.view, this.end)
    if (this.expiry < 0) throw new FrameFault("BAD_VALUE", this.end, "a negative expiry")
    this.end += 8
    this.valueStart = this.span()
  }

  private span(): number {
    const place = this.end
    let size = 0
    let scale = 1
    for (let i = 0; ; i++) {
      if (this.end >= this.bytes.length) throw new FrameFault("BAD_LENGTH", this.end, "truncated")
      if (i === 5) throw new FrameFault("BAD_LENGTH", place, "a varint of more than 5 bytes")
      const byte = this.bytes[this.end++]
      size += (byte & 0x7f) * scale
      if (byte < 0x80) break
      scale *= 128
    }
    if (size > this.bytes.length - this.end)
      throw new FrameFault("BAD_LENGTH", place, "a length of " + size + " bytes")
    const start = this.end
    this.end = start + size
    return start
  }
}

/** Walks all entries and answers how many there are. Throws a {@link FrameFault} when one is malformed. */
export function checkStateEntries(bytes: Uint8Array): number {
  const cursor = new StateEntryCursor(bytes)
  let count = 0
  while (cursor.next()) count += 1
  return count
}
