import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const order = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "int" },
    { name: "total", type: ["null", "double"] }
  ]
}
const [small, large, huge, none] = [
  { id: 1, total: 5 },
  { id: 2, total: 500 },
  { id: 3, total: 5000 },
  { id: 4, total: null }
]
const routes = { large: "total >= 100", huge: "total >= 1000" }

describe("route", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const partsOf = async (config: object, values: readonly unknown[], batchSize = 100) => {
    const run = await sandbox.processor({ config, input: { schema: order, values }, batchSize })
    assert.deepEqual(run.deadLetters, [])
    return Object.fromEntries(
      Object.entries(run.outputs).map(([output, records]) => [output, records.map(({ value }) => value)])
    )
  }

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, input, outputs } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({ config, input: { schema, values: input } })
    const given = Object.entries(run.outputs).map(([name, records]) => [
      name,
      records.map(({ value }) => value)
    ])
    assert.deepEqual(Object.fromEntries(given), outputs)
  })

  it("sends a record where the first condition is true, or wherever one is; NULL is not true", async () => {
    const values = [small, large, huge, none]
    for (const batchSize of [1, 100]) {
      assert.deepEqual(await partsOf({ routes, otherwise: "rest" }, values, batchSize), {
        large: [large, huge],
        huge: [],
        rest: [small, none]
      })
    }
    assert.deepEqual(await partsOf({ routes, match: "all" }, values), { large: [large, huge], huge: [huge] })
  })

  it("sends a delete to every output, and keeps keys and times", async () => {
    const key = new Uint8Array([7])
    const input = {
      schema: order,
      key: ["id"],
      values: [large, null],
      keys: [undefined, key],
      timestamps: [5, 6]
    }
    const run = await sandbox.processor({ config: { routes, otherwise: "rest" }, input })
    const shown = Object.entries(run.outputs).map(([name, records]) => [
      name,
      records.map(({ value, key: own, timestamp }) => [value, own?.at(-1), timestamp])
    ])
    assert.deepEqual(Object.fromEntries(shown), {
      large: [
        [large, 2, 5],
        [null, 7, 6]
      ],
      huge: [[null, 7, 6]],
      rest: [[null, 7, 6]]
    })
  })

  it("makes a dead letter of a record for which a condition fails", async () => {
    const config = { routes: { one: "1 / CAST(total AS INT) > 0" } }
    const values = [
      { id: 1, total: 0 },
      { id: 2, total: 1 }
    ]
    const run = await sandbox.processor({ config, input: { schema: order, values } })
    assert.deepEqual(run.values, [values[1]])
    assert.match(run.deadLetters[0]?.message ?? "", /EXPRESSION_DIVISION_BY_ZERO/)
  })

  it("is refused without outputs, for a name that is none or taken, and for a condition that is none", async () => {
    const input = { schema: order, values: [] }
    const refusedFor = (config: object) => refusal(sandbox.processor({ config, input }))
    assert.match(await refusedFor({ routes: {} }), /config\/routes: name an output at least/)
    assert.match(await refusedFor({ routes: { "../a": "true" } }), /"..\/a" cannot be the name of an output/)
    assert.match(await refusedFor({ routes, otherwise: "huge" }), /huge is where the others go/)
    assert.match(await refusedFor({ routes: { a: "total" } }), /BOOLEAN/)
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
