import {
  attributeControl,
  attributeGap,
  attributeHeaders,
  attributeNullKey,
  attributeNullValue,
  attributeWatermark,
  ByteSink,
  flagControl,
  flagGaps,
  frameHeaderBytes,
  frameMagic,
  maxFrameBytes,
  putInstant,
  putVarint,
  putWatermark,
  putZigzag,
  varintSize,
  zigzagSize
} from "@millrace/sdk/record"
import { copyOver, spareBytes } from "./compression/copying.ts"
import type { FrameOrigin } from "./own-headers.ts"
import type { HeaderReader } from "./read-headers.ts"
import type { RecordCursor } from "./record-cursor.ts"
import { prefixBytes } from "./write-record.ts"

/** Length and attributes of a gap, and the number of offsets. */
const mostGapBytes = 7
const noBytes = new Uint8Array(0)

/**
 * Writes records of a batch into one frame at a time: `begin`, then `append` per record, in the order of their offsets, each time
 * that it {@link FrameBuilder.fits}; then `finish`. Kept for the next frame, with its memory.
 */
export class FrameBuilder {
  /** Offset less the batch's of the first record, and of the one that would follow without a gap. */
  first: number
  expected: number
  isOpen: boolean
  /** Of the values so far; undefined before the first that says it. */
  schemaId: number | undefined
  private readonly sink: ByteSink
  private baseTimestamp: number
  private flags: number

  constructor() {
    this.first = 0
    this.expected = 0
    this.isOpen = false
    this.schemaId = undefined
    this.sink = new ByteSink(maxFrameBytes + spareBytes, 256 * 1024)
    this.baseTimestamp = 0
    this.flags = 0
  }

  begin(offsetDelta: number, baseTimestamp: number, schemaId: number | undefined): void {
    this.first = offsetDelta
    this.expected = offsetDelta
    this.isOpen = true
    this.schemaId = schemaId
    this.baseTimestamp = baseTimestamp
    this.flags = 0
    this.sink.length = 0
    this.sink.ensure(frameHeaderBytes)
    this.sink.length = frameHeaderBytes
  }

  /** Whether the frame has room for the record, which the batch's own bytes bound. */
  fits(record: RecordCursor, headers: HeaderReader | undefined, timestampDelta: number): boolean {
    const most = record.end - record.deltaStart + mostGapBytes + 8
    if (headers === undefined && this.sink.length + most <= maxFrameBytes) return true
    const gap = record.offsetDelta === this.expected ? 0 : mostGapBytes
    return this.sink.length + gap + recordBytes(record, headers, timestampDelta) <= maxFrameBytes
  }

  /** Appends a record without headers whose value has the frame's schema, and which {@link FrameBuilder.fits}. */
  appendPlain(record: RecordCursor): void {
    this.fillGap(record.offsetDelta)
    const { bytes, deltaEnd, deltaStart, keyStart } = record
    const valueStart = record.valueStart + prefixBytes
    const keyBytes = record.keyEnd - keyStart
    const valueBytes = record.valueEnd - valueStart
    const size = 1 + deltaEnd - deltaStart + (keyStart < 0 ? 0 : varintSize(keyBytes) + keyBytes) + valueBytes
    const sink = this.sink
    sink.ensure(size + 5 + spareBytes)
    const out = sink.bytes
    let at = putVarint(out, sink.length, size)
    out[at++] = keyStart < 0 ? attributeNullKey : 0
    for (let i = deltaStart; i < deltaEnd; i++) out[at++] = bytes[i]!
    if (keyStart >= 0) {
      at = putVarint(out, at, keyBytes)
      copyOver(bytes, record.view, keyStart, out, sink.view, at, keyBytes)
      at += keyBytes
    }
    copyOver(bytes, record.view, valueStart, out, sink.view, at, valueBytes)
    sink.length = at + valueBytes
    this.expected += 1
  }

  /** Appends any record; `timestampDelta`: what it has in the frame. */
  append(record: RecordCursor, headers: HeaderReader, timestampDelta: number): void {
    this.fillGap(record.offsetDelta)
    const { control, count, lag, others } = headers
    const hasValue = record.valueStart >= 0
    // In a compacted topic a control record has one, for the broker.
    const hasKey = record.keyStart >= 0 && control === undefined
    const value =
      control !== undefined
        ? Uint8Array.of(control)
        : hasValue
          ? record.bytes.subarray(record.valueStart + prefixBytes, record.valueEnd)
          : noBytes
    const size = bodyBytes(record, headers, timestampDelta)
    const sink = this.sink
    sink.varint(size)
    sink.ensure(size)
    sink.byte(
      (control === undefined ? (hasValue ? 0 : attributeNullValue) : attributeControl) |
        (hasKey ? 0 : attributeNullKey) |
        (count === 0 ? 0 : attributeHeaders) |
        (lag === undefined ? 0 : attributeWatermark)
    )
    sink.length = putZigzag(sink.bytes, sink.length, timestampDelta)
    if (lag !== undefined) sink.length = putZigzag(sink.bytes, sink.length, lag)
    if (hasKey) {
      sink.varint(record.keyEnd - record.keyStart)
      sink.copy(record.bytes, record.keyStart, record.keyEnd)
    }
    if (count > 0) {
      sink.varint(count)
      sink.copy(others.bytes, 0, others.length)
    }
    sink.copy(value, 0, value.length)
    if (control !== undefined) this.flags |= flagControl
    this.expected += 1
  }

  /** The frame, in a buffer of its own. `watermark`: the batch's, where the frame is the last of what one task wrote at once. */
  finish(origin: FrameOrigin, watermark: number, schemaHash: Uint8Array | undefined): Uint8Array {
    const { length, view } = this.sink
    this.isOpen = false
    this.sink.bytes.fill(0, 0, frameHeaderBytes)
    view.setUint32(0, frameMagic, true)
    view.setUint32(4, length, true)
    view.setUint16(12, this.flags, true)
    view.setUint16(14, origin.partition, true)
    view.setUint32(16, this.expected - this.first, true)
    view.setUint32(20, origin.producer, true)
    putInstant(view, 24, this.baseTimestamp)
    putWatermark(view, 32, watermark)
    putInstant(view, 40, origin.sequence)
    if (schemaHash !== undefined) this.sink.bytes.set(schemaHash, 48)
    return Buffer.from(this.sink.bytes.subarray(0, length))
  }

  /** Stands for the records between the last one and this, which were compacted away. */
  private fillGap(offsetDelta: number): void {
    const gone = offsetDelta - this.expected
    if (gone === 0) return
    const sink = this.sink
    sink.varint(1 + varintSize(gone))
    sink.byte(attributeGap)
    sink.varint(gone)
    this.flags |= flagGaps
    this.expected = offsetDelta
  }
}

/** Bytes of a record in a frame, without its length. */
function bodyBytes(record: RecordCursor, headers: HeaderReader | undefined, timestampDelta: number): number {
  const keyBytes = record.keyEnd - record.keyStart
  const isKeyed = record.keyStart >= 0 && headers?.control === undefined
  const key = isKeyed ? varintSize(keyBytes) + keyBytes : 0
  const value = record.valueStart < 0 ? 0 : record.valueEnd - record.valueStart - prefixBytes
  const fixed = 1 + zigzagSize(timestampDelta) + key + value
  if (headers === undefined) return fixed
  const { control, count, lag, others } = headers
  const lagBytes = lag === undefined ? 0 : zigzagSize(lag)
  const headerBytes = count === 0 ? 0 : varintSize(count) + others.length
  return fixed + lagBytes + headerBytes + (control === undefined ? 0 : 1)
}

/** Bytes of a record in a frame. */
export function recordBytes(
  record: RecordCursor,
  headers: HeaderReader | undefined,
  timestampDelta: number
): number {
  const size = bodyBytes(record, headers, timestampDelta)
  return varintSize(size) + size
}
