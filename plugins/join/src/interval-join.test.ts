import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const orders = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: ["null", "string"] },
    { name: "total", type: { type: "bytes", logicalType: "decimal", precision: 8, scale: 2 } },
    { name: "note", type: ["string", "null"] }
  ]
}
const payments = {
  type: "record",
  name: "shop.Payment",
  fields: [
    { name: "orderId", type: "string" },
    { name: "amount", type: "long" }
  ]
}
const order = (id: string | null, note: string | null = null) => ({ id, total: "1.50", note })
const payment = (orderId: string, amount: number) => ({ orderId, amount })
const minute = 60_000

const on = { left: ["id"], right: ["orderId"] }
const within = { before: "5m", after: "1h" }

describe("interval-join", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./interval-join.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  /** Two orders and one without a key; a payment at the very end of the interval, one just past it, one of nothing. */
  const shop = {
    left: {
      schema: orders,
      values: [order("a", "x"), order("b"), order(null)],
      timestamps: [0, minute, 7]
    },
    right: {
      schema: payments,
      values: [payment("a", 3), payment("a", 4), payment("c", 5)],
      timestamps: [60 * minute, 60 * minute + 1, 0]
    }
  }

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const example = /```json interval-join\n([^`]*)```/.exec(readme)?.[1] ?? ""
    const { config, left, right, output } = JSON.parse(example)
    const run = await sandbox.processor({ config, inputs: { left, right } })
    assert.deepEqual(run.deadLetters, [])
    assert.deepEqual(run.values, output)
  })

  it("gives pairs, and of outer sides what has none, each with its time", async () => {
    const run = await sandbox.processor({ config: { on, within, kind: "full" }, inputs: shop })
    assert.deepEqual(run.deadLetters, [])
    const given = run.outputs["output"]?.map(({ value, timestamp }) => ({ value, timestamp }))
    assert.deepEqual(given, [
      { value: { ...order(null), orderId: null, amount: null }, timestamp: 7 },
      { value: { ...order("a", "x"), ...payment("a", 3) }, timestamp: 60 * minute },
      { value: { id: null, total: null, note: null, ...payment("c", 5) }, timestamp: 5 * minute },
      { value: { ...order("b"), orderId: null, amount: null }, timestamp: 61 * minute },
      { value: { id: null, total: null, note: null, ...payment("a", 4) }, timestamp: 65 * minute + 1 }
    ])
    assert.deepEqual([run.state, run.timers], [[], []])
  })

  it("gives the same in fresh realms and by single records, and keeps what may still be matched", async () => {
    const fresh = await openTestSandbox(new URL("./interval-join.ts", import.meta.url), {
      freshPerCall: true
    })
    const config = { on, within, kind: "left" }
    const whole = await sandbox.processor({ config, inputs: shop })
    const cut = await fresh.processor({ config, inputs: shop, batchSize: 1 })
    assert.deepEqual(cut.outputs, whole.outputs)
    const open = await fresh.processor({ config, inputs: shop, batchSize: 1, end: false })
    await fresh.close()
    assert.strictEqual(open.values.length, 2)
    assert.deepEqual(open.state.map(({ state }) => state).toSorted(), ["left", "left", "right", "right"])
  })

  it("selects fields, and knows its key by them", async () => {
    const select = { order: "left.id", paid: "right.amount" }
    const run = await sandbox.processor({ config: { on, within, select }, inputs: shop })
    assert.deepEqual(run.values, [{ order: "a", paid: 3 }])
    assert.deepEqual(run.outputs["output"]?.[0]?.key, new TextEncoder().encode("a"))
  })

  it("lets one key stand for both when they have one name", async () => {
    const same = { type: "record", name: "Same", fields: [{ name: "id", type: "string" }] }
    const inputs = {
      left: { schema: same, values: [{ id: "l" }] },
      right: { schema: { ...same, name: "Other" }, values: [{ id: "r" }] }
    }
    const config = { on: { left: ["id"], right: ["id"] }, within: {}, kind: "full" }
    const run = await sandbox.processor({ config, inputs })
    assert.deepEqual(run.values, [{ id: "l" }, { id: "r" }])
    const prefixed = await sandbox.processor({ config: { ...config, prefix: { right: "r_" } }, inputs })
    assert.deepEqual(prefixed.values, [
      { id: "l", r_id: null },
      { id: null, r_id: "r" }
    ])
  })

  it("leaves out late records, by the watermark of their own partition", async () => {
    const inputs = {
      left: {
        schema: orders,
        values: [order("a"), order("a")],
        timestamps: [10, 9],
        watermarks: [undefined, 10]
      },
      right: { schema: payments, values: [payment("a", 1)], timestamps: [10], watermarks: [20] }
    }
    const on10 = { on, within: { before: "1h", after: "1h" } }
    assert.deepEqual((await sandbox.processor({ config: { ...on10, kind: "full" }, inputs })).values, [
      { ...order("a"), orderId: null, amount: null }
    ])
    const run = await sandbox.processor({ config: { ...on10, lateness: "10ms" }, inputs })
    assert.strictEqual(run.values.length, 2)
  })

  it("ignores tombstones", async () => {
    const inputs = { ...shop, right: { ...shop.right, values: [null, payment("a", 4), payment("c", 5)] } }
    const run = await sandbox.processor({ config: { on, within }, inputs })
    assert.deepEqual([run.values, run.deadLetters], [[], []])
  })

  it("is refused where it makes no sense, with the place", async () => {
    const refused = (config: unknown) => refusal(sandbox.processor({ config, inputs: shop }))
    const keys = { left: ["id"], right: ["orderId"] }
    assert.match(
      await refused({ on: { left: ["id"], right: ["amount"] }, within }),
      /on\/right\/0: id is text/
    )
    assert.match(await refused({ on: { left: ["id", "note"], right: ["orderId"] }, within }), /as many/)
    assert.match(await refused({ on: { left: ["it"], right: ["orderId"] }, within }), /no field it/)
    assert.match(await refused({ on: keys, within, select: {} }), /name a field/)
    assert.match(await refused({ on: keys, within, select: { a: "id" } }), /left.FIELD/)
    assert.match(await refused({ on: keys, within, select: { a: "right.id" } }), /right has no field id/)
    assert.match(await refused({ on: keys, within: { after: "unbounded" }, kind: "left" }), /give after/)
    assert.match(await refused({ on: keys, within: { after: "1 hour" } }), /duration/)
    assert.match(
      await refused({ on: keys, within, prefix: { right: "i" }, select: undefined }),
      /^it was not/
    )
    const clash = { left: shop.left, right: { ...shop.left, schema: { ...orders, name: "Copy" } } }
    const config = { on: { left: ["id"], right: ["id"] }, within }
    assert.match(await refusal(sandbox.processor({ config, inputs: clash })), /both left and right .* total/)
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
