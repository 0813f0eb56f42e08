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
const order = (id: string | null, note: string | null = null) => ({
  id,
  total: { unscaled: 150n, scale: 2 },
  note
})
const minute = 60_000

describe("an interval join", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./interval-join.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  it("gives pairs, and what has none", async () => {
    const run = await sandbox.processor({
      config: {
        on: { left: ["id"], right: ["orderId"] },
        within: { before: "5m", after: "1h" },
        kind: "full"
      },
      inputs: {
        left: {
          schema: orders,
          values: [order("a", "x"), order("b"), order(null)],
          timestamps: [0, minute, 7]
        },
        right: {
          schema: payments,
          values: [
            { orderId: "a", amount: 3 },
            { orderId: "a", amount: 4 },
            { orderId: "c", amount: 5 }
          ],
          timestamps: [60 * minute, 60 * minute + 1, 0]
        }
      }
    })
    assert.deepEqual(run.deadLetters, [])
    console.log(
      JSON.stringify(run.outputs["output"], (_k, v: unknown) => (typeof v === "bigint" ? String(v) : v)),
      run.state,
      run.timers
    )
  })
})
