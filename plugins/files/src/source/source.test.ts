import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const fields = {
  title: { from: "Title", type: "string", nullable: true, coerce: true },
  released: { from: "Release Date", type: "date", format: "MMM dd yyyy", eventTime: true },
  rating: { type: "double", nullable: true }
}
const config = { path: "data/films", record: "studio.Film", key: ["title"], fields }
const brazil = { Title: "Brazil", "Release Date": "Dec 18 1985", rating: 8, extra: { is: "left out" } }
const read = { title: "Brazil", released: 5830, rating: 8 }
const numbers = { path: "n", record: "N", fields: { n: { type: "long" } } }

describe("the files source", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())
  const run = (format: string, files: { readonly [path: string]: string | Uint8Array }, more: object = {}) =>
    sandbox.source({ config: { ...config, format, ...more }, files: { input: files } })
  /** Title, place and reason of what was rejected. */
  const reasons = (found: Awaited<ReturnType<typeof run>>) => found.deadLetters.map(({ message }) => message)

  it("reads lines of JSON, with names, types and times as the config says", async () => {
    const text = `\uFEFF${JSON.stringify(brazil)}\r\n\n${JSON.stringify({ ...brazil, Title: 1941, rating: null })}`
    const found = await run("ndjson", { "": text })
    assert.deepEqual(found.values, [read, { ...read, title: "1941", rating: null }])
    assert.deepEqual(
      found.records.map(({ timestamp }) => timestamp),
      [5830 * 86_400_000, 5830 * 86_400_000]
    )
    assert.deepEqual(found.records[0]?.key, new TextEncoder().encode("Brazil"))
    assert.isTrue(found.ended)
  })

  it("rejects what does not fit, with its place, reason and text, and goes on", async () => {
    const lines = [
      JSON.stringify(brazil),
      "{ no JSON",
      JSON.stringify({ ...brazil, "Release Date": "Feb 30 1985" }),
      JSON.stringify({ ...brazil, rating: "eight" }),
      JSON.stringify({ Title: "Se7en" }),
      "[1]",
      JSON.stringify({ ...brazil, Title: "half \uD800" }),
      JSON.stringify(brazil)
    ]
    const found = await run("ndjson", { "a/b.ndjson": lines.join("\n") })
    assert.deepEqual(found.values, [read, read])
    const [syntax = "", ...others] = reasons(found)
    assert.match(syntax, /^a\/b\.ndjson:2: it is not JSON: /)
    assert.deepEqual(others, [
      'a/b.ndjson:3: released ("Release Date"): expected a date like MMM dd yyyy, got "Feb 30 1985"',
      'a/b.ndjson:4: rating: expected a number, got "eight"',
      'a/b.ndjson:5: released ("Release Date"): it is missing',
      "a/b.ndjson:6: it is not an object",
      'a/b.ndjson:7: title ("Title"): its text has half a character (a lone surrogate)'
    ])
    assert.deepEqual(found.deadLetters[0]?.raw, "{ no JSON")
  })

  it("rejects bytes that are not UTF-8", async () => {
    const bytes = new TextEncoder().encode(`${JSON.stringify(brazil)}\n{"Title":"?"}\n`)
    bytes[bytes.indexOf(63)] = 0xff
    const found = await run("ndjson", { "": bytes })
    assert.deepEqual(found.values, [read])
    assert.deepEqual(reasons(found), ["films:2: it is not UTF-8"])
  })

  it("reads the elements of an array, whatever stands in their texts", async () => {
    const texts = ["] , [", 'a "quoted" \\ one', "{"]
    const text = JSON.stringify(texts.map((Title) => ({ ...brazil, Title })))
    const found = await run("json", { "": ` ${text} ` })
    assert.deepEqual(
      found.values.map((value) => Reflect.get(Object(value), "title")),
      texts
    )
    assert.deepEqual(found.deadLetters, [])
  })

  it("says where in an array something does not fit, and that it is cut off", async () => {
    const found = await run("json", { "": `[${JSON.stringify(brazil)}, 7, {"Title": "Se7` })
    assert.deepEqual(found.values, [read])
    assert.deepEqual(reasons(found), [
      "films[1]: it is not an object",
      "films[2]: the file ends inside it",
      "films[3]: the array is not closed: the file is cut off"
    ])
  })

  it("reads CSV with quotes, commas, quotes in quotes and line ends in values", async () => {
    const text =
      'rating,"Title",Release Date\r\n8,"Brazil, ""the"" film\nin two lines",Dec 18 1985\r\n,"",Dec 18 1985\n'
    const found = await run("csv", { "": text })
    assert.deepEqual(found.values, [
      { ...read, title: 'Brazil, "the" film\nin two lines' },
      { ...read, title: "", rating: null }
    ])
  })

  it("rejects rows of another width and wrong quotes, at their lines", async () => {
    const text =
      'Title,Release Date,rating\n"a\nb",Dec 18 1985,8\nx,y\nx"y,Dec 18 1985,8\nBrazil,Dec 18 1985,8\n'
    const found = await run("csv", { "": text })
    assert.deepEqual(found.values, [{ ...read, title: "a\nb" }, read])
    assert.deepEqual(reasons(found), [
      "films:4: it has 2 columns, and the header 3",
      "films:5: its quotes are not those of CSV (RFC 4180)"
    ])
  })

  for (const [format, text] of [
    ["ndjson", Array.from({ length: 2_500 }, (_, n) => `{"n":${n}}\n`).join("")],
    ["json", JSON.stringify(Array.from({ length: 2_500 }, (_, n) => ({ n })))],
    ["csv", `n\n${Array.from({ length: 2_500 }, (_, n) => `${n}\n`).join("")}`]
  ] as const) {
    it(`goes on from every position: ${format}`, async () => {
      const given = { config: { ...numbers, format }, files: { input: { "": text } } }
      const whole = await sandbox.source({ ...given, maxRecords: 333 })
      assert.deepEqual(
        whole.values,
        Array.from({ length: 2_500 }, (_, n) => ({ n }))
      )
      const first = await sandbox.source({ ...given, maxRecords: 700, maxReads: 1 })
      const rest = await sandbox.source({ ...given, positions: first.positions })
      assert.deepEqual([...first.values, ...rest.values], whole.values)
    })

    it(`rejects a record of more than 1 MiB and reads on behind it: ${format}`, async () => {
      const large = "x".repeat(2_500_000)
      const files = {
        ndjson: `{"n":1}\n{"n":"${large}"}\n{"n":2}\n`,
        json: `[{"n":1},{"n":"${large}]"},{"n":2}]`,
        csv: `n\n1\n"${large}\n"\n2\n`
      }
      const found = await sandbox.source({
        config: { ...numbers, format },
        files: { input: { "": files[format] } }
      })
      assert.deepEqual(found.values, [{ n: 1 }, { n: 2 }])
      assert.lengthOf(found.deadLetters, 1)
      assert.match(found.deadLetters[0]?.message ?? "", /larger than 1048576 bytes/)
    })
  }

  it("reads every file of a folder as a partition, but for those that are being written", async () => {
    const line = `${JSON.stringify(brazil)}\n`
    const files = {
      "b.ndjson": line,
      "a/a.ndjson": line,
      ".part.ndjson.inprogress": line,
      "c.inprogress": line
    }
    const found = await run("ndjson", files)
    assert.deepEqual(found.partitions, ["a/a.ndjson", "b.ndjson"])
    assert.lengthOf(found.values, 2)
  })

  it("takes an Avro schema instead of fields, with its defaults and nested types", async () => {
    const schema = {
      type: "record",
      name: "studio.Film",
      fields: [
        { name: "title", type: "string" },
        { name: "seen", type: { type: "long", logicalType: "timestamp-millis" } },
        { name: "tags", type: { type: "array", items: "string" }, default: [] }
      ]
    }
    const text = '{"title":"a","seen":"2020-01-31T12:00:00.5+01:00"}\n{"title":"b","seen":7,"tags":["x"]}\n'
    const found = await sandbox.source({
      config: { path: "f", format: "ndjson", schema },
      files: { input: { "": text } }
    })
    assert.deepEqual(found.values, [
      { title: "a", seen: Date.UTC(2020, 0, 31, 11, 0, 0, 500), tags: [] },
      { title: "b", seen: 7, tags: ["x"] }
    ])
  })

  it("fails with the path where there is no file, and with the file that is not of its format", async () => {
    assert.match(await failure(run("ndjson", {})), /there is no file at data\/films/)
    assert.match(await failure(run("json", { "x.json": "{}" })), /x\.json: it does not begin with \[/)
    assert.match(await failure(run("csv", { "": "a,b\n1,2\n" })), /films: it has no column "Title"/)
    assert.match(await failure(run("csv", { "": "a,a\n" })), /names "a" twice/)
  })

  it("is refused for a config that describes no record", async () => {
    const refused = (more: object) => failure(run("ndjson", { "": "" }, more))
    const one = (field: object) => refused({ key: [], fields: { f: field } })
    assert.match(await refused({ key: ["titel"] }), /no field titel/)
    assert.match(await refused({ schema: "string" }), /record and fields, or schema/)
    assert.match(await refused({ fields: { "no name": { type: "string" } } }), /letters, digits and _/)
    assert.match(await one({ type: "date", format: "MMM qq yyyy" }), /qq is not known/)
    assert.match(await one({ type: "string", format: "yyyy" }), /only a date or a timestamp/)
    assert.match(await one({ type: "string", eventTime: true }), /an event time is a date or a timestamp/)
  })
})

const failure = async (running: Promise<unknown>): Promise<string> => {
  try {
    await running
    return "it did not fail"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
