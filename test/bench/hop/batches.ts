import { schemaHash } from "@millrace/sdk/avro"
import { compileValue } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, ByteSink } from "@millrace/sdk/record"
import type { Span } from "../avsc-peer.ts"
import { bidOf, bidType } from "../bid.ts"

/** As many as a task with enough to do takes at once: 1 MiB (`batchBytes` of the worker). */
export const batchRecords = 6_000

/** Records in a frame, and the same records bare, for who has no frames. */
export interface Batch extends Span {
  readonly frame: Uint8Array
}

/** Bids that no other round has. */
export const makeBatches = (round: number, count: number): readonly Batch[] => {
  const codec = compileValue(bidType())
  const hash = schemaHash(bidType())
  const value = new ByteSink(1 << 20, 1024)
  return Array.from({ length: count }, (_, number) => {
    const batch = new BatchWriter()
    const all = new ByteSink(1 << 20, 1 << 19)
    const starts = [0]
    batch.begin(hash)
    for (let i = 0; i < batchRecords; i++) {
      const index = number * batchRecords + i
      const bid = bidOf(Math.floor(index / 46) * 50 + 4 + (index % 46), round + 1)
      value.length = 0
      codec.write(bid, value)
      const bytes = value.toBytes()
      batch.append({ timestamp: bid.dateTime, key: null }, bytes)
      all.copy(bytes, 0, bytes.length)
      starts.push(all.length)
    }
    return { bytes: all.toBytes(), starts, frame: batch.finish() }
  })
}

/** The values of a frame's records, one after the other. */
export const valuesOf = (frame: Uint8Array): Uint8Array => {
  const cursor = new BatchCursor(frame)
  const values = new ByteSink(1 << 24, frame.length)
  while (cursor.next()) values.copy(frame, cursor.valueStart, cursor.valueEnd)
  return values.toBytes()
}
