import { FrameFault } from "./frame-fault.ts"
import {
  attributeControl,
  attributeGap,
  attributeHeaders,
  attributeNullKey,
  attributeNullValue,
  attributeWatermark
} from "./frame.ts"
import { controlActive, controlEnd, controlIdle, frameHeaderBytes, noWatermark, openBatch } from "./frame.ts"
import type { BatchHeader, ControlKind } from "./frame.ts"
import { decodeUtf8 } from "./utf8.ts"
import { isSafeInteger } from "./built-ins.ts"

/** A plain record's length, attributes, two times and its key's length take at most so many bytes. */
export const plainHeadBytes = 12

/**
 * Walks a frame's records without allocating for them: after a true {@link BatchCursor.next} the fields speak of that
 * record, as places in `frame`. Checks each record as it comes to it and throws a {@link FrameFault}; when `next` has
 * answered false, the whole frame was sound.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export class BatchCursor {
  frame: Uint8Array
  header: BatchHeader
  /**
   * Number of the record in the frame, from 0; its offset is the frame's offset plus this. -1 before the first. Gaps are passed over:
   * it goes on by as many as are gone.
   */
  index: number
  /** The whole record, its length included, is `frame[start, end)`. */
  start: number
  /** First byte after the length: the attributes. */
  bodyStart: number
  end: number
  attributes: number
  /** Milliseconds since 1970. */
  timestamp: number
  /** The watermark that the record's source partition had just before it, ms since 1970; `-Infinity`: none. */
  watermark: number
  /** The key is `frame[keyStart, keyEnd)`; both are -1 for a null key. */
  keyStart: number
  keyEnd: number
  /** The headers with their count are `frame[headersStart, headersEnd)`; equal when there are none. */
  headersStart: number
  headersEnd: number
  headerCount: number
  /** The value is `frame[valueStart, valueEnd)`; empty for a tombstone. `valueEnd` equals `end`. */
  valueStart: number
  valueEnd: number
  private at: number
  private limit: number
  private sawControl: boolean
  /** Where the last gap ended; -1 before the first. */
  private gapEnd: number

  /** Throws a {@link FrameFault} when the header is not one. */
  constructor(frame: Uint8Array) {
    this.frame = frame
    this.header = openBatch(frame)
    this.index = -1
    this.start = frameHeaderBytes
    this.bodyStart = frameHeaderBytes
    this.end = frameHeaderBytes
    this.attributes = 0
    this.timestamp = 0
    this.watermark = noWatermark
    this.keyStart = -1
    this.keyEnd = -1
    this.headersStart = 0
    this.headersEnd = 0
    this.headerCount = 0
    this.valueStart = 0
    this.valueEnd = 0
    this.at = frameHeaderBytes
    this.limit = frame.length
    this.sawControl = false
    this.gapEnd = -1
  }

  /** Goes to the next record; false after the last. */
  next(): boolean {
    return this.nextPlain() || this.nextAny()
  }

  /**
   * The same for what nearly all records are: with a value and no headers, a length of at most two bytes, a key of less than 128
   * and times within a day of each other. Answers false for any other, and for the last bytes of a frame, and has not moved then.
   */
  private nextPlain(): boolean {
    const frame = this.frame
    const start = this.end
    if (this.index + 1 >= this.header.count || start + plainHeadBytes > frame.length) return false
    let at = start + 1
    let size = frame[start]
    if (size > 127) {
      const high = frame[at++]
      if (high > 127) return false
      size = (size & 127) | (high << 7)
    }
    const bodyStart = at
    const end = at + size
    const attributes = frame[at++]
    if (end > frame.length || (attributes & ~(attributeNullKey | attributeWatermark)) !== 0) return false
    let byte = frame[at++]
    let delta = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 21) return false
      byte = frame[at++]
      delta |= (byte & 127) << shift
    }
    const timestamp = this.header.baseTimestamp + ((delta >>> 1) ^ -(delta & 1))
    if (!isSafeInteger(timestamp)) return false
    let watermark = noWatermark
    if ((attributes & attributeWatermark) !== 0) {
      byte = frame[at++]
      delta = byte & 127
      for (let shift = 7; byte > 127; shift += 7) {
        if (shift > 21) return false
        byte = frame[at++]
        delta |= (byte & 127) << shift
      }
      watermark = timestamp - ((delta >>> 1) ^ -(delta & 1))
      if (!isSafeInteger(watermark)) return false
    }
    let keyStart = -1
    let keyEnd = -1
    if ((attributes & attributeNullKey) === 0) {
      const keySize = frame[at++]
      if (keySize > 127) return false
      keyStart = at
      keyEnd = at + keySize
      at = keyEnd
    }
    if (at > end) return false
    this.index += 1
    this.start = start
    this.bodyStart = bodyStart
    this.end = end
    this.attributes = attributes
    this.timestamp = timestamp
    this.watermark = watermark
    this.keyStart = keyStart
    this.keyEnd = keyEnd
    this.headersStart = at
    this.headersEnd = at
    this.headerCount = 0
    this.valueStart = at
    this.valueEnd = end
    return true
  }

  private nextAny(): boolean {
    if (this.index + 1 >= this.header.count) return this.stop()
    this.index += 1
    this.at = this.end
    this.start = this.at
    this.limit = this.frame.length
    const size = this.varint()
    this.bodyStart = this.at
    if (size > this.limit - this.at || size < 2)
      throw new FrameFault("BAD_LENGTH", this.start, "a record's length")
    this.end = this.at + size
    this.limit = this.end
    const attributes = this.frame[this.at++]
    if (attributes === attributeGap) return this.passGap()
    this.attributes = attributes
    this.timestamp = this.instant(this.header.baseTimestamp, 1)
    this.watermark = (attributes & attributeWatermark) !== 0 ? this.instant(this.timestamp, -1) : noWatermark
    this.enterKey(attributes)
    this.headersStart = this.at
    this.headerCount = 0
    if ((attributes & attributeHeaders) !== 0) this.walkHeaders()
    this.headersEnd = this.at
    this.valueStart = this.at
    this.valueEnd = this.end
    // Anything but a plain value or a plain filter's record is rare.
    if ((attributes & ~(attributeNullKey | attributeHeaders | attributeWatermark)) !== 0)
      this.checkUnusual(attributes)
    return true
  }

  get isTombstone(): boolean {
    return (this.attributes & attributeNullValue) !== 0
  }

  get isControl(): boolean {
    return (this.attributes & attributeControl) !== 0
  }

  /** What a control record says; undefined for any other. */
  get control(): ControlKind | undefined {
    if (!this.isControl) return undefined
    const kind = this.frame[this.valueStart]
    return kind === controlIdle ? "idle" : kind === controlActive ? "active" : "end"
  }

  /** A copy of the key; null for a null key. */
  key(): Uint8Array | null {
    return this.keyStart < 0 ? null : this.frame.slice(this.keyStart, this.keyEnd)
  }

  /** A copy of the value; null for a tombstone. */
  value(): Uint8Array | null {
    return this.isTombstone ? null : this.frame.slice(this.valueStart, this.valueEnd)
  }

  /** Copies of the headers. Throws `BAD_VALUE` when a name is not UTF-8. */
  headers(): (readonly [name: string, value: Uint8Array])[] {
    const headers: (readonly [string, Uint8Array])[] = []
    if (this.headerCount === 0) return headers
    const place = this.at
    const limit = this.limit
    this.at = this.headersStart
    this.limit = this.headersEnd
    this.varint()
    for (let i = 0; i < this.headerCount; i++) {
      const nameStart = this.span()
      const name = decodeUtf8(this.frame, nameStart, this.at)
      if (name === undefined) throw new FrameFault("BAD_VALUE", nameStart, "a header's name is not UTF-8")
      const valueStart = this.span()
      headers[i] = [name, this.frame.slice(valueStart, this.at)]
    }
    this.at = place
    this.limit = limit
    return headers
  }

  /** After a gap's attributes, the index at the first record that is gone: goes on to the record behind it. */
  private passGap(): boolean {
    const gone = this.varint()
    const isSound = this.at === this.end && gone >= 1 && gone <= this.header.count - this.index
    // INVARIANT: no gap follows another, so that this goes no deeper than once.
    if (!isSound || !this.header.hasGaps || this.start === this.gapEnd)
      throw new FrameFault("BAD_VALUE", this.start, "a malformed gap")
    this.gapEnd = this.end
    this.index += gone - 1
    return this.next()
  }

  private stop(): boolean {
    if (this.end !== this.frame.length)
      throw new FrameFault("BAD_LENGTH", this.end, "bytes after the last record")
    if (this.header.hasControl !== this.sawControl)
      throw new FrameFault("BAD_VALUE", 12, "the control flag is wrong")
    if (this.header.hasGaps !== this.gapEnd >= 0)
      throw new FrameFault("BAD_VALUE", 12, "the gap flag is wrong")
    return false
  }

  private enterKey(attributes: number): void {
    if ((attributes & attributeNullKey) !== 0) {
      this.keyStart = -1
      this.keyEnd = -1
      return
    }
    this.keyStart = this.span()
    this.keyEnd = this.at
  }

  private walkHeaders(): void {
    const count = this.varint()
    if (count === 0)
      throw new FrameFault("BAD_VALUE", this.headersStart, "headers follow, but there are none")
    if (count * 2 > this.limit - this.at)
      throw new FrameFault("BAD_LENGTH", this.headersStart, "more headers than bytes")
    for (let i = 0; i < count; i++) {
      this.span()
      this.span()
    }
    this.headerCount = count
  }

  private checkUnusual(attributes: number): void {
    if (attributes > 31) throw new FrameFault("BAD_VALUE", this.bodyStart, "unknown attributes")
    const size = this.valueEnd - this.valueStart
    if ((attributes & attributeNullValue) !== 0 && size !== 0) {
      throw new FrameFault("BAD_LENGTH", this.valueStart, "a null value of " + size + " bytes")
    }
    if ((attributes & attributeControl) === 0) return
    const kind = this.frame[this.valueStart]
    const sound =
      size === 1 && kind >= controlIdle && kind <= controlEnd && (attributes & attributeNullKey) !== 0
    if (!sound || !this.header.hasControl)
      throw new FrameFault("BAD_VALUE", this.valueStart, "a malformed control record")
    this.sawControl = true
  }

  /** Reads a length and steps over as many bytes; answers where they begin. They end at `at`. */
  private span(): number {
    const place = this.at
    const size = this.varint()
    if (size > this.limit - this.at)
      throw new FrameFault("BAD_LENGTH", place, "a length of " + size + " bytes")
    const start = this.at
    this.at = start + size
    return start
  }

  private varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 5; i++) {
      if (this.at >= this.limit) throw new FrameFault("BAD_LENGTH", this.at, "truncated")
      const byte = this.frame[this.at++]
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw new FrameFault("BAD_LENGTH", this.at - 5, "a varint of more than 5 bytes")
  }

  /** `base` plus (`sign` 1) or less (-1) a zigzag difference. */
  private instant(base: number, sign: number): number {
    const place = this.at
    let low = 0
    let high = 0
    let scale = 1
    for (let i = 0; ; i++) {
      if (this.at >= this.limit) throw new FrameFault("BAD_LENGTH", this.at, "truncated")
      if (i === 10) throw new FrameFault("BAD_LENGTH", place, "a long varint of more than 10 bytes")
      const byte = this.frame[this.at++]
      if (i === 4) scale = 1
      if (i < 4) low += (byte & 0x7f) * scale
      else high += (byte & 0x7f) * scale
      scale *= 128
      if (byte < 0x80) break
    }
    const half = high * 0x800_0000 + (low >>> 1)
    const value = base + sign * ((low & 1) === 0 ? half : -half - 1)
    if (!isSafeInteger(half) || !isSafeInteger(value)) {
      throw new FrameFault("BAD_VALUE", place, "an instant beyond 2^53-1")
    }
    return value
  }
}
