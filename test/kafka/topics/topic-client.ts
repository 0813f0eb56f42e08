import { type Consumer, Kafka, type KafkaMessage, logLevel, type Message } from "kafkajs"
import { until } from "../../input/program.ts"

/** A record as a consumer of another program sees it. */
export interface SeenRecord {
  readonly partition: number
  readonly key: string | null
  readonly value: string | null
  /** Key and value as they are. */
  readonly raw: { readonly key: Buffer | null; readonly value: Buffer | null }
  readonly headers: { readonly [name: string]: string }
  readonly timestamp: number
}

/** Plain kafkajs, as another program has it: makes topics, writes and reads them. */
export class TopicClient {
  readonly #kafka: Kafka
  readonly #consumers: Consumer[] = []

  constructor(brokers: readonly string[]) {
    this.#kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  }

  async make(topic: string, partitions: number): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: false })
    // kafkajs takes a topic that a broker has not heard of yet for one that is not there.
    await until(
      () =>
        admin.fetchTopicMetadata({ topics: [topic] }).then(
          ({ topics: [found] }) => found?.partitions.filter(({ leader }) => leader >= 0).length ?? 0,
          () => 0
        ),
      (led) => led === partitions
    )
    await admin.disconnect()
  }

  async grow(topic: string, partitions: number): Promise<void> {
    const admin = this.#kafka.admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic, count: partitions }] })
    await admin.disconnect()
  }

  async write(topic: string, messages: Message[], transaction?: "commit" | "abort"): Promise<void> {
    const producer = this.#kafka.producer(
      transaction === undefined
        ? { allowAutoTopicCreation: false }
        : { transactionalId: `${topic}-writer`, maxInFlightRequests: 1, idempotent: true }
    )
    await producer.connect()
    if (transaction === undefined) await producer.send({ topic, messages })
    else {
      const open = await producer.transaction()
      await open.send({ topic, messages })
      await (transaction === "commit" ? open.commit() : open.abort())
    }
    await producer.disconnect()
  }

  /** What a `read_committed` consumer has got so far, in the order of its coming. */
  async read(topic: string): Promise<readonly SeenRecord[]> {
    const consumer = this.#kafka.consumer({ groupId: `${topic}-${this.#consumers.length}` })
    this.#consumers.push(consumer)
    const seen: SeenRecord[] = []
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      eachMessage: async ({ message, partition }) => {
        seen.push(seenRecord(partition, message))
      }
    })
    return seen
  }

  /** The offsets that a group has committed, all partitions together. */
  async committed(group: string, topic: string): Promise<number> {
    const admin = this.#kafka.admin()
    await admin.connect()
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    await admin.disconnect()
    return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.disconnect()))
  }
}

const seenRecord = (partition: number, { headers, key, timestamp, value }: KafkaMessage): SeenRecord => ({
  partition,
  key: key === null ? null : key.toString(),
  value: value === null ? null : value.toString(),
  raw: { key, value },
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, content]) => [name, String(content)])
  ),
  timestamp: Number(timestamp)
})

/** Waits until so many have come. */
export const arrived = (seen: readonly SeenRecord[], count: number): Promise<number> =>
  until(
    () => seen.length,
    (length) => length >= count
  )
