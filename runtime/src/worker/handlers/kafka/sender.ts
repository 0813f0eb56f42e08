import type { KafkaClient, Producer } from "../../../transport/kafka/client/kafka-client.ts"
import { partitionsOf, Sequences, writeRecords } from "./topic-writer.ts"
import type { WriteRequest } from "./topic-writer.ts"

const maxBatchBytes = 512 * 1024

/**
 * Writes in one place of one topic at least once, by an idempotent producer: what it sends again itself is there once. After a
 * failure the producer is thrown away, for its count and the broker's may differ.
 */
export class Sender {
  #session: { readonly producer: Producer; readonly sequences: Sequences } | undefined
  #turn = 0
  #last: Promise<unknown> = Promise.resolve()

  send(client: KafkaClient, request: Omit<WriteRequest, "maxBatchBytes" | "turn">): Promise<void> {
    const turn = this.#last.then(() => this.#send(client, request))
    this.#last = turn.catch(() => {
      this.#session = undefined
    })
    return turn
  }

  async #send(client: KafkaClient, request: Omit<WriteRequest, "maxBatchBytes" | "turn">): Promise<void> {
    this.#turn += 1
    const whole = { ...request, turn: this.#turn, maxBatchBytes }
    const partitions = await partitionsOf(client, whole)
    this.#session ??= { producer: await client.initProducerId(null, 0), sequences: new Sequences() }
    const { producer, sequences } = this.#session
    await writeRecords(client, { ...producer, transactionalId: null }, sequences, whole, partitions)
  }
}
