import { frameHeaderBytes, maxFrameBytes, noWatermark } from "@millrace/sdk/record"
import type { BatchHead } from "./batch-head.ts"
import { FrameBuilder, recordBytes } from "./frame-builder.ts"
import { foreignOrigin } from "./own-headers.ts"
import type { FrameOrigin } from "./own-headers.ts"
import { HeaderReader } from "./read-headers.ts"
import type { ReadFrame, RefusalReason, RefusedRecord, TransactionMarker } from "./read-result.ts"
import type { RecordCursor } from "./record-cursor.ts"
import { prefixBytes } from "./write-record.ts"

/** An item of the result, before it is known what follows it. */
export type Draft = Omit<ReadFrame, "next"> | Omit<RefusedRecord, "next"> | Omit<TransactionMarker, "next">

/** What an item takes beside its bytes, about. */
const itemBytes = 512
/** Kept from call to call, with its memory; nothing of a frame outlives the batch that it is read from. */
const frame = new FrameBuilder()
const headers = new HeaderReader()

export interface RecordsOptions {
  /** Items that end before it are left out. */
  readonly from: bigint
  /** Hash of a schema's text by its id in the registry; undefined where it is not known yet. */
  readonly schemaHash: (schemaId: number) => Uint8Array | undefined
  /** Reading ends where the items have come to so many bytes. */
  readonly maxBytes: number
}

/** Turns the records of one batch after the other into items. */
export class RecordsReader {
  readonly items: Draft[]
  private readonly options: RecordsOptions
  private bytes: number
  private baseOffset: bigint
  private origin: FrameOrigin

  constructor(options: RecordsOptions) {
    this.items = []
    this.options = options
    this.bytes = 0
    this.baseOffset = 0n
    this.origin = foreignOrigin
  }

  /** Whether enough was read. */
  get isFull(): boolean {
    return this.bytes >= this.options.maxBytes
  }

  /**
   * Reads records until the batch's end, answering undefined, or, where it is full before, answers the offset to go on from: that of
   * a record with which a new item begins, so that the items are the same wherever reading is interrupted.
   */
  read(head: BatchHead, records: RecordCursor): bigint | undefined {
    const base = safeNumber(head.appendTime ?? head.baseTimestamp)
    const keepsDeltas = head.appendTime === undefined
    this.baseOffset = head.baseOffset
    this.origin = foreignOrigin
    frame.isOpen = false
    while (records.next()) {
      const delta = keepsDeltas ? records.timestampDelta : 0
      const isTimely = Number.isSafeInteger(base + delta)
      if (keepsDeltas && isTimely && records.headerCount === 0 && isLikeFrame(records)) {
        frame.appendPlain(records)
        continue
      }
      headers.read(records)
      const reason = isTimely ? refusalOf(records, base, delta) : "timestamp"
      if (!this.admits(records, delta, reason)) return this.baseOffset + BigInt(records.offsetDelta)
      if (reason === undefined) this.append(records, base, delta)
      else this.refuse(records, reason, head)
    }
    this.close(true)
    return undefined
  }

  /** A marker: nothing of the batch is open. */
  mark(marker: Omit<TransactionMarker, "next">): void {
    if (marker.offset >= this.options.from) this.push(marker, 0)
  }

  /** Ends the open frame where the record does not go on with it; answers false where nothing more may begin. */
  private admits(record: RecordCursor, delta: number, reason: RefusalReason | undefined): boolean {
    const begins = headers.origin !== undefined
    const id = schemaIdOf(record)
    const isOther = id !== undefined && frame.schemaId !== undefined && id !== frame.schemaId
    const goesOn = reason === undefined && !begins && !isOther
    if (frame.isOpen && goesOn && frame.fits(record, headers, delta)) return true
    this.close(begins)
    return !this.isFull
  }

  private append(record: RecordCursor, base: number, delta: number): void {
    const id = schemaIdOf(record)
    if (headers.origin !== undefined) this.origin = headers.origin
    if (!frame.isOpen) frame.begin(record.offsetDelta, base, id ?? this.origin.schemaId)
    frame.schemaId ??= id
    frame.append(record, headers, delta)
  }

  private refuse(record: RecordCursor, reason: RefusalReason, head: BatchHead): void {
    const offset = this.baseOffset + BigInt(record.offsetDelta)
    if (offset < this.options.from) return
    const { bytes } = record
    const span = (start: number, end: number) => (start < 0 ? null : bytes.slice(start, end))
    const named: (readonly [Uint8Array, Uint8Array | null])[] = []
    record.eachHeader((nameStart, nameEnd, valueStart, valueEnd) =>
      named.push([bytes.slice(nameStart, nameEnd), span(valueStart, valueEnd)])
    )
    const refused: Draft = {
      kind: "refused",
      offset,
      reason,
      timestamp: head.appendTime ?? head.baseTimestamp + record.exactTimestampDelta(),
      key: span(record.keyStart, record.keyEnd),
      value: span(record.valueStart, record.valueEnd),
      headers: named
    }
    this.push(refused, record.end - record.deltaStart + named.length * itemBytes)
  }

  /** `isLast`: of what its task wrote at once. A batch's watermark holds only behind all of it. */
  private close(isLast: boolean): void {
    if (!frame.isOpen) return
    frame.isOpen = false
    const offset = this.baseOffset + BigInt(frame.first)
    if (this.baseOffset + BigInt(frame.expected) <= this.options.from) return
    const { schemaId } = frame
    const hash = schemaId === undefined ? undefined : this.options.schemaHash(schemaId)
    const bytes = frame.finish(this.origin, isLast ? this.origin.watermark : noWatermark, hash)
    const hasSchemaHash = hash !== undefined
    this.push({ kind: "frame", offset, frame: bytes, schemaId, hasSchemaHash }, bytes.length)
  }

  private push(item: Draft, bytes: number): void {
    this.items.push(item)
    this.bytes += bytes + itemBytes
  }
}

/** The id before the record's value; undefined of a null value, -1 where there is none. */
function schemaIdOf(record: RecordCursor): number | undefined {
  const { bytes, valueEnd, valueStart, view } = record
  if (valueStart < 0) return undefined
  if (valueEnd - valueStart < prefixBytes || bytes[valueStart] !== 0) return -1
  return Math.max(view.getInt32(valueStart + 1), -1)
}

/** Whether a record without headers goes on with the frame. */
function isLikeFrame(record: RecordCursor): boolean {
  return (
    frame.isOpen &&
    record.valueStart >= 0 &&
    schemaIdOf(record) === frame.schemaId &&
    frame.fits(record, undefined, record.timestampDelta)
  )
}

/** Why no frame can have the record, whose timestamp is sound. */
function refusalOf(record: RecordCursor, base: number, delta: number): RefusalReason | undefined {
  if (schemaIdOf(record) === -1) return "noSchemaId"
  if (!headers.areUtf8) return "headerName"
  // Its watermark, too, is an instant.
  if (!Number.isSafeInteger(base + delta - (headers.lag ?? 0))) return "timestamp"
  return recordBytes(record, headers, delta) > maxFrameBytes - frameHeaderBytes ? "tooLarge" : undefined
}

const safeNumber = (value: bigint): number => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : Number.NaN
}
