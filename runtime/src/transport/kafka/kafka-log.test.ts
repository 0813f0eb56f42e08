import { BatchCursor, StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { sharedClusters } from "../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../test/tools.ts"
import { textFrame, textsOf } from "../acceptance.ts"
import { emptyCommit } from "../empty-commit.ts"
import { Transport, TransportError } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { kafkajsClient } from "./client/kafkajs-client.ts"
import { CheckpointLog, checkpointPartitions } from "./checkpoint-log.ts"
import { readRecordBatches } from "./record-batch/read-record-batches.ts"
import { writeRecordBatch } from "./record-batch/write-record-batch.ts"
import { idsInMemory } from "./testing/ids-in-memory.ts"
import { kafkaMachines } from "./testing/kafka-machines.ts"
import { deleteKafkaTopic } from "./topics.ts"

const task = { pipeline: "counts", node: "count", partition: 1 }
const keyed = { node: "count" }
const wanted = {
  key: "id",
  states: [
    { name: "count", kind: "value", schema: undefined },
    { name: "seen", kind: "map", schema: undefined, mapKey: '"string"' }
  ]
}
/** A record batch of a marker alone. */
const markerBytes = 78
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

const entries = (write: (writer: StateEntryWriter) => void): Uint8Array => {
  const writer = new StateEntryWriter()
  write(writer)
  return writer.sink.toBytes()
}

const [cluster] = sharedClusters

describe.skipIf(!hasKafka || cluster === undefined)("a platform's tasks on Kafka", () => {
  const { folder, names, on } = kafkaMachines(cluster)
  const ids = names.ids
  const begin = Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.putSchema('"bytes"')
    yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
    const slots = yield* transport.openState(task.pipeline, task.node, wanted)
    return { transport, log: yield* transport.openTask(task, { ...keyed, slots }) }
  })

  const stateOf = Effect.gen(function* () {
    const { log } = yield* begin
    const read = yield* log.readState(
      [bytes("a"), bytes("b"), bytes("c")],
      [
        { index: 0, kind: "value" },
        { index: 1, kind: "map" }
      ]
    )
    const found: string[] = []
    const cursor = new StateEntryCursor(read)
    while (cursor.next())
      if (cursor.operation === "put")
        found.push(
          [cursor.key() ?? [], cursor.mapKey() ?? [], cursor.value()]
            .map((part) => Buffer.from(part).toString("utf8"))
            .join(" ")
        )
    return { found: found.sort(), checkpoint: yield* log.checkpoint }
  })

  const work = Effect.gen(function* () {
    const { log } = yield* begin
    const commit = (state: Uint8Array, next: bigint) =>
      log.commit({
        ...emptyCommit,
        state,
        offsets: [{ topic: "films", partition: 1, next }],
        outputs: [{ topic: "films", partition: 0, frame: textFrame([`to ${next}`]) }]
      })
    yield* commit(
      entries((writer) => {
        writer.put(0, bytes("a"), undefined, 0, bytes("1"))
        writer.put(0, bytes("b"), undefined, 0, bytes("1"))
        writer.put(1, bytes("a"), bytes("x"), 0, bytes("old"))
        writer.put(1, bytes("c"), bytes("x"), 0, bytes("kept"))
      }),
      10n
    )
    yield* commit(
      entries((writer) => {
        writer.clear(1, bytes("a"))
        writer.put(1, bytes("a"), bytes("y"), 0, bytes("new"))
        writer.delete(0, bytes("b"), undefined)
      }),
      20n
    )
    yield* commit(
      entries((writer) => writer.put(0, bytes("a"), undefined, 0, bytes("3"))),
      30n
    )
  })

  const expected = ["a  3", "a y new", "c x kept"]

  it("go on with their state and places on a machine that has nothing of them", async () => {
    await on(folder(), work)
    const { checkpoint, found } = await on(folder(), stateOf)
    assert.deepStrictEqual(found, expected)
    assert.strictEqual(checkpoint?.sequence, 3)
    const places = checkpoint?.offsets.map(({ next, partition, topic }) => ({ topic, partition, next }))
    assert.deepStrictEqual(places, [{ topic: "films", partition: 1, next: 30n }])
  })

  const isUp = Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
  })
  const reasonOf = (started: Promise<unknown>): Promise<unknown> =>
    started.then(
      () => "started",
      (cause: unknown) => (cause instanceof TransportError ? cause.reason : cause)
    )

  it("keep the registry that their streams' ids are of, on whatever folder", async () => {
    const outside = idsInMemory("outside")
    assert.strictEqual(await reasonOf(on(folder(), isUp, undefined, "one", outside)), "started")
    assert.strictEqual(await reasonOf(on(folder(), isUp, undefined, "one", outside)), "started")
    assert.strictEqual(await reasonOf(on(folder(), isUp, undefined, "one")), "registryChanged")
    assert.strictEqual(await reasonOf(on(folder(), isUp, undefined, "two", outside)), "taken")
  })

  it("leave a prefix to the platform that had it first, and do nothing again where its checkpoints are gone", async () => {
    const place = folder()
    assert.strictEqual(await reasonOf(on(place, isUp, undefined, "one")), "started")
    assert.strictEqual(await reasonOf(on(folder(), isUp, undefined, "two")), "taken")
    assert.strictEqual(
      await reasonOf(on(folder(), isUp, undefined, "one", idsInMemory("outside"))),
      "registryChanged"
    )
    assert.strictEqual(await reasonOf(on(place, isUp, undefined, "one")), "started")
    const client = kafkajsClient({ bootstrap: names.bootstrap })
    await Effect.runPromise(deleteKafkaTopic(client, `${names.own}checkpoints`))
    await client.close()
    assert.strictEqual(await reasonOf(on(place, isUp, undefined, "one")), "topicReset")
  })

  it("have the same ids on every machine, so that what a producer said of event time is known for its own", async () => {
    const idsOf = Effect.gen(function* () {
      const transport = yield* Transport
      return [yield* transport.nodeId("plain", "one"), yield* transport.nodeId("plain", "two")]
    })
    const first = await on(folder(), idsOf)
    assert.notStrictEqual(first[0], first[1])
    assert.deepStrictEqual(await on(folder(), idsOf), first)
    const anew = await on(
      folder(),
      Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.forget("plain")
        return yield* transport.nodeId("plain", "one")
      })
    )
    assert.notStrictEqual(anew, first[0])
  })

  it("are forgotten once it is said so, though a transaction's marker comes after its coordinator's answer", async () => {
    const place = folder()
    const asked = Effect.flatMap(Transport, (transport) => transport.nodeId("plain", "one"))
    const first = await on(place, asked)
    let hidden: "no" | "end" | "marker" = "no"
    // A moment in which what was committed last has no marker yet.
    const watched = (client: KafkaClient): KafkaClient => ({
      ...client,
      endTxn: async (...args) => {
        await client.endTxn(...args)
        hidden = "end"
      },
      listOffsets: async (places, at) => {
        const found = await client.listOffsets(places, at)
        if (hidden !== "end" || at !== "latest") return found
        hidden = "marker"
        return found.map((each) => ({ ...each, offset: each.offset - 1n }))
      },
      fetch: async (options) => {
        const found = await client.fetch(options)
        if (hidden !== "marker") return found
        hidden = "no"
        return found.map((each) => ({ ...each, records: each.records.subarray(0, -markerBytes) }))
      }
    })
    const forgotten = Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.forget("plain")
      return yield* transport.nodeId("plain", "one")
    })
    assert.notStrictEqual(await on(place, forgotten, watched), first)
  })

  it("catch up with what their machine had missed, and keep what they had", async () => {
    const first = folder()
    await on(first, work)
    await on(
      folder(),
      Effect.gen(function* () {
        const { log } = yield* begin
        yield* log.commit({
          ...emptyCommit,
          state: entries((writer) => writer.put(0, bytes("a"), undefined, 0, bytes("4")))
        })
      })
    )
    const { checkpoint, found } = await on(first, stateOf)
    assert.deepStrictEqual(found, ["a  4", "a y new", "c x kept"])
    assert.strictEqual(checkpoint?.sequence, 4)
  })

  it("leave nothing of a transaction that was not ended, and are not held up by it", async () => {
    const client = kafkajsClient({ bootstrap: names.bootstrap })
    try {
      await on(folder(), work)
      const torn = await client.initProducerId(`${names.own}counts/count/1`, 60_000)
      await client.addPartitionsToTxn({ ...torn, transactionalId: `${names.own}counts/count/1` }, [
        { topic: `s${names.own}films`, partition: 0 }
      ])
      const { found } = await on(folder(), stateOf)
      assert.deepStrictEqual(found, expected)
      const texts = await on(
        folder(),
        Effect.gen(function* () {
          const { transport } = yield* begin
          return textsOf(yield* transport.read("films", 0, 0n, 1_000_000))
        })
      )
      assert.deepStrictEqual(texts, ["to 10", "to 20", "to 30"])
    } finally {
      await client.close()
    }
  })

  it("are opened while another task's transaction is open, which holds up who reads committed records", async () => {
    await on(folder(), work)
    const client = kafkajsClient({ bootstrap: names.bootstrap })
    try {
      const other = {
        ...(await client.initProducerId(`${names.own}other`, 60_000)),
        transactionalId: `${names.own}other`
      }
      const places = Array.from({ length: checkpointPartitions }, (_, partition) => ({
        topic: `${names.own}checkpoints`,
        partition
      }))
      await client.addPartitionsToTxn(other, places)
      const record = writeRecordBatch(
        new CheckpointLog(client, `${names.own}checkpoints`).frame(
          { ...task, pipeline: "other" },
          undefined,
          0
        ).frame,
        {
          schemaId: 0,
          compression: "none",
          producer: { id: other.producerId, epoch: other.producerEpoch, baseSequence: 0 },
          transactional: true
        }
      )
      await client.produce({
        transactionalId: other.transactionalId,
        batches: places.map((place) => ({ ...place, records: record })),
        timeoutMs: 5_000
      })
      const began = performance.now()
      const { checkpoint, found } = await on(folder(), stateOf)
      assert.deepStrictEqual(found, expected)
      assert.strictEqual(checkpoint?.sequence, 3)
      assert.isBelow(performance.now() - began, 30_000)
      await client.endTxn(other, "abort")
    } finally {
      await client.close()
    }
  })

  it("write values that any client reads by the id before them, and offsets that any tool shows", async () => {
    await on(folder(), work)
    const client = kafkajsClient({ bootstrap: names.bootstrap })
    try {
      const [fetched] = await client.fetch({
        partitions: [{ topic: `s${names.own}films`, partition: 0, offset: 0n }],
        maxWaitMs: 5_000,
        minBytes: 1,
        maxBytes: 1_000_000,
        isolation: "committed"
      })
      const read = readRecordBatches(fetched?.records ?? new Uint8Array(0), {
        from: 0n,
        schemaHash: () => new Uint8Array(32)
      })
      const frames = read.items.flatMap((item) => (item.kind === "frame" ? [item] : []))
      const texts = frames.flatMap(({ frame }) => {
        const cursor = new BatchCursor(frame)
        return cursor.next() ? [Buffer.from(cursor.value() ?? []).toString("utf8")] : []
      })
      assert.deepStrictEqual(texts, ["to 10", "to 20", "to 30"])
      const id = frames[0]?.schemaId ?? 0
      const place = { kafkaTopic: `s${names.own}films`, internal: false }
      assert.strictEqual(await Effect.runPromise(ids.textOf(place, id)), '"bytes"')
      const offsets = await client.fetchOffsets(`${names.own}counts`, [
        { topic: `s${names.own}films`, partition: 1 }
      ])
      assert.deepStrictEqual(
        offsets.map(({ offset }) => offset),
        [30n]
      )
    } finally {
      await client.close()
    }
  })
})
