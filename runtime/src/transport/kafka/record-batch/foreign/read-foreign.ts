import { decodeUtf8 } from "@millrace/sdk/record"
import { AbortedTransactions } from "../aborted-transactions.ts"
import type { AbortedTransaction } from "../aborted-transactions.ts"
import { batchBytes, readHead } from "../batch-head.ts"
import type { BatchHead } from "../batch-head.ts"
import { markerType, recordsOf } from "../batch-records.ts"
import type { RecordCursor } from "../record-cursor.ts"
import type { ForeignRecord } from "./foreign-record.ts"

export interface ForeignRead {
  /** In the order of their offsets. */
  readonly records: readonly ForeignRecord[]
  /** The offset after all that was read, what was left out included. */
  readonly next: bigint
}

/** Of a batch, as it comes and decompressed. */
const maxBatchBytes = 64 * 1024 * 1024
/** A timestamp that no number holds exactly is taken as this: producers without one write -1. */
const noTime = -1

/**
 * The records from an offset on of a fetch answer, whoever wrote them: what aborted transactions wrote is left out where the answer
 * names them, and so are control records. A batch that is cut off at the end is left for the next fetch. Throws a `RecordBatchFault`
 * for one that is damaged. Keys and values have bytes of their own.
 */
export function readForeignRecords(
  bytes: Uint8Array,
  from: bigint,
  aborted: readonly AbortedTransaction[] | undefined
): ForeignRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const transactions = new AbortedTransactions(aborted ?? [])
  const records: ForeignRecord[] = []
  let next = from
  for (let at = 0; at < bytes.length;) {
    const size = batchBytes(view, at, maxBatchBytes)
    if (size === undefined || size > bytes.length - at) break
    const head = readHead(bytes, view, at, at + size, true)
    at += size
    const isAborted = transactions.isAborted(head)
    if (head.isControl) {
      const markers = recordsOf(bytes, head, maxBatchBytes)
      while (markers.next()) if (markerType(markers) === "abort") transactions.endOf(head.producerId)
    } else if (!isAborted && head.lastOffset >= from) take(records, head, from, bytes)
    if (head.lastOffset >= next) next = head.lastOffset + 1n
  }
  return { records, next }
}

function take(records: ForeignRecord[], head: BatchHead, from: bigint, bytes: Uint8Array): void {
  const cursor = recordsOf(bytes, head, maxBatchBytes)
  while (cursor.next()) {
    const offset = head.baseOffset + BigInt(cursor.offsetDelta)
    if (offset < from) continue
    const time = head.appendTime ?? head.baseTimestamp + cursor.exactTimestampDelta()
    const timestamp = Number(time)
    records.push({
      offset,
      timestamp: Number.isSafeInteger(timestamp) ? timestamp : noTime,
      key: partOf(cursor, cursor.keyStart, cursor.keyEnd),
      value: partOf(cursor, cursor.valueStart, cursor.valueEnd),
      headers: headersOf(cursor)
    })
  }
}

const noHeaders: ForeignRecord["headers"] = []

function headersOf(cursor: RecordCursor): ForeignRecord["headers"] {
  if (cursor.headerCount === 0) return noHeaders
  const headers: (readonly [string, Uint8Array | null])[] = []
  cursor.eachHeader((nameStart, nameEnd, valueStart, valueEnd) => {
    // A name that is no UTF-8, which only a faulty producer writes, is still told, each byte as a character.
    const name =
      decodeUtf8(cursor.bytes, nameStart, nameEnd) ??
      String.fromCharCode(...cursor.bytes.subarray(nameStart, nameEnd))
    headers.push([name, partOf(cursor, valueStart, valueEnd)])
  })
  return headers
}

const partOf = ({ bytes }: RecordCursor, start: number, end: number): Uint8Array | null =>
  start < 0 ? null : bytes.slice(start, end)
