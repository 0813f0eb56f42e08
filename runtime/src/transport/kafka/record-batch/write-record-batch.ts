import { BatchCursor, ByteSink } from "@millrace/sdk/record"
import { compress, compressions } from "./compression/compression.ts"
import type { Compression } from "./compression/compression.ts"
import { crc32c } from "./crc32c/crc32c.ts"
import * as layout from "./batch-layout.ts"
import { putInt64 } from "./own-headers.ts"
import { RecordBatchFault } from "./record-batch-fault.ts"
import { laidHeaders, layHeaders } from "./write-headers.ts"
import { mostOverheadBytes, needsHeaders, putRecord } from "./write-record.ts"

export interface RecordBatchOptions {
  /** Id of the frame's writer schema in the schema registry, 0 to 2^31 - 1: it stands before every value. */
  readonly schemaId: number
  readonly compression: Compression
  /** Of an idempotent or transactional producer. */
  readonly producer?: {
    readonly id: bigint
    readonly epoch: number
    /** Of the first record: one more than the last that this producer wrote to the partition. */
    readonly baseSequence: number
  }
  /** Whether the batch is part of the producer's transaction. */
  readonly transactional?: boolean
}

const mostBatchBytes = 256 * 1024 * 1024
/** Memory of the batch that is being written; kept up to this size. */
const keptBytes = 16 * 1024 * 1024
let sink = new ByteSink(mostBatchBytes, 256 * 1024)

/**
 * Writes a frame (docs/formats/batch.md) as one record batch (docs/formats/kafka.md), in a buffer of its own, base offset 0: the
 * broker gives it another. One pass, in which the frame's structure is checked.
 * Throws a `FrameFault` where the frame is none, and a {@link RecordBatchFault} where it has no records.
 */
export function writeRecordBatch(frame: Uint8Array, options: RecordBatchOptions): Uint8Array {
  if (sink.bytes.length > keptBytes) sink = new ByteSink(mostBatchBytes, 256 * 1024)
  const cursor = new BatchCursor(frame)
  sink.length = 0
  sink.ensure(layout.batchHeaderBytes)
  sink.length = layout.batchHeaderBytes
  const maxTimestamp = putRecords(cursor, options.schemaId)
  const batch = finished(options.compression)
  putHeader(batch, cursor, maxTimestamp, options)
  return batch
}

/** Answers the greatest timestamp. */
function putRecords(cursor: BatchCursor, schemaId: number): number {
  const frameView = new DataView(cursor.frame.buffer, cursor.frame.byteOffset, cursor.frame.length)
  let maxTimestamp = -Infinity
  while (cursor.next()) {
    const withHeaders = needsHeaders(cursor)
    if (withHeaders) layHeaders(cursor, schemaId)
    sink.ensure(cursor.end - cursor.start + mostOverheadBytes + (withHeaders ? laidHeaders.length : 0))
    const { bytes, length, view } = sink
    sink.length = putRecord(bytes, view, length, cursor, frameView, schemaId, withHeaders)
    if (cursor.timestamp > maxTimestamp) maxTimestamp = cursor.timestamp
  }
  if (cursor.header.count === 0)
    throw new RecordBatchFault("KAFKA_BATCH_EMPTY", undefined, 0, "a frame without records")
  return maxTimestamp
}

/** A copy of what the sink holds, the records compressed; its header is still to be written. */
function finished(compression: Compression): Uint8Array {
  if (compression === "none") return Buffer.from(sink.bytes.subarray(0, sink.length))
  const records = compress(compression, sink.bytes.subarray(layout.batchHeaderBytes, sink.length))
  const batch = Buffer.allocUnsafe(layout.batchHeaderBytes + records.length)
  batch.set(records, layout.batchHeaderBytes)
  return batch
}

function putHeader(
  batch: Uint8Array,
  cursor: BatchCursor,
  maxTimestamp: number,
  { compression, producer, transactional = false }: RecordBatchOptions
): void {
  const { baseTimestamp, count } = cursor.header
  const view = new DataView(batch.buffer, batch.byteOffset, batch.length)
  view.setBigInt64(layout.baseOffsetAt, 0n)
  view.setInt32(layout.lengthAt, batch.length - layout.lengthEnd)
  view.setInt32(layout.leaderEpochAt, -1)
  view.setInt8(layout.magicAt, layout.recordBatchMagic)
  const flags = transactional ? layout.flagTransactional : 0
  view.setInt16(layout.attributesAt, compressions.indexOf(compression) | flags)
  view.setInt32(layout.lastOffsetDeltaAt, count - 1)
  putInt64(view, layout.baseTimestampAt, baseTimestamp)
  putInt64(view, layout.maxTimestampAt, maxTimestamp)
  view.setBigInt64(layout.producerIdAt, producer?.id ?? BigInt(layout.noProducer))
  view.setInt16(layout.producerEpochAt, producer?.epoch ?? layout.noProducer)
  view.setInt32(layout.baseSequenceAt, producer?.baseSequence ?? layout.noProducer)
  view.setInt32(layout.countAt, count)
  view.setUint32(layout.crcAt, crc32c(batch, layout.attributesAt))
}
