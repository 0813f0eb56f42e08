import { parseAvroOrThrow, schemaHash } from "@millrace/sdk/avro"
import { compileKey, compileValue } from "@millrace/sdk/codec"
import { BatchWriter, ByteSink, partitionOf } from "@millrace/sdk/record"
import type { KafkaClient } from "../../../runtime/src/transport/kafka/client/kafka-client.ts"
import { writeRecordBatch } from "../../../runtime/src/transport/kafka/record-batch/write-record-batch.ts"
import { bidSchema, bidType, nthBid } from "../bid.ts"

/** What a busy producer's batches have: Java's, with a linger, are of such sizes. */
const batchBytes = 64 * 1024
const mostInFlight = 8

/** Bids from one place to another, each in its auction's partition, in batches without a producer id, as a plain client writes them. */
export const writeBids = async (
  client: KafkaClient,
  {
    partitions,
    schemaId,
    topic
  }: { readonly topic: string; readonly partitions: number; readonly schemaId: number },
  { from, to }: { readonly from: number; readonly to: number }
): Promise<void> => {
  const codec = compileValue(bidType())
  const keys = compileKey(parseAvroOrThrow(bidSchema), ["auction"])
  const hash = schemaHash(bidType())
  const value = new ByteSink(1 << 16, 1 << 10)
  const writers = Array.from({ length: partitions }, () => new BatchWriter())
  const inFlight = new Set<Promise<unknown>>()
  const flush = async (partition: number, writer: BatchWriter): Promise<void> => {
    if (inFlight.size >= mostInFlight) await Promise.race(inFlight)
    const records = writeRecordBatch(writer.finish(), { schemaId, compression: "none" })
    const written = client.produce({
      transactionalId: null,
      batches: [{ topic, partition, records }],
      timeoutMs: 30_000
    })
    inFlight.add(written)
    void written.then(() => inFlight.delete(written)).catch(() => undefined)
    writer.begin(hash)
  }
  for (const writer of writers) writer.begin(hash)
  for (let place = from; place < to; place++) {
    const bid = nthBid(place)
    value.length = 0
    codec.write(bid, value)
    const key = keys.key(value.bytes, 0, value.length)
    const partition = partitionOf(key, partitions)
    const writer = writers[partition]!
    writer.append({ timestamp: bid.dateTime, key }, value.bytes.subarray(0, value.length))
    if (writer.byteLength >= batchBytes) await flush(partition, writer)
  }
  for (const [partition, writer] of writers.entries()) if (writer.count > 0) await flush(partition, writer)
  await Promise.all(inFlight)
}
