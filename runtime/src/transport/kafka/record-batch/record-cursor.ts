import { leastRecordBytes } from "./batch-layout.ts"
import { RecordBatchFault } from "./record-batch-fault.ts"

/** More bytes than the length, deltas and lengths of a usual record take. */
const plainHeadBytes = 24

/**
 * Walks the records of a batch without allocating for them: after a true {@link RecordCursor.next} the fields speak of that record,
 * as places in `bytes`. Checks every length before it is used, and throws a {@link RecordBatchFault}; when `next` has answered
 * false, there were as many records as was said, and nothing behind them.
 */
export class RecordCursor {
  readonly bytes: Uint8Array
  /** Spans `bytes`. */
  readonly view: DataView
  readonly baseOffset: bigint
  /** The record's offset less the batch's. */
  offsetDelta: number
  /** The timestamp's difference to the batch's, a zigzag varint as a frame has it, is `bytes[deltaStart, deltaEnd)`. */
  deltaStart: number
  deltaEnd: number
  /** The same as a number; NaN beyond ±(2^53 - 1). */
  timestampDelta: number
  /** The key is `bytes[keyStart, keyEnd)`; both are -1 for a null key. */
  keyStart: number
  keyEnd: number
  /** The value is `bytes[valueStart, valueEnd)`; both are -1 for a null value. */
  valueStart: number
  valueEnd: number
  /** The headers, without their number, are `bytes[headersStart, end)`. */
  headersStart: number
  headerCount: number
  end: number
  private at: number
  private rest: number
  private readonly limit: number
  private readonly lastOffsetDelta: number
  /** Where the bytes that faults count from begin. */
  private readonly origin: number

  /** `count` records in `bytes[start, end)`; faults name places from `origin` on. Throws where so many cannot be there. */
  constructor(
    bytes: Uint8Array,
    span: { readonly start: number; readonly end: number; readonly origin: number },
    batch: { readonly baseOffset: bigint; readonly lastOffsetDelta: number; readonly count: number }
  ) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.baseOffset = batch.baseOffset
    this.offsetDelta = -1
    this.deltaStart = 0
    this.deltaEnd = 0
    this.timestampDelta = 0
    this.keyStart = -1
    this.keyEnd = -1
    this.valueStart = -1
    this.valueEnd = -1
    this.headersStart = 0
    this.headerCount = 0
    this.end = span.start
    this.at = span.start
    this.rest = batch.count
    this.limit = span.end
    this.lastOffsetDelta = batch.lastOffsetDelta
    this.origin = span.origin
    if (batch.count * leastRecordBytes > span.end - span.start)
      throw this.fault(span.start, `${batch.count} records in ${span.end - span.start} bytes`)
  }

  /** Goes to the next record; false after the last. */
  next(): boolean {
    return this.nextPlain() || this.nextAny()
  }

  /**
   * The same for what nearly all records are: without headers, and of usual sizes. Answers false for any other, and at the end,
   * and has not moved then.
   */
  private nextPlain(): boolean {
    const { bytes } = this
    let at = this.end
    if (this.rest === 0 || at + plainHeadBytes > this.limit) return false
    let byte = bytes[at++]!
    let size = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 14) return false
      byte = bytes[at++]!
      size |= (byte & 127) << shift
    }
    const end = at + (size >>> 1)
    if ((size & 1) === 1 || end > this.limit) return false
    const deltaStart = at + 1
    at = deltaStart
    byte = bytes[at++]!
    let delta = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 21) return false
      byte = bytes[at++]!
      delta |= (byte & 127) << shift
    }
    const deltaEnd = at
    byte = bytes[at++]!
    let offset = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 21) return false
      byte = bytes[at++]!
      offset |= (byte & 127) << shift
    }
    const offsetDelta = offset >>> 1
    if ((offset & 1) === 1 || offsetDelta <= this.offsetDelta || offsetDelta > this.lastOffsetDelta)
      return false
    const keySize = bytes[at++]!
    if (keySize > 127 || ((keySize & 1) === 1 && keySize !== 1)) return false
    const keyStart = at
    at += keySize >>> 1
    byte = bytes[at++]!
    let valueSize = byte & 127
    for (let shift = 7; byte > 127; shift += 7) {
      if (shift > 14) return false
      byte = bytes[at++]!
      valueSize |= (byte & 127) << shift
    }
    const valueEnd = at + (valueSize >>> 1)
    // All places only went on: those read before are within the record if these are.
    if ((valueSize & 1) === 1 || valueEnd !== end - 1 || bytes[valueEnd] !== 0) return false
    this.rest -= 1
    this.deltaStart = deltaStart
    this.deltaEnd = deltaEnd
    this.timestampDelta = (delta >>> 1) ^ -(delta & 1)
    this.offsetDelta = offsetDelta
    this.keyStart = keySize === 1 ? -1 : keyStart
    this.keyEnd = keySize === 1 ? -1 : keyStart + (keySize >>> 1)
    this.valueStart = at
    this.valueEnd = valueEnd
    this.headersStart = end
    this.headerCount = 0
    this.end = end
    return true
  }

  private nextAny(): boolean {
    this.at = this.end
    if (this.rest === 0) {
      if (this.at !== this.limit) throw this.fault(this.at, "bytes behind the last record")
      return false
    }
    const start = this.at
    const size = this.number(this.limit)
    if (size < leastRecordBytes - 1 || size > this.limit - this.at)
      throw this.fault(start, `a record of ${size} bytes`)
    this.end = this.at + size
    this.at += 1
    this.deltaStart = this.at
    const delta = Number(this.longNumber())
    this.timestampDelta = Number.isSafeInteger(delta) ? delta : Number.NaN
    this.deltaEnd = this.at
    const offset = this.number(this.end)
    if (offset <= this.offsetDelta || offset > this.lastOffsetDelta)
      throw this.fault(this.deltaEnd, `offset ${offset} from the base behind ${this.offsetDelta}`)
    this.offsetDelta = offset
    this.keyStart = this.span()
    this.keyEnd = this.keyStart < 0 ? -1 : this.at
    this.valueStart = this.span()
    this.valueEnd = this.valueStart < 0 ? -1 : this.at
    const place = this.at
    this.headerCount = this.number(this.end)
    this.headersStart = this.at
    if (this.headerCount < 0 || this.headerCount * 2 > this.end - this.at)
      throw this.fault(place, `${this.headerCount} headers`)
    for (let i = 0; i < this.headerCount; i++) {
      if (this.span() < 0) throw this.fault(this.at, "a header without a name")
      this.span()
    }
    if (this.at !== this.end) throw this.fault(this.at, "bytes behind the record's headers")
    this.rest -= 1
    return true
  }

  /** Calls back with the places of each header's name and value; both of a null value are -1. */
  eachHeader(
    visit: (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void
  ): void {
    this.at = this.headersStart
    for (let i = 0; i < this.headerCount; i++) {
      const nameStart = this.span()
      const nameEnd = this.at
      const valueStart = this.span()
      visit(nameStart, nameEnd, valueStart, valueStart < 0 ? -1 : this.at)
    }
  }

  /** Reads a length and steps over as many bytes; answers where they begin, -1 for null. They end at `at`. */
  private span(): number {
    const place = this.at
    const size = this.number(this.end)
    if (size < -1 || size > this.end - this.at) throw this.fault(place, `a length of ${size} bytes`)
    if (size === -1) return -1
    const start = this.at
    this.at = start + size
    return start
  }

  /** A zigzag varint of 32 bits. */
  private number(limit: number): number {
    const place = this.at
    let value = 0
    for (let shift = 0; ; shift += 7) {
      if (this.at >= limit) throw this.fault(place, "a number is cut off")
      const byte = this.bytes[this.at++]!
      if (shift === 28 && byte > 15) throw this.fault(place, "a number of more than 32 bits")
      value |= (byte & 127) << shift
      if (byte < 128) return (value >>> 1) ^ -(value & 1)
    }
  }

  /** {@link RecordCursor.timestampDelta}, whatever its size. */
  exactTimestampDelta(): bigint {
    this.at = this.deltaStart
    return this.longNumber()
  }

  /** A zigzag varint of 64 bits. */
  private longNumber(): bigint {
    const place = this.at
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (this.at >= this.end) throw this.fault(place, "a number is cut off")
      const byte = this.bytes[this.at++]!
      if (shift === 63n && byte > 1) throw this.fault(place, "a number of more than 64 bits")
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return (value >> 1n) ^ -(value & 1n)
    }
  }

  private fault(at: number, detail: string): RecordBatchFault {
    return new RecordBatchFault("KAFKA_BATCH_RECORD", this.baseOffset, at - this.origin, detail)
  }
}
