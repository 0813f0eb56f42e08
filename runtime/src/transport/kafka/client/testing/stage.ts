import { randomUUID } from "node:crypto"
import assert from "node:assert/strict"
import type { KafkaClient, TxnProducer } from "../kafka-client.ts"
import { KafkaError } from "../kafka-error.ts"
import { readBatches, textBatch } from "./raw-batches.ts"
import type { ReadBatch } from "./raw-batches.ts"

/** What a case is tried with: a client, and names that nobody else has. */
export interface Stage {
  readonly client: KafkaClient
  /** Another one on the same cluster. */
  readonly other: KafkaClient
  /** A name for a topic, a group or a transactional id. */
  readonly name: (what: string) => string
  /** Makes a topic of a new name. */
  readonly topic: (partitions?: number, configs?: { readonly [key: string]: string }) => Promise<string>
}

/**
 * Our batches are of 1970, and markers of transactions of today: by its defaults, Kafka begins a new segment between them,
 * where a fetch ends, and deletes what is older than a week.
 */
const keepAll = { "retention.ms": "-1", "segment.ms": String(2n ** 63n - 1n) }

export const makeStage = (client: KafkaClient, other: KafkaClient, replicas?: number): Stage => {
  const suffix = randomUUID().slice(0, 8)
  let count = 0
  const name = (what: string): string => `client-${what}-${suffix}-${(count += 1)}`
  return {
    client,
    other,
    name,
    topic: async (partitions = 1, configs = {}) => {
      const topic = name("topic")
      const spec = {
        name: topic,
        partitions,
        configs: { ...keepAll, ...configs },
        ...(replicas === undefined ? {} : { replicas })
      }
      const [outcome] = await client.createTopics([spec])
      if (outcome?.error !== undefined) throw outcome.error
      return topic
    }
  }
}

/** The error that a promise rejects with; anything else fails the case. */
export const refusalOf = async (promise: Promise<unknown>): Promise<KafkaError> => {
  try {
    await promise
  } catch (cause) {
    if (cause instanceof KafkaError) return cause
    throw cause
  }
  assert.fail("it was not refused")
}

/** Takes over a transactional id. */
export const takeOver = async (client: KafkaClient, transactionalId: string): Promise<TxnProducer> => ({
  transactionalId,
  ...(await client.initProducerId(transactionalId, 60_000))
})

/** One transaction of one batch on partition 0. `sequence`: how many records of the producer the partition has. */
export const transact = async (
  client: KafkaClient,
  producer: TxnProducer,
  topic: string,
  texts: readonly string[],
  sequence: number,
  outcome: "commit" | "abort"
): Promise<void> => {
  await client.addPartitionsToTxn(producer, [{ topic, partition: 0 }])
  const records = textBatch(texts, { producer, sequence, isTransactional: true })
  const batches = [{ topic, partition: 0, records }]
  const { transactionalId } = producer
  await client.produce({ transactionalId, timeoutMs: 30_000, batches })
  await client.endTxn(producer, outcome)
}

export const write = async (
  client: KafkaClient,
  topic: string,
  texts: readonly string[]
): Promise<bigint> => {
  const batches = [{ topic, partition: 0, records: textBatch(texts) }]
  const [produced] = await client.produce({ transactionalId: null, timeoutMs: 30_000, batches })
  return produced?.baseOffset ?? -1n
}

/** Waits until a reader of committed records may read up to the offset: markers follow after the answer to a transaction's end. */
export const settled = async (client: KafkaClient, topic: string, end: bigint): Promise<void> => {
  for (;;) {
    const [stable] = await client.listOffsets([{ topic, partition: 0 }], "lastStable")
    if ((stable?.offset ?? -1n) >= end) return
  }
}

export interface Reading {
  readonly batches: readonly ReadBatch[]
  /** The aborted transactions that each fetch told of. */
  readonly aborted: readonly (readonly { readonly producerId: bigint; readonly firstOffset: bigint }[])[]
}

/** Reads partition 0 from its beginning until the offset, as often as it takes. */
export const readTo = async (
  client: KafkaClient,
  topic: string,
  end: bigint,
  isolation: "uncommitted" | "committed",
  maxBytes = 1_000_000
): Promise<Reading> => {
  const batches: ReadBatch[] = []
  const aborted: { readonly producerId: bigint; readonly firstOffset: bigint }[][] = []
  for (let offset = 0n; offset < end;) {
    const partitions = [{ topic, partition: 0, offset }]
    const request = { partitions, maxWaitMs: 5_000, minBytes: 1, maxBytes, isolation }
    const [fetched] = await client.fetch(request)
    if (fetched?.error?.retriable === false) throw fetched.error
    const read = readBatches(fetched?.records ?? new Uint8Array(0))
    if (read.length > 0) aborted.push([...(fetched?.aborted ?? [])])
    batches.push(...read)
    offset = read.at(-1)?.next ?? offset
  }
  return { batches, aborted }
}
