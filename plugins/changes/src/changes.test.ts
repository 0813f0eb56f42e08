import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const row = {
  type: "record",
  name: "shop.Stock",
  fields: [
    { name: "sku", type: "string" },
    { name: "held", type: ["null", "int"] }
  ]
}
const event = {
  type: "record",
  name: "shop.StockEvent",
  fields: [
    { name: "before", type: ["null", row] },
    { name: "after", type: ["null", "shop.Stock"] },
    { name: "op", type: "string" },
    { name: "source", type: { type: "map", values: "string" } }
  ]
}
const stock = (sku: string, held: number | null) => ({ sku, held })
const change = (op: string, before: object | null, after: object | null) => ({
  op,
  before,
  after,
  source: {}
})
const keyOf = (sku: string) => new TextEncoder().encode(sku)

describe("changes", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const tableOf = (values: readonly unknown[], config: object = { key: ["sku"] }) =>
    sandbox.processor({ plugin: "to-table", config, input: { schema: event, values } })

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, input, output } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({ plugin: "to-table", config, input: { schema, values: input } })
    assert.deepEqual(run.deadLetters, [])
    const rows = run.outputs["output"] ?? []
    assert.deepEqual(
      rows.map(({ key, value }) => ({ key: new TextDecoder().decode(key ?? new Uint8Array()), value })),
      output
    )
  })

  it("makes rows and deletes, two of them when a row's key changes", async () => {
    const run = await tableOf([
      change("c", null, stock("a", 1)),
      change("UPDATE", stock("a", 1), stock("b", 2)),
      change("d", stock("b", null), null),
      null
    ])
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(
      run.outputs["output"]?.map(({ key, value }) => [key, value]),
      [
        [keyOf("a"), stock("a", 1)],
        [keyOf("a"), null],
        [keyOf("b"), stock("b", 2)],
        [keyOf("b"), null]
      ]
    )
  })

  it("makes dead letters of events that say nothing", async () => {
    const run = await tableOf([change("t", null, null), change("d", null, null), change("c", null, null)])
    assert.deepEqual(run.values, [])
    assert.deepEqual(
      run.deadLetters.map(({ tag }) => tag),
      ["ChangeEventError", "ChangeEventError", "ChangeEventError"]
    )
    assert.match(run.deadLetters[0]?.message ?? "", /op is "t"/)
  })

  it("is refused for what is no change event", async () => {
    assert.match(await refusal(tableOf([], { key: ["id"] })), /config\/key\/0: a row has no field id/)
    assert.match(
      await refusal(tableOf([], { key: ["sku"], after: "source" })),
      /config\/after: source is no record/
    )
    assert.match(
      await refusal(tableOf([], { key: ["sku"], op: "kind" })),
      /config\/op: there is no field kind/
    )
  })

  const table = [stock("a", 1), stock("b", null), null, stock("a", 3), null, stock("a", 4)]
  const tableKeys = [undefined, undefined, keyOf("a"), undefined, keyOf("never"), undefined]

  it("makes events of what a table's rows were and are, however batches are cut, across restarts", async () => {
    for (const batchSize of [1, 4, 100]) {
      const run = await sandbox.processor({
        plugin: "from-table",
        config: { keyBy: ["sku"] },
        input: { schema: row, key: ["sku"], values: table, keys: tableKeys },
        batchSize,
        isFresh: true
      })
      assert.deepEqual(run.deadLetters, [])
      assert.deepEqual(run.values.map(partsOf), [
        ["c", null, stock("a", 1), 0],
        ["c", null, stock("b", null), 1],
        ["d", stock("a", 1), null, 2],
        ["c", null, stock("a", 3), 3],
        ["u", stock("a", 3), stock("a", 4), 5]
      ])
      assert.deepEqual(
        run.outputs["output"]?.map(({ key }) => key),
        ["a", "b", "a", "a", "a"].map(keyOf)
      )
      assert.lengthOf(run.state, 2)
    }
  })

  it("gives the table again that events were made of", async () => {
    const events = await sandbox.processor({
      plugin: "from-table",
      config: { keyBy: ["sku"] },
      input: { schema: row, key: ["sku"], values: table, keys: tableKeys }
    })
    const values = events.values.map((value) => ({ ...Object(value), source: {} }))
    const run = await tableOf(values)
    const last = new Map(run.outputs["output"]?.map(({ key, value }) => [String(key), value]))
    assert.deepEqual([...last.values()], [stock("a", 4), stock("b", null)])
  })
})

const partsOf = (value: unknown) =>
  ["op", "before", "after", "ts_ms"].map((name) => Reflect.get(Object(value), name))

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return "it was not refused"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
