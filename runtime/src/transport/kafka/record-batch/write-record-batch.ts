import { BatchCursor, ByteSink } from "@millrace/sdk/record"
import { compress, compressions } from "./compression/compression.ts"
import type { Compression } from "./compression/compression.ts"
import { crc32c } from "./crc32c/crc32c.ts"
import * as layout from "./batch-layout.ts"
import { keyedControlBytes, putKeyedControl } from "./keyed-control.ts"
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
  /** Whether the topic keeps the newest record of each key: control records, too, have a key and a value then. */
  readonly compacted?: boolean
}

/** A frame's bytes, and what a batch has more of for each of its records, are within it. */
const mostBatchBytes = 256 * 1024 * 1024
/** What is written last, kept for the next up to this size. */
const keptBytes = 16 * 1024 * 1024
const usualBytes = 256 * 1024
let scratch = new ByteSink(mostBatchBytes, usualBytes)

/**
 * Writes a frame (docs/formats/batch.md) as one record batch (docs/formats/kafka.md), in a buffer of its own.
 * Throws as {@link appendRecordBatch}.
 */
export function writeRecordBatch(frame: Uint8Array, options: RecordBatchOptions): Buffer {
  if (scratch.bytes.length > keptBytes) scratch = new ByteSink(mostBatchBytes, usualBytes)
  scratch.length = 0
  appendRecordBatch(scratch, frame, options)
  return Buffer.from(scratch.bytes.subarray(0, scratch.length))
}

/**
 * Appends the batch to what the caller keeps, so that no copy is made. Its base offset is 0: the broker gives it another. One pass, in
 * which the frame's structure is checked. Throws a `FrameFault` where the frame is none or the sink has no room, and a
 * {@link RecordBatchFault} where it has no records, or has gaps; the sink is then as before.
 */
export function appendRecordBatch(sink: ByteSink, frame: Uint8Array, options: RecordBatchOptions): void {
  const start = sink.length
  try {
    const cursor = new BatchCursor(frame)
    refuseIncomplete(cursor)
    sink.ensure(layout.batchHeaderBytes)
    sink.length += layout.batchHeaderBytes
    const maxTimestamp = putRecords(sink, cursor, options)
    if (options.compression !== "none")
      compressFrom(sink, start + layout.batchHeaderBytes, options.compression)
    putHeader(sink, start, cursor, maxTimestamp, options)
  } catch (fault) {
    sink.length = start
    throw fault
  }
}

/** A producer's batch has a record for each of its offsets. */
function refuseIncomplete({ header }: BatchCursor): void {
  if (header.count === 0)
    throw new RecordBatchFault("KAFKA_BATCH_EMPTY", undefined, 0, "a frame without records")
  if (header.hasGaps)
    throw new RecordBatchFault("KAFKA_BATCH_GAPS", undefined, 0, "a frame of which records are gone")
}

/** Answers the greatest timestamp. */
function putRecords(
  sink: ByteSink,
  cursor: BatchCursor,
  { compacted = false, schemaId }: RecordBatchOptions
): number {
  const frameView = new DataView(cursor.frame.buffer, cursor.frame.byteOffset, cursor.frame.length)
  let maxTimestamp = -Infinity
  while (cursor.next()) {
    const withHeaders = needsHeaders(cursor)
    if (withHeaders) layHeaders(cursor, schemaId)
    const headerBytes = withHeaders ? laidHeaders.length : 0
    sink.ensure(cursor.end - cursor.start + mostOverheadBytes + keyedControlBytes + headerBytes)
    const { bytes, length, view } = sink
    if (compacted && cursor.isControl) sink.length = putKeyedControl(bytes, view, length, cursor, schemaId)
    else sink.length = putRecord(bytes, view, length, cursor, frameView, schemaId, withHeaders)
    if (cursor.timestamp > maxTimestamp) maxTimestamp = cursor.timestamp
  }
  return maxTimestamp
}

function compressFrom(sink: ByteSink, start: number, compression: Exclude<Compression, "none">): void {
  const records = compress(compression, sink.bytes.subarray(start, sink.length))
  sink.length = start
  sink.copy(records, 0, records.length)
}

function putHeader(
  { bytes, length, view }: ByteSink,
  start: number,
  cursor: BatchCursor,
  maxTimestamp: number,
  { compression, producer, transactional = false }: RecordBatchOptions
): void {
  const { baseTimestamp, count } = cursor.header
  const flags = transactional ? layout.flagTransactional : 0
  view.setBigInt64(start + layout.baseOffsetAt, 0n)
  view.setInt32(start + layout.lengthAt, length - start - layout.lengthEnd)
  view.setInt32(start + layout.leaderEpochAt, -1)
  view.setInt8(start + layout.magicAt, layout.recordBatchMagic)
  view.setInt16(start + layout.attributesAt, compressions.indexOf(compression) | flags)
  view.setInt32(start + layout.lastOffsetDeltaAt, count - 1)
  putInt64(view, start + layout.baseTimestampAt, baseTimestamp)
  putInt64(view, start + layout.maxTimestampAt, maxTimestamp)
  view.setBigInt64(start + layout.producerIdAt, producer?.id ?? BigInt(layout.noProducer))
  view.setInt16(start + layout.producerEpochAt, producer?.epoch ?? layout.noProducer)
  view.setInt32(start + layout.baseSequenceAt, producer?.baseSequence ?? layout.noProducer)
  view.setInt32(start + layout.countAt, count)
  view.setUint32(start + layout.crcAt, crc32c(bytes, start + layout.attributesAt, length))
}
