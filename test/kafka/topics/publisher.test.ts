import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { openKafkaClient } from "../../../runtime/src/transport/kafka/client/choose-client.ts"
import type { KafkaClient } from "../../../runtime/src/transport/kafka/client/kafka-client.ts"
import type { ForeignRecord } from "../../../runtime/src/transport/kafka/record-batch/foreign/foreign-record.ts"
import { writeForeignBatch } from "../../../runtime/src/transport/kafka/record-batch/foreign/write-foreign.ts"
import { Publisher } from "../../../runtime/src/worker/handlers/kafka/publisher.ts"
import { Sender } from "../../../runtime/src/worker/handlers/kafka/sender.ts"
import { TopicReader } from "../../../runtime/src/worker/handlers/kafka/topic-reader.ts"
import { until } from "../../input/program.ts"
import { hasKafka } from "../../tools.ts"
import { sharedClusterPatience, sharedClusters } from "../shared.ts"

// What the worker does for plugins/kafka, on real brokers: each publication once, whatever happened to the one before.

const unique = `${process.pid}-${Date.now() % 1_000_000}`
const texts = (count: number, prefix: string): readonly ForeignRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    offset: -1n,
    timestamp: 1_700_000_000_000 + index,
    key: index % 2 === 0 ? Buffer.from(`key ${index}`) : null,
    value: index % 5 === 4 ? null : Buffer.from(`${prefix} ${index}`),
    headers: [["n", Buffer.from(String(index))]]
  }))

for (const cluster of sharedClusters.slice(0, 1))
  describe.skipIf(!hasKafka)(`publications on ${cluster.name}`, () => {
    let client: KafkaClient
    let brokers: readonly string[] = []

    beforeAll(async () => {
      brokers = await cluster.bootstrap()
      client = await openKafkaClient("kafkajs", { bootstrap: brokers })
    }, sharedClusterPatience)
    afterAll(() => client.close())

    const topicOf = async (name: string, partitions = 2, configs = {}): Promise<string> => {
      const topic = `${name}-${unique}`
      const [made] = await client.createTopics([{ name: topic, partitions, replicas: 1, configs }])
      if (made?.error !== undefined) throw made.error
      return topic
    }
    const valuesIn = async (
      topic: string,
      isolation: "committed" | "uncommitted" = "committed",
      partitions = 2
    ) => {
      const reader = new TopicReader()
      const values: string[] = []
      for (let partition = 0; partition < partitions; partition++) {
        let offset = 0n
        for (;;) {
          const request = { topic, partition, offset, maxRecords: 3, maxBytes: 1_000_000, isolation }
          const { more, next, records } = await reader.read(client, request)
          values.push(
            ...records.map(({ value }) => (value === null ? "null" : Buffer.from(value).toString()))
          )
          offset = next
          if (!more) break
        }
      }
      return values.toSorted()
    }
    const publication = (
      topic: string,
      run: string,
      sequence: number,
      records = texts(6, `${run}/${sequence}`)
    ) => ({
      topic,
      run,
      sequence,
      records,
      compression: "gzip" as const
    })
    /** A transaction's end is in its partitions a moment after its writer was told. */
    const settled = (topic: string, count: number, partitions = 2) =>
      until(
        () => valuesIn(topic, "committed", partitions),
        ({ length }) => length >= count
      )
    const wanted = (...names: readonly string[]) =>
      names
        .flatMap((name) =>
          texts(6, name).map(({ value }) => (value === null ? "null" : Buffer.from(value).toString()))
        )
        .toSorted()

    it("are there once, however often they are made and by whom", async () => {
      const topic = await topicOf("once")
      const id = `${topic}.writer`
      const first = new Publisher(id)
      assert.strictEqual(await first.published(client, topic, "run"), -1)
      assert.isTrue(await first.publish(client, publication(topic, "run", 0)))
      assert.isFalse(await first.publish(client, publication(topic, "run", 0)))
      const second = new Publisher(id)
      assert.strictEqual(await second.published(client, topic, "run"), 0)
      assert.isFalse(await second.publish(client, publication(topic, "run", 0)))
      assert.isTrue(await second.publish(client, publication(topic, "run", 1)))
      // The first was fenced off; it finds out what became of what it is asked to publish.
      assert.isFalse(await insist(() => first.publish(client, publication(topic, "run", 1))))
      assert.isTrue(await first.publish(client, publication(topic, "run", 2)))
      assert.deepEqual(await settled(topic, 18), wanted("run/0", "run/1", "run/2"))
      // A row that begins anew counts from 0 again.
      assert.isTrue(await first.publish(client, publication(topic, "another run", 0)))
      assert.lengthOf(await settled(topic, 24), 24)
    })

    it("end what a writer left open, and are there once", async () => {
      const topic = await topicOf("open")
      const id = `${topic}.writer`
      // As a worker that is killed between its writes and the end of its transaction.
      const dead = { ...(await client.initProducerId(id, 60_000)), transactionalId: id }
      await client.addPartitionsToTxn(dead, [{ topic, partition: 0 }])
      const batch = writeForeignBatch(texts(6, "run/0"), {
        compression: "none",
        producer: { id: dead.producerId, epoch: dead.producerEpoch, baseSequence: 0 },
        transactional: true
      })
      await client.produce({
        transactionalId: id,
        batches: [{ topic, partition: 0, records: batch }],
        timeoutMs: 10_000
      })
      assert.isTrue(await new Publisher(id).publish(client, publication(topic, "run", 0)))
      assert.deepEqual(await settled(topic, 6), wanted("run/0"))
      assert.lengthOf(await valuesIn(topic, "uncommitted"), 12)
    })

    it("are cut smaller where a topic takes no large batches, and refused where a record is too large", async () => {
      const topic = await topicOf("small", 1, { "max.message.bytes": "100000" })
      const publisher = new Publisher(`${topic}.writer`)
      const noise = (bytes: number) =>
        Uint8Array.from({ length: bytes }, (_, at) => (at * 7919 + (at >> 3) * 31) & 255)
      const record = (bytes: number): ForeignRecord => ({
        offset: -1n,
        timestamp: 1,
        key: null,
        value: noise(bytes),
        headers: []
      })
      const some = Array.from({ length: 5 }, () => record(40_000))
      const plain = { topic, run: "run", compression: "none" as const }
      assert.isTrue(await publisher.publish(client, { ...plain, sequence: 0, records: some }))
      assert.lengthOf(await settled(topic, 5, 1), 5)
      const refused = await publisher
        .publish(client, { ...plain, sequence: 1, records: [record(10), record(200_000)] })
        .then(
          () => "published",
          (cause: unknown) => String(Object(cause).kind)
        )
      assert.strictEqual(refused, "MESSAGE_TOO_LARGE")
      assert.isTrue(
        await insist(() => publisher.publish(client, { ...plain, sequence: 1, records: [record(10)] }))
      )
      assert.lengthOf(await settled(topic, 6, 1), 6)
    })

    it("are sent at least once by an idempotent producer too", async () => {
      const topic = await topicOf("sent")
      const sender = new Sender()
      await sender.send(client, { topic, records: texts(6, "a"), compression: "snappy" })
      await sender.send(client, { topic, records: texts(6, "b"), compression: "lz4" })
      assert.deepEqual(await valuesIn(topic), wanted("a", "b"))
    })
  })

/** As the runtime does: what fails for now is asked again. */
const insist = async <A>(attempt: () => Promise<A>): Promise<A> => {
  try {
    return await attempt()
  } catch {
    return attempt()
  }
}
