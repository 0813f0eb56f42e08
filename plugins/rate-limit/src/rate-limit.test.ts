import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const call = {
  type: "record",
  name: "api.Call",
  fields: [
    { name: "client", type: ["null", "string"] },
    { name: "n", type: "int" }
  ]
}
const calls = (clients: readonly (string | null)[]) => clients.map((client, n) => ({ client, n }))
const numbersOf = (values: readonly unknown[]) => values.map((value) => Reflect.get(Object(value), "n"))

describe("rate-limit", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, input, times, output } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({
      plugin: "drop",
      config,
      input: { schema, values: input, timestamps: times }
    })
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(run.values, output)
  })

  it("counts by key and event time, whatever order records come in and however batches are cut", async () => {
    const values = calls(["a", "a", "b", "a", null, "a", null, null])
    const timestamps = [5, 6, 6, 15, 7, 9, 8, 9]
    for (const batchSize of [1, 3, 100]) {
      const run = await sandbox.processor({
        plugin: "drop",
        config: { records: 2, per: "10ms", keyBy: ["client"] },
        input: { schema: call, key: ["client"], values, timestamps },
        batchSize,
        isFresh: true
      })
      assert.deepEqual(run.deadLetters, [])
      assert.deepEqual(numbersOf(run.values), [0, 1, 2, 3, 4, 6])
      assert.equal(
        run.metrics.reduce((total, { value }) => total + value, 0),
        2
      )
      assert.deepEqual(run.state, [])
      assert.deepEqual(run.timers, [])
    }
  })

  it("drops what comes when its stretch is over, for it is not counted any more", async () => {
    const input = {
      schema: call,
      values: calls(["a", "a"]),
      timestamps: [5, 25],
      watermarks: [undefined, undefined]
    }
    const config = { records: 9, per: "10ms", keyBy: ["client"] }
    const inTime = await sandbox.processor({ plugin: "drop", config, input })
    assert.deepEqual(numbersOf(inTime.values), [0, 1])
    const late = await sandbox.processor({
      plugin: "drop",
      config,
      input: { ...input, watermarks: [10, 10] }
    })
    assert.deepEqual(numbersOf(late.values), [1])
  })

  it("counts by the clock, all as one", async () => {
    const run = await sandbox.processor({
      plugin: "drop",
      config: { records: 2, per: "1s", keyBy: [], clock: "processing" },
      input: { schema: call, values: calls(["a", "b", "c"]), timestamps: [0, 5_000, 9_000] },
      now: 12_345,
      end: false
    })
    assert.deepEqual(numbersOf(run.values), [0, 1])
    assert.deepEqual(
      run.timers.map(({ clock, time }) => [clock, time]),
      [["processing", 13_000]]
    )
  })

  it("lets records wait, spaced out, and gives each one once, in order, however batches are cut", async () => {
    const values = calls(["a", "a", "b", "a", "a"])
    const config = { records: 2, per: "1s", keyBy: ["client"] }
    const input = { schema: call, key: ["client"], values, timestamps: [1, 2, 3, 4, 5] }
    const waiting = await sandbox.processor({ plugin: "delay", config, input, now: 1_000, end: false })
    assert.deepEqual(numbersOf(waiting.values), [0, 2])
    assert.deepEqual(
      waiting.timers.map(({ time }) => time),
      [1_500, 2_000, 2_500]
    )
    for (const batchSize of [1, 2, 100]) {
      const run = await sandbox.processor({
        plugin: "delay",
        config,
        input,
        now: 1_000,
        batchSize,
        isFresh: true
      })
      assert.deepEqual(run.deadLetters, [])
      assert.deepEqual(numbersOf(run.values), [0, 2, 1, 3, 4])
      assert.deepEqual(
        run.outputs["output"]?.map(({ timestamp, key }) => [
          timestamp,
          new TextDecoder().decode(key ?? new Uint8Array())
        ]),
        [
          [1, "a"],
          [3, "b"],
          [2, "a"],
          [4, "a"],
          [5, "a"]
        ]
      )
      assert.deepEqual(
        run.state.filter(({ state }) => state !== "free"),
        []
      )
    }
  })

  it("gives several that one moment lets go in the order of their arrival", async () => {
    const config = { records: 1_000_000, per: "1ms", keyBy: [] }
    const values = calls(Array.from({ length: 30 }, () => "a"))
    const run = await sandbox.processor({ plugin: "delay", config, input: { schema: call, values } })
    assert.deepEqual(
      numbersOf(run.values),
      values.map(({ n }) => n)
    )
  })

  it("makes dead letters of more records than may wait", async () => {
    const config = { records: 1, per: "1h", keyBy: ["client"], maxWaiting: 1 }
    const run = await sandbox.processor({
      plugin: "delay",
      config,
      input: { schema: call, values: calls(["a", "a", "a"]) }
    })
    assert.deepEqual(numbersOf(run.values), [0, 1])
    assert.deepEqual(
      run.deadLetters.map(({ tag }) => tag),
      ["TooManyWaitError"]
    )
  })

  it.each(["drop", "delay"])("is refused for a limit that is none: %s", async (plugin) => {
    const refusedFor = (config: object) =>
      refusal(sandbox.processor({ plugin, config, input: { schema: call, values: [] } }))
    const limit = { records: 1, per: "1s", keyBy: [] }
    assert.match(await refusedFor({ ...limit, records: 0 }), /config\/records/)
    assert.match(await refusedFor({ ...limit, per: "0ms" }), /config\/per/)
    assert.match(await refusedFor({ ...limit, keyBy: ["who"] }), /no field "?who/)
  })
})

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return "it was not refused"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
