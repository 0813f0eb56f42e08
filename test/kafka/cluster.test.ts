import { randomUUID } from "node:crypto"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { Kafka, logLevel } from "kafkajs"
import { assert, beforeAll, describe, it } from "vitest"
import { hasKafka } from "../tools.ts"
import { newClusterId } from "./cluster-folder.ts"
import { releases } from "./releases.ts"
import { sharedClusterPatience, sharedClusters } from "./shared.ts"

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo()));
}

/** Values that a reader of committed records gets up to the topic's end, as far as `last`. */
const readUntil = async (kafka: Kafka, topic: string, last: string): Promise<readonly string[]> => {
  const consumer = kafka.consumer({ groupId: topic, readUncommitted: false })
  const values: string[] = []
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await new Promise<void>((done, refuse) => {
    consumer
      .run({
        eachMessage: ({ message }) => {
          values.push(message.value?.toString() ?? "")
          if (message.value?.toString() === last) done()
          return Promise.resolve()
        }
      })
      .catch(refuse)
  })
  await consumer.disconnect()
  return values
}

describe("compose.yaml", () => {
  it("has the release that npm run kafka has", () => {
    const text = readFileSync(resolve(import.meta.dirname, "../../compose.yaml"), "utf8")
    assert.include(text, `apache/kafka:${releases["4"]}\n`)
  })
})

describe("a cluster's id", () => {
  it("does not begin with a hyphen, which Kafka's tools would take for an option", () => {
    const drawn = [Buffer.alloc(16, 0xfb), Buffer.alloc(16, 0xf8), Buffer.alloc(16, 7)]
    assert.isTrue(drawn[0]?.toString("base64url").startsWith("-"))
    const id = newClusterId(() => drawn.shift() ?? Buffer.alloc(16))
    assert.strictEqual(id, Buffer.alloc(16, 7).toString("base64url"))
  })
})

describe.skipIf(!hasKafka)("a broker of ours", () => {
  for (const cluster of sharedClusters)
    describe(cluster.name, () => {
      let kafka: Kafka
      beforeAll(async () => {
        kafka = new Kafka({ brokers: [...(await cluster.bootstrap())], logLevel: logLevel.NOTHING })
      }, sharedClusterPatience)

      it("gives a reader of committed records those of committed transactions alone", async () => {
        const topic = `smoke-${randomUUID()}`
        const admin = kafka.admin()
        await admin.connect()
        // Its own wait fails where the broker has not heard of the topic yet.
        const topics = [{ topic, numPartitions: 1 }]
        assert.isTrue(await admin.createTopics({ topics, waitForLeaders: false }))
        await until(async () => (await admin.listTopics()).includes(topic))
        const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 })
        await producer.connect()
        for (const [value, isCommitted] of [
          ["first", true],
          ["aborted", false],
          ["last", true]
        ] as const) {
          const transaction = await producer.transaction()
          await transaction.send({ topic, messages: [{ value }] })
          await (isCommitted ? transaction.commit() : transaction.abort())
        }
        await producer.disconnect()
        assert.deepStrictEqual(await readUntil(kafka, topic, "last"), ["first", "last"])
        await admin.deleteTopics({ topics: [topic] })
        await until(async () => !(await admin.listTopics()).includes(topic))
        await admin.disconnect()
      })
    })
})
