import { Kafka, logLevel } from "kafkajs"
import type { Consumer, EachBatchPayload } from "kafkajs"

/** A record as a reader of committed records got it. */
export interface ReadRecord {
  readonly partition: number
  readonly offset: number
  readonly key: Uint8Array | null
  /** Null: a tombstone, or what tasks tell each other. */
  readonly value: Uint8Array | null
}

export const placeOf = ({ offset, partition }: ReadRecord): string => `${partition}@${offset}`

export interface ReaderOptions {
  readonly brokers: readonly string[]
  readonly topic: string
  /** A name that nobody had before. */
  readonly group: string
  /** Told of each batch, in the order of each partition; a batch may come again after a failure. */
  readonly take: (records: readonly ReadRecord[]) => Promise<void> | void
}

/** Another client of Kafka: a plain consumer of kafkajs that reads committed records of a topic from its start. */
export class TopicReader {
  readonly #consumer: Consumer

  private constructor(consumer: Consumer) {
    this.#consumer = consumer
  }

  static async open({ brokers, group, take, topic }: ReaderOptions): Promise<TopicReader> {
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, clientId: group })
    const consumer = kafka.consumer({
      groupId: group,
      readUncommitted: false,
      retry: { retries: 100, maxRetryTime: 2_000, restartOnFailure: () => Promise.resolve(true) }
    })
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachBatch: async ({ batch }: EachBatchPayload) =>
        take(
          batch.messages.map(({ key, offset, value }) => ({
            partition: batch.partition,
            offset: Number(offset),
            key,
            value
          }))
        )
    })
    return new TopicReader(consumer)
  }

  close(): Promise<void> {
    return this.#consumer.disconnect()
  }
}

const endKey = "the end of the proof"

/**
 * Reads a topic up to its end, each record once. The end is a record of our own in each partition, which a reader of committed records
 * gets only when no transaction before it is open.
 */
export const readToEnd = async (
  options: Omit<ReaderOptions, "take"> & {
    readonly partitions: number
    readonly take: (record: ReadRecord) => Promise<void> | void
  }
): Promise<void> => {
  const { brokers, group, partitions, take, topic } = options
  const end = `${endKey} ${group}`
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, clientId: group })
  const producer = kafka.producer({ retry: { retries: 50, maxRetryTime: 2_000 } })
  await producer.connect()
  await producer.send({
    topic,
    messages: Array.from({ length: partitions }, (_, partition) => ({ partition, key: end, value: null }))
  })
  await producer.disconnect()
  const next = new Map<number, number>()
  const ended = new Set<number>()
  let reader: TopicReader | undefined
  await new Promise<void>((done, refuse) => {
    TopicReader.open({
      brokers,
      group,
      topic,
      take: async (records) => {
        for (const record of records) {
          if (record.offset < (next.get(record.partition) ?? 0)) continue
          next.set(record.partition, record.offset + 1)
          if (record.key !== null && Buffer.from(record.key).toString("utf8") === end) {
            ended.add(record.partition)
            if (ended.size === partitions) done()
          } else await take(record)
        }
      }
    }).then((opened) => (reader = opened), refuse)
  })
  await reader?.close()
}
