import { ByteSink, encodeUtf8 } from "@millrace/sdk/record"
import { compress, compressions } from "../compression/compression.ts"
import type { Compression } from "../compression/compression.ts"
import { crc32c } from "../crc32c/crc32c.ts"
import * as layout from "../batch-layout.ts"
import { putInt64 } from "../own-headers.ts"
import type { ForeignRecord } from "./foreign-record.ts"

export interface ForeignBatchOptions {
  readonly compression: Compression
  readonly producer: { readonly id: bigint; readonly epoch: number; readonly baseSequence: number }
  readonly transactional: boolean
}

const mostBatchBytes = 256 * 1024 * 1024
const nullLength = -1

/** Writes records as one record batch, in a buffer of its own; their offsets are the broker's to give. There has to be one. */
export function writeForeignBatch(
  records: readonly ForeignRecord[],
  { compression, producer, transactional }: ForeignBatchOptions
): Uint8Array {
  const sink = new ByteSink(mostBatchBytes, 64 * 1024)
  sink.ensure(layout.batchHeaderBytes)
  sink.length = layout.batchHeaderBytes
  const base = records[0]?.timestamp ?? 0
  let newest = base
  for (const [index, record] of records.entries()) {
    putRecord(sink, record, index, record.timestamp - base)
    if (record.timestamp > newest) newest = record.timestamp
  }
  if (compression !== "none") {
    const packed = compress(compression, sink.bytes.slice(layout.batchHeaderBytes, sink.length))
    sink.length = layout.batchHeaderBytes
    sink.copy(packed, 0, packed.length)
  }
  const { bytes, length, view } = sink
  view.setBigInt64(layout.baseOffsetAt, 0n)
  view.setInt32(layout.lengthAt, length - layout.lengthEnd)
  view.setInt32(layout.leaderEpochAt, -1)
  view.setInt8(layout.magicAt, layout.recordBatchMagic)
  view.setInt16(
    layout.attributesAt,
    compressions.indexOf(compression) | (transactional ? layout.flagTransactional : 0)
  )
  view.setInt32(layout.lastOffsetDeltaAt, records.length - 1)
  putInt64(view, layout.baseTimestampAt, base)
  putInt64(view, layout.maxTimestampAt, newest)
  view.setBigInt64(layout.producerIdAt, producer.id)
  view.setInt16(layout.producerEpochAt, producer.epoch)
  view.setInt32(layout.baseSequenceAt, producer.baseSequence)
  view.setInt32(layout.countAt, records.length)
  view.setUint32(layout.crcAt, crc32c(bytes, layout.attributesAt, length))
  return sink.toBytes()
}

/** About what a record takes in a batch. */
export function foreignBytes({ headers, key, value }: ForeignRecord): number {
  let bytes = 32 + (key?.length ?? 0) + (value?.length ?? 0)
  for (const [name, content] of headers) bytes += 10 + name.length * 3 + (content?.length ?? 0)
  return bytes
}

function putRecord(sink: ByteSink, record: ForeignRecord, index: number, timeDelta: number): void {
  const names = record.headers.map(([name]) => encodeUtf8(name) ?? new Uint8Array())
  const { headers, key, value } = record
  let size = 1 + longSize(timeDelta) + longSize(index) + partSize(key) + partSize(value)
  size += longSize(headers.length)
  for (const [place, [, content]] of headers.entries())
    size += partSize(names[place] ?? null) + partSize(content)
  putLong(sink, size)
  sink.byte(0)
  putLong(sink, timeDelta)
  putLong(sink, index)
  putPart(sink, key)
  putPart(sink, value)
  putLong(sink, headers.length)
  for (const [place, [, content]] of headers.entries()) {
    putPart(sink, names[place] ?? null)
    putPart(sink, content)
  }
}

const partSize = (part: Uint8Array | null): number =>
  part === null ? longSize(nullLength) : longSize(part.length) + part.length

function putPart(sink: ByteSink, part: Uint8Array | null): void {
  putLong(sink, part === null ? nullLength : part.length)
  if (part !== null) sink.copy(part, 0, part.length)
}

/** Zigzag; exact for what is within ±2^52, as differences of instants are. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

function longSize(value: number): number {
  let size = 1
  for (let rest = zigzag(value); rest > 127; rest = Math.floor(rest / 128)) size += 1
  return size
}

function putLong(sink: ByteSink, value: number): void {
  let rest = zigzag(value)
  for (; rest > 127; rest = Math.floor(rest / 128)) sink.byte((rest % 128) | 128)
  sink.byte(rest)
}
