import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const schema = { type: "record", name: "N", fields: [{ name: "n", type: "long" }] }
const numbers = (from: number, to: number) => ({
  schema,
  values: Array.from({ length: to - from }, (_, index) => ({ n: from + index }))
})
const lines = (from: number, to: number): string =>
  numbers(from, to)
    .values.map(({ n }) => `{"n":${n}}\n`)
    .join("")
const open = ".part-00000-000000.ndjson.inprogress"
const first = "part-00000-000000.ndjson"

describe("the files sink", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())
  const run = async (
    given: Omit<Parameters<TestSandbox["sink"]>[0], "files" | "config">,
    files: { readonly [path: string]: string } = {},
    config: object = {}
  ) => {
    const found = await sandbox.sink({
      ...given,
      config: { path: "out", ...config },
      files: { output: files }
    })
    const written = Object.entries(found.files["output"] ?? {})
    const texts: { readonly [path: string]: string } = Object.fromEntries(
      written.map(([path, bytes]) => [path, new TextDecoder().decode(bytes)])
    )
    return { texts, token: found.token }
  }

  it("gives a file its name when the input ends", async () => {
    const { texts } = await run({ input: numbers(0, 5), batchSize: 2 })
    assert.deepEqual(texts, { [first]: lines(0, 5) })
  })

  it("keeps a file hidden while it is written, and goes on with it", async () => {
    const before = await run({ input: numbers(0, 3), end: false })
    assert.deepEqual(before.texts, { [open]: lines(0, 3) })
    const after = await run({ input: numbers(3, 5), token: before.token }, before.texts)
    assert.deepEqual(after.texts, { [first]: lines(0, 5) })
  })

  it("cuts off what was written and not committed, and writes it again", async () => {
    const before = await run({ input: numbers(0, 3), end: false })
    const uncommitted = { [open]: `${lines(0, 4)}{"n":` }
    const after = await run({ input: numbers(3, 5), token: before.token }, uncommitted)
    assert.deepEqual(after.texts, { [first]: lines(0, 5) })
  })

  it("finishes what was committed and had not got its name", async () => {
    const before = await run({ input: numbers(0, 3) })
    const after = await run({ input: numbers(3, 4), token: before.token }, { [open]: lines(0, 3) })
    assert.deepEqual(after.texts, { [first]: lines(0, 3), "part-00000-000001.ndjson": lines(3, 4) })
  })

  it("begins the next file when one is full", async () => {
    const { texts } = await run({ input: numbers(0, 6), batchSize: 2 }, {}, { rollBytes: 30 })
    assert.deepEqual(texts, { [first]: lines(0, 4), "part-00000-000001.ndjson": lines(4, 6) })
  })

  it("writes nothing for nothing", async () => {
    assert.deepEqual((await run({ input: numbers(0, 0) })).texts, {})
    assert.deepEqual((await run({ input: { schema, values: [null] } })).texts, {})
  })

  it("does not mix its files with those of another run, unless it is told to replace them", async () => {
    const others = {
      [first]: "old\n",
      "part-00001-000000.ndjson": "another partition's\n",
      "notes.txt": "mine\n"
    }
    try {
      await run({ input: numbers(0, 1) }, others)
      assert.fail("it wrote beside them")
    } catch (error) {
      assert.match(String(error), /out holds part-00000-000000\.ndjson of another run/)
    }
    const { texts } = await run({ input: numbers(0, 1) }, others, { existing: "replace" })
    assert.deepEqual(texts, { ...others, [first]: lines(0, 1) })
  })

  it("writes times, bytes and what JSON has no number for as text", async () => {
    const rich = {
      type: "record",
      name: "Rich",
      fields: [
        { name: "day", type: ["null", { type: "int", logicalType: "date" }] },
        { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
        { name: "exact", type: { type: "long", logicalType: "timestamp-micros" } },
        { name: "raw", type: "bytes" },
        { name: "rate", type: { type: "array", items: "double" } },
        { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 6, scale: 2 } },
        {
          name: "inner",
          type: { type: "record", name: "Inner", fields: [{ name: "next", type: ["null", "Inner"] }] }
        }
      ]
    }
    const value = {
      day: -1,
      at: 0,
      exact: 1_500,
      raw: new Uint8Array([1, 2, 255]),
      rate: [1.5, Number.NaN],
      price: "12.30",
      inner: { next: { next: null } }
    }
    const { texts } = await run({ input: { schema: rich, values: [value, { ...value, day: null }] } })
    const [one = "", two = ""] = (texts[first] ?? "").split("\n")
    assert.deepEqual(JSON.parse(one), {
      day: "1969-12-31",
      at: "1970-01-01T00:00:00.000Z",
      exact: "1970-01-01T00:00:00.001500Z",
      raw: "AQL/",
      rate: [1.5, "NaN"],
      price: "12.30",
      inner: { next: { next: null } }
    })
    assert.isNull(JSON.parse(two).day)
  })
})
