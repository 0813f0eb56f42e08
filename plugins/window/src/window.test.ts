import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const bid = {
  type: "record",
  name: "auctions.Bid",
  fields: [
    { name: "auction", type: "long" },
    { name: "bidder", type: ["null", "string"] },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
    { name: "wide", type: { type: "long", "millrace.js": "bigint" } },
    { name: "weight", type: "double" }
  ]
}
const bidOf = (auction: number, bidder: string | null, price: string, weight = 0.1) => ({
  auction,
  bidder,
  price,
  wide: BigInt(auction) * 10n ** 17n,
  weight
})
/** The highest time before each record. */
const marks = (times: readonly number[]) =>
  times.map((_, index) => (index === 0 ? undefined : Math.max(...times.slice(0, index))))
const stream = (schema: object, values: readonly unknown[], timestamps: readonly number[]) => ({
  schema,
  values,
  timestamps,
  watermarks: marks(timestamps)
})
const sorted = (values: readonly unknown[]) =>
  values.toSorted((left, right) => (textOf(left) < textOf(right) ? -1 : 1))
const textOf = (value: unknown) =>
  JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}` : part))

describe("window", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, times, input, output } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({ config, input: stream(schema, input, times) })
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(sorted(run.values), sorted(output))
    assert.deepEqual(
      run.outputs["output"]?.map(({ timestamp }) => timestamp).toSorted((left, right) => left - right),
      [599_999, 599_999, 1_199_999]
    )
  })

  it("gathers by every aggregate, in the types of SQL, however batches are cut", async () => {
    const config = {
      keyBy: ["auction"],
      window: { hopping: { size: "10ms", slide: "5ms" } },
      start: "from",
      end: "to",
      aggregates: {
        bids: { count: "*" },
        named: { count: "bidder" },
        total: { sum: "price * 2" },
        wides: { sum: "wide" },
        weights: { sum: "weight" },
        mean: { avg: "price" },
        low: { min: "price" },
        high: { max: "price" },
        opening: { first: "bidder" },
        closing: { last: "bidder" },
        bidders: { distinct: "bidder" },
        best: { top: { n: 2, by: "price", fields: ["bidder", "price"] } }
      }
    }
    const values = [
      bidOf(1, "a", "9.50"),
      bidOf(1, null, "10.00", 0.2),
      bidOf(1, "b", "-3.00", 0.3),
      bidOf(1, "a", "4.25", 1e17)
    ]
    const whole = {
      auction: 1,
      from: 0,
      to: 10,
      bids: 4,
      named: 3,
      total: "41.50",
      wides: 4n * 10n ** 17n,
      weights: 1e17,
      mean: "5.187500",
      low: "-3.00",
      high: "10.00",
      opening: "a",
      closing: "a",
      bidders: 2,
      best: [
        { bidder: null, price: "10.00" },
        { bidder: "a", price: "9.50" }
      ]
    }
    for (const batchSize of [1, 3, 100]) {
      const run = await sandbox.processor({ config, input: stream(bid, values, [1, 2, 6, 7]), batchSize })
      assert.deepEqual(run.deadLetters, [])
      assert.deepEqual(run.values[1], whole)
      assert.deepEqual(
        run.values.map((value) => [Reflect.get(Object(value), "from"), Reflect.get(Object(value), "bids")]),
        [
          [-5, 2],
          [0, 4],
          [5, 2]
        ]
      )
      assert.deepEqual(run.state, [])
      assert.deepEqual(run.timers, [])
    }
  })

  it("lets late records leave as they came, and counts them", async () => {
    const values = [bidOf(1, "a", "1.00"), bidOf(1, "b", "2.00"), bidOf(1, "late", "3.00")]
    const input = stream(bid, values, [1, 20, 9])
    const config = { keyBy: ["auction"], window: { tumbling: "10ms" }, aggregates: { bids: { count: "*" } } }
    const given = await sandbox.processor({ config: { ...config, late: "output" }, input })
    assert.deepEqual(
      given.outputs["late"]?.map(({ timestamp, value }) => ({ timestamp, value })),
      [{ timestamp: 9, value: values[2] }]
    )
    assert.deepEqual(
      given.metrics.map(({ handle, value }) => [handle, value]),
      [["late_records", 1]]
    )
    const dropped = await sandbox.processor({ config, input })
    assert.deepEqual(dropped.outputs["late"], [])
    assert.lengthOf(dropped.values, 2)
    const taken = await sandbox.processor({ config: { ...config, lateness: "11ms" }, input })
    assert.deepEqual(
      taken.values.map((value) => Reflect.get(Object(value), "bids")),
      [2, 1]
    )
  })

  it("gives every change of a window, of one group too", async () => {
    const values = [bidOf(1, "a", "1.00"), bidOf(2, "b", "2.00"), bidOf(3, "c", "3.00")]
    const config = {
      keyBy: [],
      window: { cumulative: { size: "10ms", step: "5ms" } },
      emit: "updates",
      aggregates: { high: { max: "auction" } }
    }
    const run = await sandbox.processor({ config, input: stream(bid, values, [1, 6, 7]), batchSize: 2 })
    assert.deepEqual(
      run.values.map((value) => Object.values(Object(value))),
      [
        [0, 5, 1],
        [0, 10, 1],
        [0, 10, 2],
        [0, 10, 3]
      ]
    )
    assert.deepEqual(run.state, [])
  })

  it("merges sessions", async () => {
    const values = [1, 2, 3, 4].map((auction) => bidOf(auction, "a", "1.00"))
    const config = {
      keyBy: ["bidder"],
      window: { session: "10ms" },
      aggregates: { bids: { count: "*" }, firstOf: { first: "auction" } }
    }
    const input = { schema: bid, values, timestamps: [10, 26, 18, 36] }
    const run = await sandbox.processor({ config, input, batchSize: 1 })
    assert.deepEqual(
      run.values.map((value) => Object.values(Object(value))),
      [
        ["a", 10, 36, 3, 1],
        ["a", 36, 46, 1, 4]
      ]
    )
    assert.deepEqual(run.state, [])
  })

  it("is refused where its config makes no sense", async () => {
    const input = { schema: bid, values: [] }
    const config = { keyBy: ["auction"], window: { tumbling: "10ms" }, aggregates: { bids: { count: "*" } } }
    const refused = (parts: object) => refusal(sandbox.processor({ config: { ...config, ...parts }, input }))
    assert.match(await refused({ keyBy: ["actor"] }), /actor/)
    assert.match(await refused({ window: { tumbling: "0s" } }), /1ms at least/)
    assert.match(
      await refused({ window: { cumulative: { size: "10s", step: "3s" } } }),
      /whole number of steps/
    )
    assert.match(
      await refused({ window: { hopping: { size: "10m", slide: "1s" } }, emit: "updates" }),
      /600 windows/
    )
    assert.match(await refused({ start: "auction" }), /a field auction already/)
    assert.match(await refused({ aggregates: { auction: { count: "*" } } }), /a field auction already/)
    assert.match(await refused({ aggregates: { total: { sum: "bidder" } } }), /NUMBER is asked for/)
    assert.match(await refused({ aggregates: { total: { sum: "*" } } }), /\*/)
    assert.match(
      await refused({ aggregates: { best: { top: { n: 1, by: "price", fields: ["x"] } } } }),
      /no field x/
    )
    assert.match(await refused({ aggregates: {} }), /one aggregate/)
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
