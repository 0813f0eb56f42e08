import { Kafka, logLevel, Partitioners } from "kafkajs"
import type { Producer, Transaction } from "kafkajs"
import { eventAt, mixed } from "./load/events.ts"
import type { Event } from "./load/events.ts"
import { encoderOf } from "./schemas.ts"
import type { RegisteredSchema } from "./schemas.ts"

export const inputTopic = "proof.events"
export const partitions = 8
const partitioner = Partitioners.DefaultPartitioner()
/** It looks at their number alone, where there is a key. */
const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
  partitionErrorCode: 0,
  partitionId,
  leader: 0,
  replicas: [],
  isr: []
}))
const perTransaction = 1_000
/** One of so many transactions has one before it that is aborted. */
const abortedEvery = 4
const abortedEvents = 40
/** Sequence numbers of what was aborted: none of them may ever be seen. */
const abortedSeq = 1_000_000_000

/** Another client of Kafka: a plain transactional producer of kafkajs, which partitions by key as all do. */
export class InputWriter {
  readonly #seed: number
  readonly #producer: Producer
  readonly #encode: (value: unknown) => Buffer

  private constructor(seed: number, producer: Producer, encode: (value: unknown) => Buffer) {
    this.#seed = seed
    this.#producer = producer
    this.#encode = encode
  }

  static async open(
    brokers: readonly string[],
    schema: RegisteredSchema,
    seed: number
  ): Promise<InputWriter> {
    const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, clientId: "writer" })
    const producer = kafka.producer({
      transactionalId: "prove-writer",
      idempotent: true,
      maxInFlightRequests: 1,
      retry: { retries: 50, maxRetryTime: 2_000 }
    })
    await producer.connect()
    return new InputWriter(seed, producer, encoderOf(schema))
  }

  /** Writes the events from the one number up to before the other, in transactions of which each is committed. */
  async write(from: number, to: number): Promise<void> {
    for (let start = from; start < to; start += perTransaction) {
      if (mixed(this.#seed, start) % abortedEvery === 0) await this.#abort(start)
      const end = Math.min(to, start + perTransaction)
      const events = Array.from({ length: end - start }, (_, index) => eventAt(this.#seed, start + index))
      const transaction = await this.#producer.transaction()
      await this.#send(transaction, events)
      await transaction.commit()
    }
  }

  close(): Promise<void> {
    return this.#producer.disconnect()
  }

  async #abort(at: number): Promise<void> {
    const transaction = await this.#producer.transaction()
    const events = Array.from({ length: abortedEvents }, (_, index) => ({
      ...eventAt(this.#seed, at + index),
      seq: abortedSeq + at + index
    }))
    await this.#send(transaction, events)
    await transaction.abort()
  }

  /**
   * One request for each partition: of a request to several brokers kafkajs 2.2.4 drops, without a word, what is for a partition whose
   * leader changed to a broker that had answered already.
   */
  async #send(transaction: Transaction, events: readonly Event[]): Promise<void> {
    const messages = events.map((event) => {
      const message = { key: event.key, value: this.#encode(event) }
      return { ...message, partition: partitioner({ topic: inputTopic, partitionMetadata, message }) }
    })
    for (let partition = 0; partition < partitions; partition++) {
      const own = messages.filter((message) => message.partition === partition)
      if (own.length > 0) await transaction.send({ topic: inputTopic, messages: own })
    }
  }
}
