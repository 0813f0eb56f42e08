import type { BatchCursor } from "./batch-cursor.ts"
import { ByteSink, copyBytes } from "./byte-sink.ts"
import { FrameFault } from "./frame-fault.ts"
import {
  attributeControl,
  attributeGap,
  attributeHeaders,
  attributeNullKey,
  attributeNullValue,
  attributeWatermark
} from "./frame.ts"
import { controlActive, controlEnd, controlIdle, flagControl, flagGaps } from "./frame.ts"
import { frameHeaderBytes, frameMagic } from "./frame.ts"
import { maxFrameBytes, noWatermark, putInstant, putWatermark } from "./frame.ts"
import type { ControlKind } from "./frame.ts"
import { encodeUtf8 } from "./utf8.ts"
import { putVarint, putZigzag, varintSize } from "./varint.ts"
import { isSafeInteger } from "./built-ins.ts"

export interface RecordParts {
  /** Milliseconds since 1970, a safe integer. */
  readonly timestamp: number
  /** The watermark that the record's source partition had just before it; absent or `-Infinity`: none. */
  readonly watermark?: number
  readonly key: Uint8Array | null
  readonly headers?: readonly (readonly [name: string, value: Uint8Array])[]
}

const leastAheadBytes = 256
const mostAheadBytes = 32_768

/**
 * Builds one frame at a time (docs/formats/batch.md). `begin`, then per record one of
 * - `append(parts, value)`;
 * - `beginRecord(parts)` or `beginLike(cursor)`, the value written to `sink`, and `endRecord()` or `abortRecord()`;
 * - `appendRaw(cursor)` or `carry(cursor)`: the whole record as it is, or nearly;
 * - `appendGap(gone)`: in place of records that a log keeps no more;
 * then `finish`. A writer is reused for the next frame and keeps its memory.
 * Throws a {@link FrameFault} `TOO_LARGE` when the frame would exceed 8 MiB: `abortRecord` then leaves it as before the record.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export class BatchWriter {
  readonly sink: ByteSink
  /** Records in the frame so far, and those that its gaps stand for. */
  count: number
  private schemaHash: Uint8Array
  private baseTimestamp: number
  private hasBase: boolean
  private hasControl: boolean
  private hasGaps: boolean
  private watermark: number
  private recordStart: number
  private bodyStart: number
  private lengthSize: number
  /** Bytes that the length of the record begun last would take by the guess, and how many more it took of the one before. */
  private guessedSize: number
  private sizeShift: number
  /** Of the run of records that is copied ahead: the frame, up to where there, and how far its place here is from that there. */
  private aheadFrame: Uint8Array | undefined
  private aheadEnd: number
  private aheadShift: number
  private aheadBytes: number

  /** `maxBytes`: of a frame, at most 8 MiB; `initialBytes` are allocated at once. */
  constructor(maxBytes: number = maxFrameBytes, initialBytes: number = 65_536) {
    this.sink = new ByteSink(maxBytes < maxFrameBytes ? maxBytes : maxFrameBytes, initialBytes)
    this.count = 0
    this.schemaHash = new Uint8Array(32)
    this.baseTimestamp = 0
    this.hasBase = false
    this.hasControl = false
    this.hasGaps = false
    this.watermark = noWatermark
    this.recordStart = 0
    this.bodyStart = 0
    this.lengthSize = 1
    this.guessedSize = 1
    this.sizeShift = 0
    this.aheadFrame = undefined
    this.aheadEnd = 0
    this.aheadShift = 0
    this.aheadBytes = leastAheadBytes
  }

  /**
   * Starts a frame, dropping one not finished. `schemaHash`: SHA-256 of the writer schema's text, 32 bytes.
   * Without a base timestamp, the first record's is taken; give the input frame's to make `appendRaw` a plain copy.
   */
  begin(schemaHash: Uint8Array, baseTimestamp?: number): void {
    if (schemaHash.length !== 32) throw new FrameFault("BAD_VALUE", 48, "not a SHA-256")
    this.schemaHash = schemaHash
    this.baseTimestamp = baseTimestamp ?? 0
    this.hasBase = baseTimestamp !== undefined
    this.hasControl = false
    this.hasGaps = false
    this.watermark = noWatermark
    this.count = 0
    this.sink.length = 0
    this.sink.ensure(frameHeaderBytes)
    this.sink.length = frameHeaderBytes
    this.recordStart = frameHeaderBytes
    this.aheadFrame = undefined
  }

  /** Bytes of the frame so far, header included. */
  get byteLength(): number {
    return this.sink.length
  }

  /** The batch's watermark, ms since 1970. */
  setWatermark(watermark: number): void {
    this.watermark = watermark
  }

  /** Appends a record; a null value is a tombstone. */
  append(parts: RecordParts, value: Uint8Array | null): void {
    this.startBody(parts, value === null ? attributeNullValue : 0, value === null ? 0 : value.length)
    if (value !== null) this.sink.copy(value, 0, value.length)
    this.endRecord()
  }

  /** Appends a control record, which has neither key nor headers. */
  appendControl(kind: ControlKind, timestamp: number): void {
    this.startBody({ timestamp, key: null }, attributeControl, 1)
    this.sink.byte(kind === "idle" ? controlIdle : kind === "active" ? controlActive : controlEnd)
    this.endRecord()
    this.hasControl = true
  }

  /**
   * Stands for so many records that are gone, so that what follows keeps its offset. For who keeps a log: no batch that is
   * appended has any. Never twice in a row.
   */
  appendGap(gone: number): void {
    const sink = this.sink
    this.aheadFrame = undefined
    sink.ensure(7)
    sink.bytes[sink.length] = 1 + varintSize(gone)
    sink.bytes[sink.length + 1] = attributeGap
    sink.length = putVarint(sink.bytes, sink.length + 2, gone)
    this.count += gone
    this.hasGaps = true
  }

  /** Starts a record whose value the caller writes to `sink`; `valueBytes` is a guess of its size. */
  beginRecord(parts: RecordParts, valueBytes: number = 64): void {
    this.startBody(parts, 0, valueBytes)
  }

  /**
   * Starts a record with the timestamp, watermark, key and headers of the cursor's; `key` replaces the key, null included.
   * The caller writes the value to `sink`.
   */
  beginLike(cursor: BatchCursor, key?: Uint8Array | null): void {
    const frame = cursor.frame
    const guess = cursor.end - cursor.bodyStart
    // What comes of records is mostly as much shorter or longer as it was of the one before.
    this.startRecord(
      guess + (key === undefined || key === null ? 0 : key.length),
      cursor.timestamp,
      this.sizeShift
    )
    if (key === undefined && cursor.header.baseTimestamp === this.baseTimestamp) {
      this.sink.copy(frame, cursor.bodyStart, cursor.valueStart)
      // INVARIANT: a value follows, whatever the cursor's record was.
      this.sink.bytes[this.bodyStart] &= ~(attributeNullValue | attributeControl)
      return
    }
    const headers = cursor.headerCount > 0 ? attributeHeaders : 0
    this.putInstants(
      headers | (this.nullKeyOf(cursor, key) ? attributeNullKey : 0),
      cursor.timestamp,
      cursor.watermark
    )
    if (key !== undefined && key !== null) this.span(key, 0, key.length)
    else if (key === undefined && cursor.keyStart >= 0) this.span(frame, cursor.keyStart, cursor.keyEnd)
    if (headers !== 0) this.sink.copy(frame, cursor.headersStart, cursor.headersEnd)
  }

  /** Whether the cursor's record stands in this frame with the bytes that it has in its own. */
  hasBaseOf(cursor: BatchCursor): boolean {
    return this.hasBase && cursor.header.baseTimestamp === this.baseTimestamp
  }

  /**
   * Appends the cursor's record, whose base is this frame's ({@link hasBaseOf}), and answers how much further its bytes stand in
   * `sink.bytes` than in the cursor's frame. They may be changed there until the next record, but not their number. Records that
   * follow each other there are copied many at a time: what comes of a record is little work where most of its bytes stay.
   */
  carry(cursor: BatchCursor): number {
    const sink = this.sink
    const place = sink.length
    const shift = place - cursor.start
    if (shift !== this.aheadShift || cursor.end > this.aheadEnd || cursor.frame !== this.aheadFrame)
      this.copyAhead(cursor, shift)
    this.recordStart = place
    sink.length = cursor.end + shift
    this.count += 1
    return shift
  }

  /** Goes back to where the frame had this length and count, between two records. */
  cutTo(length: number, count: number): void {
    this.sink.length = length
    this.count = count
    // INVARIANT: what is copied ahead is as its frame has it; the records cut off may have been changed.
    this.aheadFrame = undefined
  }

  /** Copies the cursor's record, whatever it is. */
  appendRaw(cursor: BatchCursor): void {
    if (!this.hasBase || cursor.header.baseTimestamp === this.baseTimestamp) {
      this.startFrame(cursor.header.baseTimestamp)
      this.carry(cursor)
    } else {
      this.beginLike(cursor)
      this.sink.copy(cursor.frame, cursor.valueStart, cursor.valueEnd)
      this.sink.bytes[this.bodyStart] |= cursor.attributes & (attributeNullValue | attributeControl)
      this.endRecord()
    }
    if (cursor.isControl) this.hasControl = true
  }

  /** Ends the record begun last: its value is what was written to `sink` since. */
  endRecord(): void {
    const sink = this.sink
    const size = sink.length - this.bodyStart
    const needed = varintSize(size)
    if (needed !== this.lengthSize) {
      if (needed > this.lengthSize) sink.ensure(needed - this.lengthSize)
      sink.bytes.copyWithin(this.recordStart + needed, this.bodyStart, sink.length)
      sink.length += needed - this.lengthSize
    }
    this.sizeShift = needed - this.guessedSize
    putVarint(sink.bytes, this.recordStart, size)
    this.count += 1
  }

  /** Takes back the record begun last and not ended. */
  abortRecord(): void {
    this.sink.length = this.recordStart
  }

  /** The finished frame in a buffer of its own, CRC 0, producer and sequence unknown. Begin anew for the next. */
  finish(): Uint8Array {
    return this.finishInPlace().slice()
  }

  /** As {@link finish}, but where the frame was written: it stands there until the next begins. */
  finishInPlace(): Uint8Array {
    const sink = this.sink
    const view = sink.view
    sink.bytes.fill(0, 0, frameHeaderBytes)
    view.setUint32(0, frameMagic, true)
    view.setUint32(4, sink.length, true)
    view.setUint16(12, (this.hasControl ? flagControl : 0) | (this.hasGaps ? flagGaps : 0), true)
    view.setUint32(16, this.count, true)
    putInstant(view, 24, this.baseTimestamp)
    putWatermark(view, 32, this.watermark)
    sink.bytes.set(this.schemaHash, 48)
    return sink.bytes.subarray(0, sink.length)
  }

  /** Longer runs each time that one was not broken, shorter ones each time that it was. */
  private copyAhead({ end, frame, start }: BatchCursor, shift: number): void {
    const sink = this.sink
    const wanted =
      shift === this.aheadShift && frame === this.aheadFrame ? this.aheadBytes * 2 : this.aheadBytes / 2
    this.aheadBytes =
      wanted > mostAheadBytes ? mostAheadBytes : wanted < leastAheadBytes ? leastAheadBytes : wanted
    sink.ensure(end - start)
    const room = sink.bytes.length - sink.length
    let stop = start + this.aheadBytes
    if (stop < end) stop = end
    if (stop > frame.length) stop = frame.length
    if (stop - start > room) stop = start + room
    copyBytes(frame, start, stop, sink.bytes, sink.length)
    this.aheadFrame = frame
    this.aheadEnd = stop
    this.aheadShift = shift
  }

  private nullKeyOf(cursor: BatchCursor, key: Uint8Array | null | undefined): boolean {
    return key === undefined ? cursor.keyStart < 0 : key === null
  }

  private startFrame(timestamp: number): void {
    if (this.hasBase) return
    this.baseTimestamp = timestamp
    this.hasBase = true
  }

  private startRecord(bodyBytes: number, timestamp: number, sizeShift: number = 0): void {
    this.startFrame(timestamp)
    this.aheadFrame = undefined
    this.recordStart = this.sink.length
    this.guessedSize = varintSize(bodyBytes)
    this.lengthSize = this.guessedSize + sizeShift > 0 ? this.guessedSize + sizeShift : 1
    this.sink.ensure(this.lengthSize + bodyBytes)
    this.sink.length += this.lengthSize
    this.bodyStart = this.sink.length
  }

  private startBody(parts: RecordParts, kind: number, valueBytes: number): void {
    const key = parts.key
    const headers = parts.headers
    const hasHeaders = headers !== undefined && headers.length > 0
    this.startRecord(valueBytes + 8 + (key === null ? 0 : key.length), parts.timestamp)
    const attributes = kind | (key === null ? attributeNullKey : 0) | (hasHeaders ? attributeHeaders : 0)
    this.putInstants(attributes, parts.timestamp, parts.watermark ?? noWatermark)
    if (key !== null) this.span(key, 0, key.length)
    if (hasHeaders) this.putHeaders(headers)
  }

  private putInstants(attributes: number, timestamp: number, watermark: number): void {
    const sink = this.sink
    const marked = watermark !== noWatermark
    const delta = timestamp - this.baseTimestamp
    const lag = marked ? timestamp - watermark : 0
    if (!isSafeInteger(timestamp) || !isSafeInteger(delta) || !isSafeInteger(lag)) {
      throw new FrameFault(
        "BAD_VALUE",
        sink.length,
        "a timestamp or watermark that is no integer within ±(2^53-1)"
      )
    }
    sink.ensure(17)
    sink.bytes[sink.length] = marked ? attributes | attributeWatermark : attributes
    sink.length = putZigzag(sink.bytes, sink.length + 1, delta)
    if (marked) sink.length = putZigzag(sink.bytes, sink.length, lag)
  }

  private putHeaders(headers: readonly (readonly [string, Uint8Array])[]): void {
    this.sink.varint(headers.length)
    for (let i = 0; i < headers.length; i++) {
      const name = encodeUtf8(headers[i][0])
      if (name === undefined)
        throw new FrameFault("BAD_VALUE", this.sink.length, "a header's name has a lone surrogate")
      this.span(name, 0, name.length)
      this.span(headers[i][1], 0, headers[i][1].length)
    }
  }

  private span(source: Uint8Array, start: number, end: number): void {
    const sink = this.sink
    const size = end - start
    sink.ensure(size + 5)
    sink.length = putVarint(sink.bytes, sink.length, size)
    copyBytes(source, start, end, sink.bytes, sink.length)
    sink.length += size
  }
}
