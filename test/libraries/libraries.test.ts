import { createHmac } from "node:crypto"
import { openTestSandbox, type ProcessorRun } from "@millrace/sdk/testing"
import { assert, describe, it } from "vitest"

/** Runs a plugin of `fixtures/plugins/` in the real sandbox, over records whose fields are all text. */
const run = async (
  library: string,
  values: readonly { readonly [field: string]: string }[],
  options: { readonly plugin?: string; readonly config?: unknown; readonly now?: number } = {}
): Promise<ProcessorRun> => {
  const fields = Object.keys(values[0] ?? {}).map((name) => ({ name, type: "string" }))
  await using sandbox = await openTestSandbox(new URL(`./fixtures/plugins/${library}.ts`, import.meta.url))
  return await sandbox.processor({
    input: { schema: { type: "record", name: "shop.Event", fields }, values },
    ...options
  })
}

/** What the plugin added, of each record that came out. */
const added = ({ values }: ProcessorRun, ...given: readonly string[]): readonly unknown[] =>
  values.map((value) =>
    Object.fromEntries(Object.entries(Object(value)).filter(([name]) => !given.includes(name)))
  )

const noon = Date.UTC(2026, 10, 20, 12)

describe("a library from npm, unchanged, in a plugin", () => {
  it("checks JSON by zod", async () => {
    const good = {
      id: "0b9a2c5e-3f6d-4b1a-9c58-7d2e4f6a8b0c",
      email: "anna@example.com",
      total: "12.5",
      placed: "2026-11-20T10:00:00Z",
      signature: "YWJj",
      tags: ["new"]
    }
    const bad = { ...good, email: "anna", total: -1, signature: "Y" }
    const result = await run("zod", [{ body: JSON.stringify(good) }, { body: JSON.stringify(bad) }])
    assert.deepEqual(added(result, "body"), [
      { total: 12.5, problems: ["new"] },
      { total: null, problems: ["email invalid_format", "total too_small", "signature invalid_format"] }
    ])
  })

  it("reckons with days by date-fns, on the batch's clock", async () => {
    const result = await run("date-fns", [{ ordered: "2026-11-13" }, { ordered: "2026-12-24" }], {
      now: noon
    })
    assert.deepEqual(added(result, "ordered"), [
      { due: "Freitag, 20. November 2026", age: 7 },
      { due: "Donnerstag, 31. Dezember 2026", age: -34 }
    ])
  })

  it("counts words by lodash", async () => {
    const text = "The fox and the dog and the hen"
    const result = await run("lodash", [{ text }], { plugin: "words" })
    assert.deepEqual(added(result, "text"), [{ top: "the 3, and 2" }])
  })

  it("reckons with decimals by decimal.js", async () => {
    const result = await run("decimal", [
      { net: "0.1", rate: "0.2" },
      { net: "1234567890123456.785", rate: "0" }
    ])
    assert.deepEqual(added(result, "net", "rate"), [{ gross: "0.12" }, { gross: "1234567890123456.78" }])
  })

  it("reads XML by fast-xml-parser, and fails for what is none with the author's own tag", async () => {
    const xml = `<order><item sku="A1"><qty>2</qty></item><item sku="B&amp;2"><qty>3</qty></item></order>`
    const result = await run("fast-xml-parser", [{ xml }, { xml: "<order>\n<item></order>" }])
    assert.deepEqual(added(result, "xml"), [{ skus: ["A1", "B&2"], pieces: 5 }])
    assert.deepEqual(
      result.deadLetters.map(({ tag }) => tag),
      ["NoXmlError"]
    )
  })

  it("reads CSV by papaparse", async () => {
    const result = await run("papaparse", [{ csv: 'a,b\n1,"x, y"\n\n2,z\n' }], { plugin: "rows" })
    const rows = [
      { a: "1", b: "x, y" },
      { a: "2", b: "z" }
    ]
    assert.deepEqual(
      result.values.map((value) => JSON.parse(JSON.stringify(value, mapAsObject))),
      [{ csv: 'a,b\n1,"x, y"\n\n2,z\n', rows, again: "a;b\n1;x, y\n2;z" }]
    )
  })

  it("makes ids by uuid that are the same when the record is run again", async () => {
    const records = [{ host: "example.com" }, { host: "example.org" }]
    const first = await run("uuid", records)
    const again = await run("uuid", records)
    assert.deepEqual(first.values, again.values)
    const ids = first.values.map((value) => Object(value))
    assert.deepEqual(
      ids.map(({ versions }) => versions),
      [
        [4, 5, 7],
        [4, 5, 7]
      ]
    )
    assert.notStrictEqual(ids[0]?.random, ids[1]?.random)
    assert.strictEqual(ids[0]?.byName, "cfbff0d1-9375-5685-968c-48ce8b15ae17")
  })

  it("makes pseudonyms by @noble/hashes", async () => {
    const result = await run("noble-hashes", [{ email: "Anna@Example.com" }], { config: { salt: "pepper" } })
    const pseudonym = createHmac("sha256", "pepper").update("anna@example.com").digest("hex")
    assert.deepEqual(added(result, "email"), [{ pseudonym, salt: 16 }])
  })

  it("reads phone numbers by libphonenumber-js", async () => {
    const phones = ["030 901820", "+44 20 7946 0958", "12"].map((phone) => ({ phone }))
    assert.deepEqual(added(await run("libphonenumber-js", phones), "phone"), [
      { e164: "+4930901820", country: "DE" },
      { e164: "+442079460958", country: "GB" },
      { e164: null, country: null }
    ])
  })

  it("knows browsers by ua-parser-js", async () => {
    const agent =
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1"
    const result = await run("ua-parser-js", [{ agent }, { agent: "curl/8.5.0" }])
    assert.deepEqual(added(result, "agent"), [
      { browser: "Mobile Safari", system: "iOS", device: "mobile" },
      { browser: null, system: null, device: "desktop" }
    ])
  })
})

describe("what a library cannot do in a sandbox", () => {
  it("fails the record alone when it needs Node.js after all, and says so", async () => {
    const { deadLetters } = await run("papaparse", [{ csv: "a" }], { plugin: "streamed" })
    assert.match(
      deadLetters[0]?.message ?? "",
      /needs stream of Node\.js, which the sandbox is not\. Use arrays/
    )
  })

  it("fails the record alone when it makes code of text", async () => {
    const { deadLetters } = await run("lodash", [{ text: "Hello <%= name %>" }], { plugin: "template" })
    assert.match(deadLetters[0]?.message ?? "", /code cannot be made of strings in a sandbox/)
  })
})

const mapAsObject = (_: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value) : value
