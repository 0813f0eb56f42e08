import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { openTestSandbox, type TestSandbox } from "./test-sandbox.ts"

const order = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "price", type: ["null", "double"] },
    { name: "pieces", type: "int" },
    { name: "currency", type: "string", "millrace.sensitive": true },
    { name: "paid", type: { type: "int", logicalType: "date" } },
    { name: "note", type: ["null", "string"] }
  ]
}
const dollars = { price: 3, pieces: 2, currency: "USD", paid: 20_000, note: null }

describe("a function as a node", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./fixtures/functions.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const run = (plugin: string, config: unknown, values: readonly unknown[] = [dollars]) =>
    sandbox.processor({ plugin, config, input: { schema: order, key: ["currency"], values } })

  const euros = { args: { amount: "price * pieces", currency: "currency" }, as: "priceEur" }

  it("says its signature in the manifest", () => {
    const manifest = sandbox.manifests.find(({ name }) => name === "to-euros")
    assert.strictEqual(manifest?.kind, "function")
    assert.deepEqual(manifest?.function, {
      args: [
        { name: "amount", schema: "double" },
        { name: "currency", schema: "string" }
      ],
      returns: "double"
    })
    assert.deepEqual(manifest?.permissions, [])
    assert.deepEqual(manifest?.expressions, [
      { pointer: "/args/amount", input: "input", type: "number" },
      { pointer: "/args/currency", input: "input", type: "string" }
    ])
  })

  it("adds its result to each record, which keeps its fields and its key", async () => {
    const result = await run("to-euros", euros)
    assert.deepEqual(result.deadLetters, [])
    assert.deepEqual(result.values, [{ ...dollars, priceEur: 3 }])
    assert.deepEqual(result.outputs["output"]?.[0]?.key, new TextEncoder().encode("USD"))
  })

  it("gives NULL for NULL where an argument may not be it, and is asked where it may", async () => {
    const free = { ...dollars, price: null }
    assert.deepEqual((await run("to-euros", euros, [free])).values, [{ ...free, priceEur: null }])
    const config = { args: { text: "note", otherwise: "'none'" }, as: "text" }
    assert.deepEqual((await run("or-else", config)).values, [{ ...dollars, text: "none" }])
  })

  it("takes whole numbers, decimals of SQL and dates in the argument's own form", async () => {
    const literal = { args: { amount: "2.5", currency: "'EUR'" }, as: "fee" }
    assert.deepEqual((await run("to-euros", literal)).values, [{ ...dollars, fee: 2.5 }])
    const config = { args: { cents: "pieces * 150", days: "pieces", day: "paid" }, as: "parts" }
    assert.deepEqual((await run("split", config)).values, [
      { ...dollars, parts: { euros: 5, cents: 20_000n } }
    ])
  })

  it("makes a dead letter of a record for which it throws, by the error's tag", async () => {
    const yen = { ...dollars, currency: "JPY" }
    const result = await run("to-euros", euros, [yen, dollars])
    assert.deepEqual(result.values, [{ ...dollars, priceEur: 3 }])
    assert.deepEqual(
      result.deadLetters.map(({ tag }) => tag),
      ["UnknownCurrencyError"]
    )
  })

  it("is refused for arguments of another type, for one that is missing, and for a name that is taken", async () => {
    const refusal = async (plugin: string, config: unknown) => {
      const error: unknown = await run(plugin, config).then(
        () => "it was not refused",
        (thrown: unknown) => thrown
      )
      return error instanceof Error ? error.message : String(error)
    }
    const text = { ...euros, args: { amount: "currency", currency: "currency" } }
    assert.match(await refusal("to-euros", text), /STRING, NUMBER is asked for/)
    assert.match(await refusal("to-euros", { ...euros, args: { amount: "price" } }), /currency/)
    assert.match(await refusal("to-euros", { ...euros, as: "note" }), /already has a field "note"/)
    assert.match(await refusal("to-euros", { ...euros, args: { ...euros.args, amount: "prise" } }), /price/)
    const day = { args: { cents: "pieces", days: "pieces", day: "pieces" }, as: "parts" }
    assert.match(await refusal("split", day), /day is "int", and split takes .*date/)
  })
})
