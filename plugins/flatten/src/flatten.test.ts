import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const place = {
  type: "record",
  name: "shop.Place",
  fields: [
    { name: "city", type: "string", doc: "As it is written" },
    { name: "zip", type: ["null", "string"], default: null }
  ]
}
const order = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "int" },
    { name: "ship", type: place },
    { name: "bill", type: ["null", "shop.Place"] },
    { name: "labels", type: { type: "map", values: "string" } },
    { name: "items", type: ["null", { type: "array", items: "shop.Place" }] },
    {
      name: "by",
      type: {
        type: "record",
        name: "shop.By",
        fields: [
          { name: "who", type: { type: "record", name: "shop.Who", fields: [{ name: "n", type: "long" }] } }
        ]
      },
      "millrace.sensitive": true
    }
  ]
}
const labels = (value: object): unknown => Object.assign(Object.create(null), value)
const bern = { city: "Bern", zip: null }
const orderOf = (id: number, bill: object | null, items: readonly object[] | null = null) => ({
  id,
  ship: bern,
  bill,
  labels: labels({ a: "b" }),
  items,
  by: { who: { n: 7 } }
})

describe("flatten", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  it.each(["flatten", "unnest"])("does what its README shows: %s", async (plugin) => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const example = new RegExp(`\`\`\`json ${plugin}\n([^\`]*)\`\`\``).exec(readme)?.[1] ?? ""
    const { config, schema, input, output } = JSON.parse(example)
    const run = await sandbox.processor({ plugin, config, input: { schema, values: input } })
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(run.values, output)
  })

  it("takes records apart, nulls and types by name too, and keeps the key", async () => {
    const input = { schema: order, key: ["id"], values: [orderOf(1, null), orderOf(2, bern), null] }
    const run = await sandbox.processor({
      plugin: "flatten",
      config: {},
      input: { ...input, keys: [undefined, undefined, keyOf(3)] }
    })
    assert.deepEqual(run.deadLetters, [])
    const flat = { ship_city: "Bern", ship_zip: null, labels: labels({ a: "b" }), items: null, by_who_n: 7 }
    assert.deepEqual(run.values, [
      { id: 1, ...flat, bill_city: null, bill_zip: null },
      { id: 2, ...flat, bill_city: "Bern", bill_zip: null },
      null
    ])
    assert.deepEqual(
      run.outputs["output"]?.map(({ key }) => key),
      [keyOf(1), keyOf(2), keyOf(3)]
    )
  })

  it("takes only what is named apart, and only so deep", async () => {
    const input = { schema: order, values: [orderOf(1, null)] }
    const config = { fields: ["by"], depth: 1, separator: "__" }
    const run = await sandbox.processor({ plugin: "flatten", config, input })
    const { by: _by, ...others } = orderOf(1, null)
    assert.deepEqual(run.values, [{ ...others, by__who: { n: 7 } }])
  })

  it("is refused where two fields would have one name, for what is no record, and for endless records", async () => {
    const input = { schema: order, values: [] }
    assert.match(
      await refusal(sandbox.processor({ plugin: "flatten", config: { fields: ["labels"] }, input })),
      /config\/fields\/0: labels is no record/
    )
    const twice = {
      type: "record",
      name: "T",
      fields: [
        { name: "a_n", type: "int" },
        { name: "a", type: { type: "record", name: "A", fields: [{ name: "n", type: "int" }] } }
      ]
    }
    assert.match(
      await refusal(
        sandbox.processor({ plugin: "flatten", config: {}, input: { schema: twice, values: [] } })
      ),
      /two fields would be named a_n/
    )
    const list = { type: "record", name: "L", fields: [{ name: "next", type: ["null", "L"] }] }
    assert.match(
      await refusal(
        sandbox.processor({ plugin: "flatten", config: {}, input: { schema: list, values: [] } })
      ),
      /records of its own kind \(L\)/
    )
  })

  it("makes a record of each element, whose event time and key are the record's", async () => {
    const values = [
      orderOf(1, null, [bern, { city: "Olten", zip: "4600" }]),
      orderOf(2, null),
      orderOf(3, null, [])
    ]
    const input = { schema: order, key: ["id"], values, timestamps: [5, 6, 7] }
    const config = { field: "items", as: "item", ordinality: "place" }
    const dropped = await sandbox.processor({ plugin: "unnest", config, input, batchSize: 1 })
    assert.deepEqual(dropped.deadLetters, [])
    assert.deepEqual(dropped.values.map(itemOf), [
      [1, bern, 1],
      [1, { city: "Olten", zip: "4600" }, 2]
    ])
    assert.deepEqual(
      dropped.outputs["output"]?.map(({ timestamp, key }) => [timestamp, key]),
      [
        [5, keyOf(1)],
        [5, keyOf(1)]
      ]
    )
    const kept = await sandbox.processor({ plugin: "unnest", config: { ...config, empty: "keep" }, input })
    assert.deepEqual(kept.values.map(itemOf).slice(2), [
      [2, null, null],
      [3, null, null]
    ])
  })

  it("is refused for what is no array, and for a name that is taken", async () => {
    const input = { schema: order, values: [] }
    assert.match(
      await refusal(sandbox.processor({ plugin: "unnest", config: { field: "ship" }, input })),
      /config\/field: ship is no array/
    )
    assert.match(
      await refusal(sandbox.processor({ plugin: "unnest", config: { field: "items", as: "id" }, input })),
      /config\/as: there is a field id already/
    )
  })
})

/** The key of an id below 256. */
const keyOf = (id: number) => new Uint8Array([0, 0, 0, 0, 0, 0, 0, id])

const itemOf = (value: unknown) => ["id", "item", "place"].map((name) => Reflect.get(Object(value), name))

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return "it was not refused"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
