import { StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import { setTimeout as delay } from "node:timers/promises"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { assert, describe, it } from "vitest"
import { sharedClusters } from "../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../test/tools.ts"
import { emptyCommit } from "../empty-commit.ts"
import { Transport } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { kafkaMachines } from "./testing/kafka-machines.ts"

const task = { pipeline: "counts", node: "count", partition: 1 }
const keyed = { node: "count" }
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

const entries = (write: (writer: StateEntryWriter) => void): Uint8Array => {
  const writer = new StateEntryWriter()
  write(writer)
  return writer.sink.toBytes()
}

/** A task that does not wait for a refresh has committed by then. */
const heldMs = 500

const [cluster] = sharedClusters

describe.skipIf(!hasKafka || cluster === undefined)("states on Kafka", () => {
  const { folder, on } = kafkaMachines(cluster)
  const schemas = {
    one: '{"type":"record","name":"Count","fields":[{"name":"n","type":"int"}]}',
    two: '{"type":"record","name":"Count","fields":[{"name":"n","type":"long"}]}',
    three:
      '{"type":"record","name":"Count","fields":[{"name":"n","type":"long"},{"name":"m","type":"int","default":7}]}'
  }
  /** One value state, under some schema, beside others that are named. */
  const opened = (schema: string, names: readonly string[] = ["total"]) =>
    Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
      const hash = yield* transport.putSchema(schema)
      const states = names.map((name) => ({ name, kind: "value", schema: hash }))
      const slots = yield* transport.openState(task.pipeline, task.node, { key: "id", states })
      return { transport, log: yield* transport.openTask(task, { ...keyed, slots }) }
    })
  const put = (
    schema: string,
    index: number,
    key: string,
    value: readonly number[],
    names?: readonly string[]
  ) =>
    Effect.gen(function* () {
      const { log } = yield* opened(schema, names)
      yield* log.commit({
        ...emptyCommit,
        state: entries((writer) => writer.put(index, bytes(key), undefined, 0, Uint8Array.from(value)))
      })
    })
  const valuesOf = (schema: string, keys: readonly string[], names: readonly string[] = ["total"]) =>
    Effect.gen(function* () {
      const { log } = yield* opened(schema, names)
      const read = yield* log.readState(
        keys.map(bytes),
        names.map((_, index) => ({ index, kind: "value" }))
      )
      const cursor = new StateEntryCursor(read)
      const found: string[] = []
      while (cursor.next())
        if (cursor.operation === "put")
          found.push(
            `${names[cursor.state]} ${Buffer.from(cursor.key() ?? []).toString()} ${[...cursor.value()].join(",")}`
          )
      return found.sort()
    })

  it("read what was kept under every schema before, on a machine that has nothing and on one that missed some", async () => {
    const early = folder()
    await on(early, put(schemas.one, 0, "a", [6]))
    const other = folder()
    await on(other, put(schemas.two, 0, "b", [8]))
    const last = folder()
    await on(last, put(schemas.three, 0, "c", [10, 2]))
    const all = ["total a 6,14", "total b 8,14", "total c 10,2"]
    for (const each of [folder(), early, other, last])
      assert.deepStrictEqual(await on(each, valuesOf(schemas.three, ["a", "b", "c"])), all)
  })

  it("have the same states under the same names where machines saw them come and go in other orders", async () => {
    const first = folder()
    await on(first, put(schemas.one, 0, "a", [2], ["gone", "total"]))
    await on(first, put(schemas.one, 1, "a", [4], ["gone", "total"]))
    const second = folder()
    await on(second, put(schemas.one, 1, "b", [6], ["total", "other"]))
    const names = ["other", "total", "gone"]
    // A state of a name that was given up meanwhile begins anew.
    const expected = ["other b 6", "total a 4"]
    for (const each of [folder(), first, second])
      assert.deepStrictEqual(await on(each, valuesOf(schemas.one, ["a", "b"], names)), expected)
  })

  it("keep nothing of what was forgotten on another machine", async () => {
    const first = folder()
    await on(first, put(schemas.one, 0, "a", [2]))
    await on(
      folder(),
      Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.forget(task.pipeline)
      })
    )
    const third = folder()
    await on(third, put(schemas.one, 0, "b", [4]))
    for (const each of [first, third, folder()])
      assert.deepStrictEqual(await on(each, valuesOf(schemas.one, ["a", "b"])), ["total b 4"])
  })

  it("have what was migrated on one machine on every other", async () => {
    const first = folder()
    await on(first, put(schemas.one, 0, "a", [2]))
    const migrating = folder()
    await on(
      migrating,
      Effect.gen(function* () {
        const transport = yield* Transport
        const hash = yield* transport.putSchema(schemas.three)
        const states = [{ name: "total", kind: "value", schema: hash }]
        yield* transport.restageState(
          task.pipeline,
          task.node,
          { key: "id", states },
          {
            total: (values) =>
              Effect.succeed(values.map(({ value }) => Uint8Array.of((value[0] ?? 0) + 100, 0)))
          }
        )
        yield* opened(schemas.three)
      })
    )
    for (const each of [folder(), first, migrating])
      assert.deepStrictEqual(await on(each, valuesOf(schemas.three, ["a"])), ["total a 102,0"])
  })

  it("are read on from the copy that a machine has kept of what another writes", async () => {
    const [writing, standing] = [folder(), folder()]
    const refreshed = Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
      yield* transport.refreshState?.(task.pipeline, task.node, task.partition) ?? Effect.die("no copies")
    })
    /** Offsets from which a machine reads the changelog while it does something. */
    const readFrom: bigint[] = []
    const watched = (client: KafkaClient): KafkaClient => ({
      ...client,
      fetch: (options) => {
        for (const { offset, topic } of options.partitions)
          if (topic.endsWith("-changelog")) readFrom.push(offset)
        return client.fetch(options)
      }
    })
    await on(standing, refreshed, watched)
    await on(writing, put(schemas.one, 0, "a", [2]))
    await on(standing, refreshed, watched)
    await on(writing, put(schemas.one, 0, "b", [4]))
    await on(standing, refreshed, watched)
    assert.deepStrictEqual(readFrom.slice(0, 1), [0n])
    const before = readFrom.length
    assert.isAbove(before, 1)
    assert.deepStrictEqual(await on(standing, valuesOf(schemas.one, ["a", "b"]), watched), [
      "total a 2",
      "total b 4"
    ])
    assert.strictEqual(readFrom.length, before, "nothing is read that the copy has")
  })

  it("are not brought back to what was before by a copy that is refreshed while a task takes them over", async () => {
    const [writing, standing] = [folder(), folder()]
    await on(writing, put(schemas.one, 0, "a", [2]))
    const committed = Promise.withResolvers<void>()
    let fetches = 0
    /** The first fetch of the changelog is answered when the task has committed, unless that waits for it. */
    const holding = (client: KafkaClient): KafkaClient => ({
      ...client,
      fetch: async (options) => {
        const answer = await client.fetch(options)
        const isFirst =
          options.partitions.some(({ topic }) => topic.endsWith("-changelog")) && fetches++ === 0
        if (isFirst) await Promise.race([committed.promise, delay(heldMs)])
        return answer
      }
    })
    const taken = await on(
      standing,
      Effect.gen(function* () {
        const transport = yield* Transport
        const refresh = transport.refreshState?.(task.pipeline, task.node, task.partition) ?? Effect.void
        const work = Effect.gen(function* () {
          const { log } = yield* opened(schemas.one)
          yield* log.commit({
            ...emptyCommit,
            state: entries((writer) => writer.put(0, bytes("a"), undefined, 0, Uint8Array.of(18)))
          })
          committed.resolve()
          return log
        })
        yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
        const standby = yield* Effect.forkChild(refresh)
        while (fetches === 0) yield* Effect.yieldNow
        const log = yield* work
        yield* Fiber.join(standby)
        const read = yield* log.readState([bytes("a")], [{ index: 0, kind: "value" }])
        const cursor = new StateEntryCursor(read)
        const found: number[] = []
        while (cursor.next()) if (cursor.operation === "put") found.push(...cursor.value())
        return found
      }),
      holding
    )
    assert.deepStrictEqual(taken, [18])
    assert.deepStrictEqual(await on(standing, valuesOf(schemas.one, ["a"])), ["total a 18"])
  })

  it("show what is kept of partitions that another machine writes", async () => {
    await on(folder(), put(schemas.one, 0, "a", [2]))
    const shown = await on(
      folder(),
      Effect.gen(function* () {
        const transport = yield* Transport
        const [state] = yield* transport.statesOf(task.pipeline)
        const kept = yield* transport.scanState(task.pipeline, task.node, { partition: 1, limit: 10 })
        return {
          partitions: state?.partitions,
          kept: kept.map(({ key, slot, value }) => [Buffer.from(key ?? []).toString(), slot, ...value])
        }
      })
    )
    assert.deepStrictEqual(shown, { partitions: [1], kept: [["a", 0, 2]] })
  })
})
