import { rememberText } from "./runtime-echo.ts"
import { CodecFault } from "./runtime-fault.ts"
import { readText } from "./runtime-text.ts"
import { bigintOf } from "../record/built-ins.ts"

/**
 * The place in a datum, and the parts of reading that generated code does not inline. Avro 1.12 §Binary Encoding, strict.
 * INVARIANT: nothing is allocated for a length or count before it is known to lie within the bytes or the limits.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */

/** A datum's bytes at most. */
export const maxDatumBytes = 8 * 1024 * 1024
/** Array items and map entries of one datum, in all. */
export const maxDatumItems = 1_000_000
/** Records of recursive types within each other. */
export const maxDatumDepth = 64

const noBytes = new Uint8Array(0)
const wideHalf = 0x800_0000

export class ValueReader {
  bytes: Uint8Array
  at: number
  end: number
  depth: number
  items: number
  /** End of the block whose count was read last; -1 when it did not say. */
  blockEnd: number
  /** Spans `bytes`. */
  view: DataView
  private start: number
  private high: number
  private low: number

  constructor() {
    this.bytes = noBytes
    this.at = 0
    this.end = 0
    this.depth = 0
    this.items = 0
    this.blockEnd = -1
    this.start = 0
    this.high = 0
    this.low = 0
    this.view = new DataView(noBytes.buffer)
  }

  /** Starts a datum, `bytes[start, end)`. Throws `TOO_LARGE`. */
  open(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > maxDatumBytes)
      throw new CodecFault("TOO_LARGE", 0, "a value of more than " + maxDatumBytes + " bytes")
    if (bytes !== this.bytes) {
      this.bytes = bytes
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    this.start = start
    this.at = start
    this.end = end
    this.depth = 0
    this.items = 0
  }

  /** Throws `TRAILING_BYTES` unless the datum was read to its end. */
  close(): void {
    if (this.at !== this.end)
      throw this.fault("TRAILING_BYTES", this.end - this.at + " bytes after the value")
  }

  fault(code: ConstructorParameters<typeof CodecFault>[0], detail: string): CodecFault {
    return new CodecFault(code, this.at - this.start, detail)
  }

  truncated(): CodecFault {
    return this.fault("TRUNCATED", "the bytes end within the value")
  }

  /** Steps over `size` bytes. */
  skip(size: number): void {
    if (size > this.end - this.at) throw this.truncated()
    this.at += size
  }

  skipVarint(): void {
    const bytes = this.bytes
    const end = this.end
    let at = this.at
    const last = at + 10
    for (;;) {
      if (at >= end) throw this.truncated()
      if (bytes[at++] < 0x80) break
      if (at === last) throw this.fault("OUT_OF_RANGE", "a varint of more than 10 bytes")
    }
    this.at = at
  }

  /** Steps over bytes or a string. */
  skipBytes(): void {
    // Two steps: `length` moves the place itself.
    const size = this.length()
    this.at += size
  }

  /** A long as a number. Throws `OUT_OF_RANGE` beyond ±(2^53 - 1). */
  long(): number {
    const bytes = this.bytes
    const at = this.at
    if (at + 4 <= this.end) {
      let byte = bytes[at]
      let value = byte & 0x7f
      if (byte < 0x80) return this.small(value, at + 1)
      byte = bytes[at + 1]
      value |= (byte & 0x7f) << 7
      if (byte < 0x80) return this.small(value, at + 2)
      byte = bytes[at + 2]
      value |= (byte & 0x7f) << 14
      if (byte < 0x80) return this.small(value, at + 3)
      byte = bytes[at + 3]
      value |= (byte & 0x7f) << 21
      if (byte < 0x80) return this.small(value, at + 4)
      return this.wideLong(value)
    }
    return this.wideLong(-1)
  }

  /** A long as a bigint, the whole 64 bits of it. */
  bigLong(): bigint {
    this.readParts()
    const zigzag = (bigintOf(this.high) << 28n) | bigintOf(this.low)
    return (zigzag & 1n) === 0n ? zigzag >> 1n : -(zigzag >> 1n) - 1n
  }

  /** A long as its key bytes (docs/formats/key.md), whatever its size. */
  longKey(): Uint8Array {
    this.readParts()
    const low = this.low | ((this.high % 16) << 28)
    const high = ((this.high - (this.high % 16)) / 16) | 0
    const sign = -(low & 1)
    const key = new Uint8Array(8)
    putWord(key, 0, (high >>> 1) ^ sign)
    putWord(key, 4, ((low >>> 1) | (high << 31)) ^ sign)
    return key
  }

  /** Reads a varint of up to 64 bits: the lowest 28 of them into `low`, the others into `high`. */
  private readParts(): void {
    const place = this.at
    let high = 0
    let low = 0
    let scale = 1
    for (let i = 0; ; i++) {
      if (this.at >= this.end) throw this.truncated()
      const byte = this.bytes[this.at++]
      // The tenth byte holds the 64th bit only.
      if (i === 9 && byte > 1) throw this.refuseVarint(place)
      if (i === 4) scale = 1
      if (i < 4) low += (byte & 0x7f) * scale
      else high += (byte & 0x7f) * scale
      scale *= 128
      if (byte < 0x80) break
    }
    this.high = high
    this.low = low
  }

  /** A long as the double nearest to it: its promotion to float or double. */
  longAsDouble(): number {
    return Number(this.bigLong())
  }

  int(): number {
    const place = this.at
    const value = this.long()
    if ((value | 0) !== value) {
      this.at = place
      throw this.fault("OUT_OF_RANGE", "an int beyond 32 bits")
    }
    return value
  }

  boolean(): boolean {
    if (this.at >= this.end) throw this.truncated()
    const byte = this.bytes[this.at]
    if (byte > 1) throw this.fault("BAD_BOOLEAN", "a boolean of " + byte)
    this.at += 1
    return byte === 1
  }

  float(): number {
    const at = this.at
    this.skip(4)
    return this.view.getFloat32(at, true)
  }

  double(): number {
    const at = this.at
    this.skip(8)
    return this.view.getFloat64(at, true)
  }

  string(): string {
    return this.text(this.length())
  }

  /** A string of bytes that nobody changes: see {@link rememberText}. */
  echoed(): string {
    const size = this.length()
    const at = this.at
    const text = this.text(size)
    rememberText(text, this.bytes, this.view, at, at + size)
    return text
  }

  /** A copy, so that a body may keep and change it. */
  byteString(): Uint8Array {
    return this.fixed(this.length())
  }

  /** A copy of the next `size` bytes. */
  fixed(size: number): Uint8Array {
    const at = this.at
    this.skip(size)
    return this.bytes.slice(at, at + size)
  }

  /** Index of a union's branch or an enum's symbol, below `count`. */
  index(count: number): number {
    const place = this.at
    const value = this.long()
    if (value >= 0 && value < count) return value
    this.at = place
    throw this.fault("BAD_INDEX", "index " + value + " of " + count)
  }

  /** The length of bytes or a string; that many bytes are there. */
  length(): number {
    const place = this.at
    const size = this.long()
    if (size >= 0 && size <= this.end - this.at) return size
    this.at = place
    if (size < 0) throw this.fault("BAD_LENGTH", "a length of " + size)
    throw this.fault("TRUNCATED", "a length of " + size + " bytes where fewer are left")
  }

  /** Items in an array's or map's next block, 0 after the last. `minBytes`: the least that one item takes. */
  blockCount(minBytes: number): number {
    const place = this.at
    let count = this.long()
    this.blockEnd = -1
    if (count < 0) {
      count = -count
      const size = this.long()
      if (size < 0 || size > this.end - this.at)
        throw this.fault("BAD_LENGTH", "a block of " + size + " bytes")
      this.blockEnd = this.at + size
      if (count * minBytes > size)
        throw this.fault("BAD_LENGTH", count + " items in a block of " + size + " bytes")
    } else if (count * minBytes > this.end - this.at) {
      this.at = place
      throw this.fault("BAD_LENGTH", count + " items where fewer bytes are left")
    }
    this.items += count
    if (this.items > maxDatumItems)
      throw this.fault("TOO_MANY_ITEMS", "more than " + maxDatumItems + " items")
    return count
  }

  /** Throws `BAD_LENGTH` when a block did not end where it said; `blockEnd` as it was after its count, -1: it did not say. */
  endBlock(blockEnd: number): void {
    if (blockEnd >= 0 && this.at !== blockEnd)
      throw this.fault("BAD_LENGTH", "a block that does not end where it says")
  }

  enter(): void {
    this.depth += 1
    if (this.depth > maxDatumDepth)
      throw this.fault("TOO_DEEP", "more than " + maxDatumDepth + " records within each other")
  }

  private text(size: number): string {
    const at = this.at
    const text = readText(this.bytes, this.view, at, at + size)
    if (text === undefined) throw this.fault("BAD_UTF8", "text that is not UTF-8")
    this.at = at + size
    return text
  }

  private small(zigzag: number, at: number): number {
    this.at = at
    return (zigzag >>> 1) ^ -(zigzag & 1)
  }

  /** `low`: the first four groups, all of which go on; -1 when they were not read. */
  private wideLong(low: number): number {
    const place = this.at
    const bytes = this.bytes
    const end = this.end
    let at = place
    if (low < 0) {
      low = 0
      for (let shift = 0; shift < 28; shift += 7) {
        if (at >= end) throw this.truncated()
        const byte = bytes[at++]
        low |= (byte & 0x7f) << shift
        if (byte < 0x80) return this.small(low, at)
      }
    } else {
      at += 4
    }
    let high = 0
    let scale = 1
    for (let i = 4; ; i++) {
      if (at >= end) throw this.truncated()
      const byte = bytes[at++]
      if (i === 9 && byte > 1) throw this.refuseVarint(place)
      high += (byte & 0x7f) * scale
      if (byte < 0x80) break
      scale *= 128
    }
    // zigzag / 2, which is exact below 2^53: high counts from bit 28 of the zigzag form.
    const half = high * wideHalf + (low >>> 1)
    if (half > 9007199254740991 - (low & 1)) {
      throw this.fault("OUT_OF_RANGE", "a long beyond ±(2^53-1), which needs a bigint")
    }
    this.at = at
    return (low & 1) === 0 ? half : -half - 1
  }

  private refuseVarint(place: number): CodecFault {
    this.at = place
    return this.fault("OUT_OF_RANGE", "a varint of more than 64 bits")
  }
}

function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}
