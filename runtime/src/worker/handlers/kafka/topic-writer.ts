import { partitionOf } from "@millrace/sdk/record"
import type { KafkaClient, Producer } from "../../../transport/kafka/client/kafka-client.ts"
import { KafkaError } from "../../../transport/kafka/client/kafka-error.ts"
import type { Compression } from "../../../transport/kafka/record-batch/compression/compression.ts"
import type { ForeignRecord } from "../../../transport/kafka/record-batch/foreign/foreign-record.ts"
import {
  foreignBytes,
  writeForeignBatch
} from "../../../transport/kafka/record-batch/foreign/write-foreign.ts"

export interface WriteRequest {
  readonly topic: string
  readonly records: readonly ForeignRecord[]
  readonly compression: Compression
  /** Picks the partition of records without a key. */
  readonly turn: number
  /** Of a batch, before it is compressed; one record may have more. */
  readonly maxBatchBytes: number
}

interface Batch {
  readonly partition: number
  readonly records: readonly ForeignRecord[]
}

const produceMs = 20_000
/** A batch that was not answered is sent again so often: an idempotent producer's is written once. */
const attempts = 3

/** The numbers that a producer gives to what it writes, by partition. */
export class Sequences {
  readonly #next = new Map<number, number>()

  take(partition: number, count: number): number {
    const first = this.#next.get(partition) ?? 0
    // The protocol's are 31 bits.
    this.#next.set(partition, (first + count) % 0x8000_0000)
    return first
  }
}

/** The partitions that records go to, as Kafka's own producers choose them, and how many the topic has. */
export async function partitionsOf(
  client: KafkaClient,
  { records, topic, turn }: Pick<WriteRequest, "records" | "topic" | "turn">
): Promise<readonly number[]> {
  const count = await partitionCount(client, topic)
  return records.map(({ key }) => (key === null ? turn % count : partitionOf(key, count)))
}

export async function partitionCount(client: KafkaClient, topic: string): Promise<number> {
  const [found] = await client.topics([topic])
  if (found?.error !== undefined) throw found.error
  if (found === undefined || found.partitions.length === 0) throw new Error("a topic without partitions")
  return found.partitions.length
}

/** Writes records in order, batch by batch; answers when all copies in sync have them. */
export async function writeRecords(
  client: KafkaClient,
  producer: Producer & { readonly transactionalId: string | null },
  sequences: Sequences,
  request: WriteRequest,
  partitions: readonly number[]
): Promise<void> {
  const { compression, topic } = request
  const { producerEpoch: epoch, producerId: id, transactionalId } = producer
  for (const round of roundsOf(batchesOf(request, partitions))) {
    const batches = round.map(({ partition, records }) => ({
      topic,
      partition,
      records: writeForeignBatch(records, {
        compression,
        producer: { id, epoch, baseSequence: sequences.take(partition, records.length) },
        transactional: transactionalId !== null
      })
    }))
    await insisting(() => client.produce({ transactionalId, batches, timeoutMs: produceMs }))
  }
}

async function insisting<A>(attempt: () => Promise<A>): Promise<A> {
  for (let left = attempts - 1; ; left -= 1) {
    try {
      return await attempt()
    } catch (cause) {
      const isOpen = cause instanceof KafkaError && cause.indefinite && cause.retriable && !cause.fenced
      if (!isOpen || left === 0) throw cause
    }
  }
}

function batchesOf(
  { maxBatchBytes, records }: WriteRequest,
  partitions: readonly number[]
): readonly Batch[] {
  const open = new Map<number, { records: ForeignRecord[]; bytes: number }>()
  const batches: Batch[] = []
  for (const [index, record] of records.entries()) {
    const partition = partitions[index] ?? 0
    const size = foreignBytes(record)
    let batch = open.get(partition)
    if (batch === undefined || batch.bytes + size > maxBatchBytes) {
      batch = { records: [], bytes: 0 }
      open.set(partition, batch)
      batches.push({ partition, records: batch.records })
    }
    batch.records.push(record)
    batch.bytes += size
  }
  return batches
}

/** A request has one batch for each partition: what has several goes in several. */
function roundsOf(batches: readonly Batch[]): readonly (readonly Batch[])[] {
  const rounds: Batch[][] = []
  const used = new Map<number, number>()
  for (const batch of batches) {
    const round = used.get(batch.partition) ?? 0
    used.set(batch.partition, round + 1)
    rounds[round] = [...(rounds[round] ?? []), batch]
  }
  return rounds
}
