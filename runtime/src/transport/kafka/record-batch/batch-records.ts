import type { BatchHead } from "./batch-head.ts"
import { batchHeaderBytes } from "./batch-layout.ts"
import { CompressionFault } from "./compression/compression-fault.ts"
import { decompress } from "./compression/compression.ts"
import type { TransactionMarker } from "./read-result.ts"
import { RecordBatchFault } from "./record-batch-fault.ts"
import { RecordCursor } from "./record-cursor.ts"

/** The records of a batch, decompressed where they are not plain. Throws a {@link RecordBatchFault}. */
export function recordsOf(bytes: Uint8Array, head: BatchHead, maxBatchBytes: number): RecordCursor {
  const { compression, end, start } = head
  const recordsStart = start + batchHeaderBytes
  if (compression === "none")
    return new RecordCursor(bytes, { start: recordsStart, end, origin: start }, head)
  try {
    const plain = decompress(compression, bytes.subarray(recordsStart, end), maxBatchBytes)
    return new RecordCursor(plain, { start: 0, end: plain.length, origin: 0 }, head)
  } catch (cause) {
    if (!(cause instanceof CompressionFault)) throw cause
    const code = cause.tooLarge ? "KAFKA_BATCH_LIMIT" : "KAFKA_BATCH_CODEC"
    const at = batchHeaderBytes + cause.at
    throw new RecordBatchFault(code, head.baseOffset, at, `${compression}: ${cause.message}`)
  }
}

/** A control record's key: its version, and its type (ControlRecordType.java). */
export function markerType({ baseOffset, keyEnd, keyStart, view }: RecordCursor): TransactionMarker["type"] {
  if (keyEnd - keyStart < 4)
    throw new RecordBatchFault(
      "KAFKA_BATCH_RECORD",
      baseOffset,
      batchHeaderBytes,
      "a control record without a type"
    )
  const type = view.getInt16(keyStart + 2)
  return type === 0 ? "abort" : type === 1 ? "commit" : "other"
}
