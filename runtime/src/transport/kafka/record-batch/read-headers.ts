import { ByteSink, isUtf8, maxFrameBytes, putVarint } from "@millrace/sdk/record"
import { isKeyedControl } from "./keyed-control.ts"
import {
  controlHeader,
  isEscaped,
  originHeader,
  ownHeader,
  ownValueBytes,
  readInt64,
  readOrigin,
  watermarkHeader
} from "./own-headers.ts"
import type { FrameOrigin } from "./own-headers.ts"
import type { RecordCursor } from "./record-cursor.ts"

/** What the headers of one record come to in a frame. Reused from record to record. */
export class HeaderReader {
  /** The record's own, in the form of a frame, without their number. */
  readonly others: ByteSink
  count: number
  /** Of a record that begins a frame of ours; undefined for any other. */
  origin: FrameOrigin | undefined
  /** Timestamp less watermark; undefined where it has none. */
  lag: number | undefined
  /** What a control record says; undefined for any other. */
  control: number | undefined
  areUtf8: boolean

  constructor() {
    this.others = new ByteSink(maxFrameBytes * 32, 1024)
    this.count = 0
    this.origin = undefined
    this.lag = undefined
    this.control = undefined
    this.areUtf8 = true
  }

  read(record: RecordCursor): void {
    this.others.length = 0
    this.count = 0
    this.origin = undefined
    this.lag = undefined
    this.control = undefined
    this.areUtf8 = true
    if (record.headerCount === 0) return
    record.eachHeader((nameStart, nameEnd, valueStart, valueEnd) => {
      const own = ownHeader(record.bytes, nameStart, nameEnd)
      if (own >= 0 && valueEnd - valueStart === ownValueBytes[own] && this.take(own, record, valueStart))
        return
      this.keep(record.bytes, nameStart, nameEnd, valueStart, valueEnd)
    })
  }

  /** Answers false where it is not ours after all, or stood before. */
  private take(own: number, record: RecordCursor, at: number): boolean {
    if (own === originHeader && this.origin === undefined) {
      this.origin = readOrigin(record.view, at)
      return this.origin !== undefined
    }
    if (own === watermarkHeader && this.lag === undefined) {
      const lag = readInt64(record.view, at)
      if (!Number.isSafeInteger(lag)) return false
      this.lag = lag
      return true
    }
    const kind = record.bytes[at]!
    const isBare = record.keyStart < 0 && record.valueStart < 0
    const isControl = (isBare || isKeyedControl(record)) && kind >= 1 && kind <= 3
    if (own !== controlHeader || this.control !== undefined || !isControl) return false
    this.control = kind
    return true
  }

  /** A frame knows no null value of a header: it becomes an empty one. */
  private keep(
    bytes: Uint8Array,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number
  ): void {
    const start = isEscaped(bytes, nameStart, nameEnd) ? nameStart + 1 : nameStart
    if (!isUtf8(bytes, start, nameEnd)) this.areUtf8 = false
    this.append(bytes, start, nameEnd)
    this.append(bytes, valueStart, valueEnd)
    this.count += 1
  }

  private append(bytes: Uint8Array, start: number, end: number): void {
    this.others.ensure(5)
    this.others.length = putVarint(this.others.bytes, this.others.length, end - start)
    this.others.copy(bytes, start, end)
  }
}
