import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { type Author, author, type DevEvent } from "./dev-program.ts"

// An author's hour with `millrace dev`: files are written, and what it tells is read.

let at: Author
beforeEach(() => {
  at = author()
})
afterEach(() => at.remove())

const plugin = (
  body: string,
  more = ""
): string => `import { Contract, defineProcessor, files, Schema } from "@millrace/sdk"

export class Order extends Contract<Order>()({
  subject: "shop.orders",
  key: "id",
  schema: Schema.Struct({ id: Schema.String, price: Schema.Number, note: Schema.NullOr(Schema.String) })
}) {}

export const priced = defineProcessor({
  name: "priced",
  input: Order,
  output: Order,
  ${more}
  ${body}
})
`
const doubled = plugin("map: (order) => Order.make({ ...order, price: order.price * 2 })")

const orders = [
  { id: "a", price: 1, note: null },
  { id: "b", price: 2, note: "two" }
]
const ndjson = orders.map((order) => JSON.stringify(order)).join("\n")

interface Changed {
  readonly before: { readonly id: string; readonly price: number }
  readonly after: { readonly id: string; readonly price: number }
  readonly changes: readonly object[]
}
const decodeRecord = (event: DevEvent): Changed => JSON.parse(JSON.stringify(event))

const isOutput = (event: DevEvent, wanted: { readonly id: string; readonly price: number }): boolean => {
  const { after } = decodeRecord(event)
  return after.id === wanted.id && after.price === wanted.price
}
const isTimes = (event: DevEvent, factor: number): boolean => {
  const { after, before } = decodeRecord(event)
  return after.price === before.price * factor
}

describe("millrace dev on a single file", () => {
  it("feeds records made up from the contract, and shows what became of each field", async () => {
    at.write("priced.ts", doubled)
    const dev = at.dev("priced.ts")
    const up = await dev.next("up")
    assert.strictEqual((await fetch(String(up["url"]))).status, 200)
    const loaded = await dev.next("loaded")
    assert.deepInclude(loaded, { plugin: "priced", kind: "processor", revision: 1 })
    const record = await dev.next("record")
    const { after, before, changes } = decodeRecord(record)
    assert.deepStrictEqual(changes, [
      { path: "price", change: "changed", before: before.price, after: before.price * 2 }
    ])
    assert.deepStrictEqual(after, { ...before, price: before.price * 2 })
  })

  it("feeds the author's own records, takes a save over, and feeds them again", async () => {
    at.write("priced.ts", doubled)
    at.write("orders.ndjson", ndjson)
    const dev = at.dev("priced.ts", "--records", "orders.ndjson")
    for (const { id, price } of orders)
      await dev.next("record", (event) => isOutput(event, { id, price: price * 2 }))
    dev.mark()
    at.write("priced.ts", doubled.replace("* 2", "* 10"))
    const loaded = await dev.next("loaded")
    assert.strictEqual(loaded["revision"], 2)
    assert.isAbove(Number(loaded["afterSaveMs"]), 0)
    const first = await dev.next("record")
    assert.isAtLeast(Number(first["afterSaveMs"]), Number(loaded["afterSaveMs"]))
    for (const { id, price } of orders)
      await dev.next("record", (event) => isOutput(event, { id, price: price * 10 }))
    dev.mark()
    at.write("orders.ndjson", `${ndjson}\n${JSON.stringify({ id: "c", price: 3, note: null })}\n{"id":"d"}`)
    await dev.next("record", (event) => isOutput(event, { id: "c", price: 30 }))
    const misfit = await dev.next("problem")
    assert.deepInclude(misfit, { stage: "records", code: "RECORD_MISFIT", keepsRunning: true })
    assert.include(misfit["message"], "record 4 for input")
    assert.include(misfit["message"], "price")
  })

  it("keeps the version before when an edit is broken, says at which line, and recovers when it is mended", async () => {
    at.write("priced.ts", doubled)
    const dev = at.dev("priced.ts")
    await dev.next("record")
    const edits = [
      [doubled.replace("=> Order", "=>> Order"), "bundle", "BUNDLE_SYNTAX", 14],
      [`import { help } from "./help.ts"\n${doubled}\nhelp()`, "bundle", "BUNDLE_UNRESOLVED", 1],
      [
        `import { readFileSync } from "node:fs"\n${doubled}\nreadFileSync("a")`,
        "bundle",
        "BUNDLE_BUILTIN",
        1
      ],
      [
        `${doubled}\nconst f = () => {\n  throw new Error("at once")\n}\nf()\n`,
        "manifest",
        "BUNDLE_FAILED",
        18
      ],
      [doubled.replace('name: "priced"', 'name: "two words"'), "plan", "PLAN", undefined]
    ] as const
    for (const [text, stage, code, line] of edits.slice(0, 4)) {
      dev.mark()
      at.write("priced.ts", text)
      const problem = await dev.next("problem")
      assert.deepInclude(problem, { stage, code, line, file: "priced.ts", keepsRunning: true })
      assert.match(String(problem["frame"]), new RegExp(`> ${line} \\|`))
      dev.mark()
      await dev.next("rates", ({ out }) => Number(out) > 0)
    }
    dev.mark()
    at.write("priced.ts", doubled.replace("* 2", "* 5"))
    const { after, before } = decodeRecord(await dev.next("record"))
    assert.strictEqual(after.price, before.price * 5)
  })

  it("takes the file over that an import was missing", async () => {
    at.write("priced.ts", doubled)
    const dev = at.dev("priced.ts")
    await dev.next("record")
    dev.mark()
    at.write("priced.ts", `import { factor } from "./lib/factor.ts"\n${doubled.replace("* 2", "* factor")}`)
    await dev.next("problem", ({ code }) => code === "BUNDLE_UNRESOLVED")
    at.write("lib/factor.ts", "export const factor = 7\n")
    const seven = decodeRecord(await dev.next("record", (event) => isTimes(event, 7)))
    assert.strictEqual(seven.after.price, seven.before.price * 7)
    dev.mark()
    at.write("lib/factor.ts", "export const factor = 8\n")
    await dev.next("record", (event) => isTimes(event, 8))
  })

  it("points a record's failure at the author's line, and tells what was logged", async () => {
    at.write("orders.ndjson", ndjson)
    at.write(
      "priced.ts",
      plugin(`map: (order) => {
    console.log("seen", order.id)
    if (order.note !== null) {
      throw new Error("no notes")
    }
    return order
  }`)
    )
    const dev = at.dev("priced.ts", "--records", "orders.ndjson")
    const letter = await dev.next("dead-letter")
    assert.deepInclude(letter, {
      code: "PLUGIN_FAILED",
      message: "no notes",
      file: "priced.ts",
      line: 17,
      record: orders[1],
      count: 1
    })
    await dev.next("log", ({ message }) => message === "seen a")
    await dev.next("record", (event) => isOutput(event, { id: "a", price: 1 }))
  })

  it("refuses a permission that is new in an edit, says where it is asked for, and grants it by flag", async () => {
    at.write("priced.ts", doubled)
    const asking = plugin(
      '*map(order, { input }) {\n    const found = yield* input.stat("")\n    return Order.make({ ...order, price: found?.size ?? 0 })\n  }',
      'uses: {\n    input: files.read("sizes.txt")\n  },'
    )
    at.write("sizes.txt", "12345")
    const dev = at.dev("priced.ts")
    await dev.next("record")
    dev.mark()
    at.write("priced.ts", asking)
    const problem = await dev.next("problem")
    assert.deepInclude(problem, { code: "GRANT_NEEDED", file: "priced.ts", line: 14, keepsRunning: true })
    assert.include(problem["message"], "sizes.txt")
    dev.mark()
    await dev.next("rates", ({ out }) => Number(out) > 0)
    assert.strictEqual(await dev.kill("SIGTERM"), 143)

    const refused = at.dev("priced.ts")
    assert.strictEqual(await refused.kill("SIGCONT"), 77)
    assert.include(refused.errors(), "GRANT_NEEDED")

    const granted = at.dev("priced.ts", "--grant")
    const told = await granted.next("permission")
    assert.deepInclude(told, { handle: "input", outcome: "granted", file: "priced.ts", line: 14 })
    assert.strictEqual(decodeRecord(await granted.next("record")).after.price, 5)
  })

  it("asks for the name where the module exports several plugins, and for a config that is missing", async () => {
    const second = plugin("filter: (order) => order.price > 0").split("\n").slice(8).join("\n")
    const several = `${doubled}\n${second.replace("const priced", "const cheap").replace('"priced"', '"cheap"')}`
    at.write("two.ts", several)
    const unclear = at.dev("two.ts")
    assert.strictEqual(await unclear.kill("SIGCONT"), 65)
    assert.include(unclear.errors(), "PLUGIN_UNCLEAR")
    assert.include(unclear.errors(), "--plugin cheap")

    at.write(
      "two.ts",
      several.replace(
        "filter: (order) => order.price > 0",
        "config: Schema.Struct({ least: Schema.Number }),\n  filter: (order, { config }) => order.price >= config.least"
      )
    )
    at.write("orders.json", JSON.stringify(orders))
    const unset = at.dev("two.ts", "--plugin", "cheap", "--records", "orders.json")
    const problem = await unset.next("problem")
    assert.strictEqual(problem["stage"], "plan")
    assert.include(problem["remedy"], "--with")
    await unset.kill("SIGKILL")

    at.write("cheap.yaml", "least: 2\n")
    const dev = at.dev("two.ts", "--plugin", "cheap", "--records", "orders.json", "--with", "cheap.yaml")
    const kept = await dev.next("record")
    assert.deepStrictEqual([kept["changes"], kept["after"]], [[], orders[1]])
    dev.mark()
    at.write("cheap.yaml", "least: 20\n")
    await dev.next("filtered")
  })

  it("says what is wrong with its arguments", async () => {
    const missing = at.dev("nowhere.ts")
    assert.strictEqual(await missing.kill("SIGCONT"), 65)
    assert.include(missing.errors(), "ENTRY_MISSING")
    at.write("priced.ts", doubled)
    at.write("bad.ndjson", '{"id":"a"}\n{"id":')
    const dev = at.dev("priced.ts", "--records", "bad.ndjson")
    const problem = await dev.next("problem")
    assert.deepInclude(problem, { stage: "records", code: "RECORDS_UNREADABLE" })
    assert.match(String(problem["file"]), /bad\.ndjson:2$/)
    at.write("bad.ndjson", ndjson)
    await dev.next("record")
  })
})
