import { FrameFault } from "./frame-fault.ts"
import { putVarint } from "./varint.ts"

/**
 * A growable run of bytes that writers append to. `bytes` and `view` change when it grows: read them again after
 * {@link ByteSink.ensure}. Generated writers call `ensure(n)`, write at `length` and advance it themselves.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export class ByteSink {
  bytes: Uint8Array
  view: DataView
  /** Bytes written so far. */
  length: number
  /** Bytes that it may hold at most. */
  readonly maxBytes: number

  /** `initialBytes` are allocated at once. */
  constructor(maxBytes: number, initialBytes: number) {
    this.bytes = new Uint8Array(initialBytes < maxBytes ? initialBytes : maxBytes)
    this.view = new DataView(this.bytes.buffer)
    this.length = 0
    this.maxBytes = maxBytes
  }

  /** Makes room for `more` bytes after `length`. Throws a {@link FrameFault} `TOO_LARGE` when that exceeds `maxBytes`. */
  ensure(more: number): void {
    if (this.length + more > this.bytes.length) this.grow(this.length + more)
  }

  grow(needed: number): void {
    // INVARIANT: what a writer allocates is bounded by the limit, not by what its input claims.
    if (!(needed <= this.maxBytes))
      throw new FrameFault("TOO_LARGE", this.length, "more than " + this.maxBytes + " bytes")
    let size = this.bytes.length < 256 ? 256 : this.bytes.length
    while (size < needed) size *= 2
    if (size > this.maxBytes) size = this.maxBytes
    const grown = new Uint8Array(size)
    grown.set(this.bytes.subarray(0, this.length))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  /** Appends `source[start, end)`. */
  copy(source: Uint8Array, start: number, end: number): void {
    const size = end - start
    this.ensure(size)
    copyBytes(source, start, end, this.bytes, this.length)
    this.length += size
  }

  /** The same, eight bytes a step; `view` spans `source`. For those who have a view: it is faster up to some hundred bytes. */
  copyWords(source: Uint8Array, view: DataView, start: number, end: number): void {
    const size = end - start
    if (size > wordCopyBytes) {
      this.copy(source, start, end)
      return
    }
    this.ensure(size)
    const target = this.view
    const bytes = this.bytes
    let place = this.length
    let i = start
    for (; i + 8 <= end; i += 8) {
      target.setBigInt64(place, view.getBigInt64(i))
      place += 8
    }
    for (; i < end; i++) bytes[place++] = source[i]
    this.length = place
  }

  byte(value: number): void {
    this.ensure(1)
    this.bytes[this.length++] = value
  }

  /** Appends an unsigned varint, 0 to 2^35 - 1. */
  varint(value: number): void {
    this.ensure(5)
    this.length = putVarint(this.bytes, this.length, value)
  }

  /** A copy of what was written, in a buffer of its own of exactly that size. */
  toBytes(): Uint8Array {
    return this.bytes.slice(0, this.length)
  }
}

/** Runs up to this many bytes are copied in a loop: below it, that is faster than a native call with its temporary view. */
const loopCopyBytes = 24
const wordCopyBytes = 160

/** Copies `source[start, end)` to `target` at `at`; both ranges must lie within. */
export function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number
): void {
  if (end - start > loopCopyBytes) {
    target.set(source.subarray(start, end), at)
    return
  }
  let place = at
  for (let i = start; i < end; i++) target[place++] = source[i]
}
