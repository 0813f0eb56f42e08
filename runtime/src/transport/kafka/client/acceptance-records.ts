import assert from "node:assert/strict"
import { textBatch } from "./testing/raw-batches.ts"
import { readTo, refusalOf, settled, takeOver, transact, write } from "./testing/stage.ts"
import type { Stage } from "./testing/stage.ts"

/** One thing that a client must do. It rejects where the client does not. */
export interface ClientCase {
  readonly name: string
  readonly run: (stage: Stage) => Promise<void>
}

const offsetOf = async ({ client }: Stage, topic: string, at: "earliest" | "latest" | "lastStable") =>
  (await client.listOffsets([{ topic, partition: 0 }], at))[0]?.offset

export const topicCases: readonly ClientCase[] = [
  {
    name: "makes topics with settings, tells of their partitions and ids, and deletes them",
    run: async ({ client, topic: make }) => {
      const topic = await make(3, { "max.message.bytes": "4242" })
      const [metadata] = await client.topics([topic])
      assert.deepEqual(
        metadata?.partitions.map(({ partition }) => partition),
        [0, 1, 2]
      )
      assert.ok(metadata?.partitions.every(({ inSync, leader }) => leader > 0 && inSync.includes(leader)))
      const [described] = await client.describeConfigs([topic])
      assert.equal(described?.configs["max.message.bytes"], "4242")
      assert.equal(described?.configs["cleanup.policy"], "delete")
      assert.deepEqual(await client.deleteTopics([topic]), [{ name: topic }])
      // A broker may hear of it a little later.
      let gone = await client.topics([topic])
      while (gone[0]?.error === undefined) gone = await client.topics([topic])
      assert.equal(gone[0]?.error?.kind, "UNKNOWN_TOPIC_OR_PARTITION")
    }
  },
  {
    name: "gives a topic that is made anew another id",
    run: async ({ client, topic: make }) => {
      const topic = await make()
      const [before] = await client.topics([topic])
      await client.deleteTopics([topic])
      await client.createTopics([{ name: topic, partitions: 1 }])
      // A broker that is behind tells of the old one, or of none.
      let after = await client.topics([topic])
      while (after[0]?.error !== undefined || after[0]?.id === before?.id)
        after = await client.topics([topic])
      assert.notEqual(after[0]?.id, before?.id)
    }
  },
  {
    name: "says of each topic that cannot be made why, and makes the others",
    run: async ({ client, name, topic: make }) => {
      const known = await make()
      const fresh = name("topic")
      const outcomes = await client.createTopics([
        { name: known, partitions: 1 },
        { name: fresh, partitions: 1 },
        { name: "not/a topic", partitions: 1 },
        { name: name("topic"), partitions: 1, configs: { "retention.ms": "much" } }
      ])
      const kinds = Object.fromEntries(outcomes.map((each) => [each.name, each.error?.kind]))
      assert.equal(kinds[known], "TOPIC_ALREADY_EXISTS")
      assert.equal(kinds[fresh], undefined)
      assert.equal(kinds["not/a topic"], "INVALID_TOPIC_EXCEPTION")
      assert.deepEqual(Object.values(kinds).at(-1), "INVALID_CONFIG")
    }
  }
]

export const recordCases: readonly ClientCase[] = [
  {
    name: "gives batches back as they were written, but for offset and epoch",
    run: async (stage) => {
      const topic = await stage.topic()
      const records = textBatch(["first", "second", "x".repeat(100_000)])
      const batches = [{ topic, partition: 0, records }]
      await stage.client.produce({ transactionalId: null, timeoutMs: 30_000, batches })
      const partitions = [{ topic, partition: 0, offset: 0n }]
      const request = { maxWaitMs: 5_000, minBytes: 1, maxBytes: 1_000_000 }
      const [fetched] = await stage.client.fetch({ ...request, partitions, isolation: "uncommitted" })
      const got = Buffer.from(fetched?.records ?? [])
      assert.equal(got.readBigInt64BE(0), 0n)
      assert.deepEqual(got.subarray(16), Buffer.from(records).subarray(16))
      assert.equal(fetched?.highWatermark, 3n)
    }
  },
  {
    name: "writes to several partitions of several topics at once, and answers in their order",
    run: async (stage) => {
      const one = await stage.topic(2)
      const two = await stage.topic(2)
      await write(stage.client, two, ["before"])
      const places = [
        [two, 0],
        [one, 1],
        [two, 1],
        [one, 0]
      ] as const
      const batches = places.map(([topic, partition]) => ({ topic, partition, records: textBatch([topic]) }))
      const produced = await stage.client.produce({ transactionalId: null, timeoutMs: 30_000, batches })
      assert.deepEqual(
        produced.map(({ baseOffset, partition, topic }) => [topic, partition, baseOffset]),
        places.map(([topic, partition], index) => [topic, partition, index === 0 ? 1n : 0n])
      )
    }
  },
  {
    name: "keeps the order of writes that do not wait for each other, and writes none twice",
    run: async ({ client, topic: make }) => {
      const topic = await make()
      const producer = await client.initProducerId(null, 60_000)
      const texts = Array.from({ length: 60 }, (_, index) => `${index}`)
      const send = (text: string, sequence: number) => {
        const records = textBatch([text], { producer, sequence })
        const batches = [{ topic, partition: 0, records }]
        return client.produce({ transactionalId: null, timeoutMs: 30_000, batches })
      }
      await Promise.all(texts.map(send))
      // The broker knows the last five of a producer.
      await send("59", 59)
      const { batches } = await readTo(client, topic, 60n, "uncommitted")
      assert.deepEqual(
        batches.flatMap((batch) => batch.texts),
        texts
      )
    }
  },
  {
    name: "answers a fetch that waits when something comes, and an empty one in its time",
    run: async (stage) => {
      const topic = await stage.topic()
      const partitions = [{ topic, partition: 0, offset: 0n }]
      const request = { partitions, minBytes: 1, maxBytes: 1_000_000, isolation: "uncommitted" } as const
      const [empty] = await stage.client.fetch({ ...request, maxWaitMs: 50 })
      assert.equal(empty?.records.length, 0)
      assert.equal(empty?.error, undefined)
      const waiting = stage.client.fetch({ ...request, maxWaitMs: 60_000 })
      await write(stage.client, topic, ["came"])
      const [fetched] = await waiting
      assert.ok((fetched?.records.length ?? 0) > 0)
    }
  },
  {
    name: "says what is out of range beside what is not",
    run: async (stage) => {
      const topic = await stage.topic(2)
      await write(stage.client, topic, ["here"])
      const partitions = [
        { topic, partition: 0, offset: 0n },
        { topic, partition: 1, offset: 99n }
      ]
      const request = { partitions, maxWaitMs: 1_000, minBytes: 1, maxBytes: 1_000_000 }
      const fetch = () => stage.client.fetch({ ...request, isolation: "uncommitted" })
      let [good, bad] = await fetch()
      while (bad?.error?.retriable === true) [good, bad] = await fetch()
      assert.ok((good?.records.length ?? 0) > 0)
      assert.equal(bad?.error?.kind, "OFFSET_OUT_OF_RANGE")
      assert.equal(bad?.error?.retriable, false)
      assert.match(bad?.error?.asked ?? "", new RegExp(`${topic}-1`))
    }
  },
  {
    name: "refuses a batch that is too large, or damaged, and says where",
    run: async ({ client, topic: make }) => {
      const topic = await make(1, { "max.message.bytes": "1000" })
      const large = await refusalOf(write(client, topic, ["x".repeat(5_000)]))
      assert.equal(large.kind, "MESSAGE_TOO_LARGE")
      assert.deepEqual([large.retriable, large.indefinite, large.fenced], [false, false, false])
      assert.match(large.message, /max\.message\.bytes/)
      const records = textBatch(["damaged"])
      const last = records.length - 2
      records[last] = (records[last] ?? 0) ^ 1
      const batches = [{ topic, partition: 0, records }]
      const request = { transactionalId: null, timeoutMs: 30_000, batches }
      const damaged = await refusalOf(client.produce(request))
      assert.equal(damaged.kind, "CORRUPT_MESSAGE")
    }
  },
  {
    name: "refuses to read and write where there is no topic, in a bounded time",
    run: async ({ client, name }) => {
      const topic = name("missing")
      const error = await refusalOf(write(client, topic, ["lost"]))
      assert.equal(error.kind, "UNKNOWN_TOPIC_OR_PARTITION")
      assert.match(error.message, new RegExp(topic))
    }
  },
  {
    name: "tells the first, last and last stable offset apart",
    run: async (stage) => {
      const topic = await stage.topic()
      await write(stage.client, topic, ["one", "two"])
      const producer = await takeOver(stage.client, stage.name("id"))
      await stage.client.addPartitionsToTxn(producer, [{ topic, partition: 0 }])
      const records = textBatch(["open"], { producer, isTransactional: true })
      const batches = [{ topic, partition: 0, records }]
      const { transactionalId } = producer
      await stage.client.produce({ transactionalId, timeoutMs: 30_000, batches })
      assert.equal(await offsetOf(stage, topic, "earliest"), 0n)
      assert.equal(await offsetOf(stage, topic, "latest"), 3n)
      assert.equal(await offsetOf(stage, topic, "lastStable"), 2n)
      await stage.client.endTxn(producer, "abort")
    }
  },
  {
    name: "tells of each of two aborted transactions of one producer in one fetch",
    run: async (stage) => {
      const topic = await stage.topic()
      const producer = await takeOver(stage.client, stage.name("id"))
      await transact(stage.client, producer, topic, ["bad", "bad"], 0, "abort")
      await transact(stage.client, producer, topic, ["good"], 2, "commit")
      await transact(stage.client, producer, topic, ["bad"], 3, "abort")
      await transact(stage.client, producer, topic, ["last"], 4, "commit")
      // Records and markers: 0 1 a, 3 c, 5 a, 7 c.
      await settled(stage.client, topic, 9n)
      const { aborted, batches } = await readTo(stage.client, topic, 9n, "committed")
      assert.deepEqual(
        batches.map(({ isControl }) => isControl),
        [false, true, false, true, false, true, false, true]
      )
      const { producerId } = producer
      assert.deepEqual(aborted, [
        [
          { producerId, firstOffset: 0n },
          { producerId, firstOffset: 5n }
        ]
      ])
    }
  },
  {
    name: "tells of an aborted transaction in each of the fetches that it is larger than",
    run: async (stage) => {
      const topic = await stage.topic()
      const producer = await takeOver(stage.client, stage.name("id"))
      await stage.client.addPartitionsToTxn(producer, [{ topic, partition: 0 }])
      for (let sequence = 0; sequence < 3; sequence += 1) {
        const records = textBatch(["x".repeat(2_000)], { producer, sequence, isTransactional: true })
        const batches = [{ topic, partition: 0, records }]
        const { transactionalId } = producer
        await stage.client.produce({ transactionalId, timeoutMs: 30_000, batches })
      }
      await stage.client.endTxn(producer, "abort")
      await settled(stage.client, topic, 4n)
      const { aborted, batches } = await readTo(stage.client, topic, 4n, "committed", 2_500)
      assert.ok(aborted.length >= 3)
      for (const each of aborted.slice(0, 3))
        assert.deepEqual(each, [{ producerId: producer.producerId, firstOffset: 0n }])
      assert.equal(batches.at(-1)?.isControl, true)
    }
  }
]
