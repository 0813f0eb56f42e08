import { openTestSandbox, type SinkRun, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { avscValues } from "./testing/avsc-file.ts"

const fields = [
  { name: "id", type: "int" },
  { name: "title", type: "string" },
  { name: "price", type: ["null", { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }] },
  { name: "at", type: { type: "long", logicalType: "timestamp-millis" } },
  { name: "big", type: { type: "long", "millrace.js": "bigint" } },
  { name: "poster", type: "bytes" },
  { name: "lines", type: { type: "array", items: { type: "map", values: "double" } } }
]
const schema = { type: "record", name: "studio.Order", fields }

const order = (id: number) => ({
  id,
  title: `Order ${id} é`,
  price: id % 4 === 0 ? null : `${id}.25`,
  at: 1_000 * id,
  big: BigInt(id),
  poster: Uint8Array.of(1, 2, id & 255),
  lines: [Object.assign(Object.create(null), { a: id / 2 })]
})
const orders = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => order(from + index))

const config = { path: "out", format: "avro" }
const stream = (values: readonly unknown[], of: object = schema) => ({ schema: of, values })
const output = (run: SinkRun) => run.files["output"] ?? {}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

const idsIn = async (file: Uint8Array | undefined): Promise<readonly unknown[]> =>
  (await avscValues(file ?? new Uint8Array())).map((value) => Reflect.get(Object(value), "id"))

describe("the sink, to Avro container files", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  for (const codec of ["null", "deflate"] as const) {
    it(`writes what avsc reads, with the codec ${codec}, and its own source gives back`, async () => {
      const values = orders(0, 3_000)
      const run = await sandbox.sink({ config: { ...config, codec }, input: stream(values), batchSize: 900 })
      assert.deepEqual(Object.keys(output(run)), ["part-00000-000000.avro"])
      const file = output(run)["part-00000-000000.avro"] ?? new Uint8Array()
      assert.deepEqual(
        await avscValues(file),
        values.map(({ price, big, lines, ...rest }) => ({
          ...rest,
          price: price === null ? null : unscaled(price),
          big: Number(big),
          lines: lines.map((line) => ({ ...line }))
        }))
      )
      const source = { path: "orders.avro", format: "avro", schema }
      const back = await sandbox.source({ config: source, files: { input: { "": file } } })
      assert.deepEqual(back.values, values)
      assert.deepEqual(back.deadLetters, [])
    })
  }

  it("rolls files over, each whole by itself and with a marker of its own", async () => {
    const run = await sandbox.sink({
      config: { ...config, rollBytes: 5_000 },
      input: stream(orders(0, 400)),
      batchSize: 50
    })
    const files = Object.entries(output(run))
    assert.isAbove(files.length, 2)
    const found = await Promise.all(files.map(async ([, file]) => idsIn(file)))
    assert.deepEqual(found.flat(), range(0, 400))
    const markers = files.map(([, file]) => Buffer.from(file.subarray(-16)).toString("hex"))
    assert.strictEqual(new Set(markers).size, files.length)
  })

  it("writes the same bytes again, and cuts off what was not committed", async () => {
    const whole = await sandbox.sink({ config, input: stream(orders(0, 60)), batchSize: 20 })
    const first = await sandbox.sink({ config, input: stream(orders(0, 40)), batchSize: 20, end: false })
    const [name] = Object.keys(output(first))
    assert.strictEqual(name, ".part-00000-000000.avro.inprogress")
    // Killed after a write that was not committed: its bytes are there, half of them.
    const torn = Buffer.concat([output(first)[name ?? ""] ?? new Uint8Array(), new Uint8Array(777).fill(9)])
    const again = await sandbox.sink({
      config,
      input: stream(orders(40, 60)),
      token: first.token,
      files: { output: { [name ?? ""]: torn } }
    })
    assert.deepEqual(output(again), output(whole))
  })

  it("finishes a file and begins another where the records' schema has changed", async () => {
    const first = await sandbox.sink({ config, input: stream(orders(0, 10)), end: false })
    const wider = {
      ...schema,
      fields: [...fields, { name: "note", type: "string" }]
    }
    const noted = orders(10, 20).map((value) => ({ ...value, note: "n" }))
    const second = await sandbox.sink({
      config,
      input: stream(noted, wider),
      token: first.token,
      files: { output: output(first) }
    })
    assert.deepEqual(Object.keys(output(second)), ["part-00000-000000.avro", "part-00000-000001.avro"])
    assert.deepEqual(await idsIn(output(second)["part-00000-000000.avro"]), range(0, 10))
    assert.deepEqual(await idsIn(output(second)["part-00000-000001.avro"]), range(10, 20))
  })

  it("finishes the file before also after a kill between the two commits", async () => {
    const files = {
      ".part-00000-000000.avro.inprogress": "old",
      ".part-00000-000001.avro.inprogress": "new-torn"
    }
    const token = {
      sequence: 1,
      length: 8,
      isFinished: true,
      format: "avro",
      mark: "x",
      alsoFinished: { sequence: 0, format: "avro" }
    }
    const run = await sandbox.sink({ config, input: stream([]), token, files: { output: files } })
    assert.include(Object.keys(output(run)), "part-00000-000000.avro")
    assert.include(Object.keys(output(run)), "part-00000-000001.avro")
  })

  it("finishes the file of the format that the config had before", async () => {
    const [avro, lines] = [config, { path: "out" }]
    for (const [before, after, names] of [
      [lines, avro, ["part-00000-000000.ndjson", "part-00000-000001.avro"]],
      [avro, lines, ["part-00000-000000.avro", "part-00000-000001.ndjson"]]
    ] as const) {
      const first = await sandbox.sink({ config: before, input: stream(orders(0, 10)), end: false })
      const second = await sandbox.sink({
        config: after,
        input: stream(orders(10, 20)),
        token: first.token,
        files: { output: output(first) }
      })
      assert.deepEqual(Object.keys(output(second)), [...names])
    }
  })

  it("makes no file of nothing", async () => {
    const run = await sandbox.sink({ config, input: stream([]) })
    assert.deepEqual(output(run), {})
  })
})

/** A decimal's bytes: its unscaled number, two's complement, big-endian, as few as it takes. */
const unscaled = (price: string): Uint8Array => {
  const bytes: number[] = []
  let rest = Number(price.replace(".", ""))
  for (; rest > 127; rest >>= 8) bytes.unshift(rest & 255)
  return Uint8Array.from([rest, ...bytes])
}
