import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { type Author, author } from "./dev-program.ts"

// An edit that changes what the plugin takes, while records of the contract before still wait: nothing vanishes unsaid.

let at: Author
beforeEach(() => {
  at = author()
})
afterEach(() => at.remove())

const total = 6_000
const plugin = (
  type: string,
  body: string
): string => `import { Contract, defineProcessor, Schema } from "@millrace/sdk"

class Order extends Contract<Order>()({
  subject: "shop.orders",
  key: "id",
  schema: Schema.Struct({ id: Schema.String, price: ${type} })
}) {}

export const checked = defineProcessor({ name: "checked", input: Order, output: Order, filter: (order) => ${body} })
`
const failing = `{ throw new Error(order.id) }`
const orders = Array.from({ length: 50 }, (_, index) => ({ id: `o${index}`, price: index }))

describe("an edit that changes the input's contract", () => {
  it("says how many records it leaves unread, and reads them when the contract is again as it was", async () => {
    at.write("orders.json", JSON.stringify(orders))
    at.write("checked.ts", plugin("Schema.Number", failing))
    const dev = at.dev("checked.ts", "--records", "orders.json", "--count", String(total), "--rate", "1000")
    await dev.next("problem", ({ code }) => code === "ERROR_BUDGET")
    // Meanwhile the feed goes on.
    dev.mark()
    await dev.next("rates")
    dev.mark()
    await dev.next("rates")
    dev.mark()
    at.write("checked.ts", plugin("Schema.NullOr(Schema.Number)", "order.price !== null"))
    const unread = await dev.next("unread")
    assert.deepInclude(unread, { input: "input" })
    const count = Number(unread["count"])
    assert.isAbove(count, 0)
    assert.isAtMost(count, total)
    assert.include(unread["why"], "contract changed")
    await dev.next("rates", ({ totals }) => Number(Object(totals).in) >= total)
    dev.mark()
    at.write("checked.ts", plugin("Schema.Number", "order.price >= 0"))
    await dev.next("loaded")
    const before = dev.events.findLast(({ event }) => event === "rates")
    const read = Number(Object(before?.["totals"]).in)
    await dev.next("rates", ({ totals }) => Number(Object(totals).in) >= read + count)
    assert.isUndefined(
      dev.events.slice(dev.events.indexOf(unread) + 1).find(({ event }) => event === "unread")
    )
  })
})
