import * as layout from "./batch-layout.ts"
import { compressions } from "./compression/compression.ts"
import type { Compression } from "./compression/compression.ts"
import { crc32c } from "./crc32c/crc32c.ts"
import { RecordBatchFault } from "./record-batch-fault.ts"
import type { RecordBatchFaultCode } from "./record-batch-fault.ts"

/** The header of one record batch, checked: what it says adds up with the bytes that are there. */
export interface BatchHead {
  /** The whole batch is `bytes[start, end)`. */
  readonly start: number
  readonly end: number
  readonly baseOffset: bigint
  /** Of the last record that was written; it may have been compacted away since. */
  readonly lastOffset: bigint
  readonly lastOffsetDelta: number
  readonly compression: Compression
  readonly isTransactional: boolean
  readonly isControl: boolean
  /** What the records' timestamps are differences to, ms since 1970. */
  readonly baseTimestamp: bigint
  /** The time of all records, where the broker gave it; else undefined. */
  readonly appendTime: bigint | undefined
  /** -1: none. */
  readonly producerId: bigint
  readonly producerEpoch: number
  /** Records that follow. */
  readonly count: number
}

/** Bytes of the batch at `start`, by what it says; undefined where not even that is there. */
export function batchBytes(view: DataView, start: number, maxBatchBytes: number): number | undefined {
  if (start + layout.attributesAt > view.byteLength) return undefined
  const magic = view.getInt8(start + layout.magicAt)
  const baseOffset = view.getBigInt64(start + layout.baseOffsetAt)
  const refuse = (code: RecordBatchFaultCode, at: number, detail: string) =>
    new RecordBatchFault(code, baseOffset, at, detail)
  if (magic === 0 || magic === 1)
    throw refuse("KAFKA_BATCH_FORMAT", layout.magicAt, `a message set of Kafka before 0.11 (magic ${magic})`)
  if (magic !== layout.recordBatchMagic)
    throw refuse("KAFKA_BATCH_FORMAT", layout.magicAt, `no record batch of a known version (magic ${magic})`)
  const size = view.getInt32(start + layout.lengthAt) + layout.lengthEnd
  if (size < layout.batchHeaderBytes)
    throw refuse("KAFKA_BATCH_LENGTH", layout.lengthAt, "a batch of " + size + " bytes")
  if (size > maxBatchBytes)
    throw refuse(
      "KAFKA_BATCH_LIMIT",
      layout.lengthAt,
      `a batch of ${size} bytes, at most ${maxBatchBytes} are read`
    )
  return size
}

/** Reads the header of the batch that is `bytes[start, end)` and checks its CRC. Throws a {@link RecordBatchFault}. */
export function readHead(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  checkCrc: boolean
): BatchHead {
  const baseOffset = view.getBigInt64(start + layout.baseOffsetAt)
  const refuse = (code: RecordBatchFaultCode, at: number, detail: string) =>
    new RecordBatchFault(code, baseOffset, at, detail)
  if (checkCrc && crc32c(bytes, start + layout.attributesAt, end) !== view.getUint32(start + layout.crcAt))
    throw refuse(
      "KAFKA_BATCH_CRC",
      layout.crcAt,
      "its bytes are not those that were written: the CRC-32C differs"
    )
  const attributes = view.getInt16(start + layout.attributesAt)
  const compression = compressions[attributes & layout.codecMask]
  const count = view.getInt32(start + layout.countAt)
  const lastOffsetDelta = view.getInt32(start + layout.lastOffsetDeltaAt)
  if (compression === undefined)
    throw refuse(
      "KAFKA_BATCH_CODEC",
      layout.attributesAt,
      `unknown compression ${attributes & layout.codecMask}`
    )
  if (baseOffset < 0n) throw refuse("KAFKA_BATCH_LENGTH", layout.baseOffsetAt, "a negative offset")
  if (lastOffsetDelta < 0 || count < 0 || count > lastOffsetDelta + 1)
    throw refuse(
      "KAFKA_BATCH_LENGTH",
      layout.countAt,
      `${count} records up to offset ${lastOffsetDelta} from its base`
    )
  const hasAppendTime = (attributes & layout.flagAppendTime) !== 0
  return {
    start,
    end,
    baseOffset,
    lastOffset: baseOffset + BigInt(lastOffsetDelta),
    lastOffsetDelta,
    compression,
    isTransactional: (attributes & layout.flagTransactional) !== 0,
    isControl: (attributes & layout.flagControlBatch) !== 0,
    baseTimestamp: view.getBigInt64(start + layout.baseTimestampAt),
    appendTime: hasAppendTime ? view.getBigInt64(start + layout.maxTimestampAt) : undefined,
    producerId: view.getBigInt64(start + layout.producerIdAt),
    producerEpoch: view.getInt16(start + layout.producerEpochAt),
    count
  }
}
