import { deflateRawSync } from "node:zlib"
import { ByteSink } from "@millrace/sdk"
import { openTestSandbox, type SourceRun, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { ContainerWriter } from "./container.ts"
import { avscFile, sync } from "./testing/avsc-file.ts"

const fields = [
  { name: "id", type: "int" },
  { name: "title", type: "string" },
  { name: "rating", type: ["null", "double"], default: null },
  { name: "released", type: { type: "long", logicalType: "timestamp-millis" } },
  { name: "tags", type: { type: "map", values: { type: "array", items: "string" } } },
  { name: "kind", type: { type: "enum", name: "Kind", symbols: ["FILM", "SERIES", "SHORT"] } },
  { name: "poster", type: { type: "fixed", name: "Poster", size: 4 } },
  { name: "body", type: "bytes" }
]
const schema = { type: "record", name: "studio.Film", fields }

const film = (id: number) => ({
  id,
  title: `Film ${id} é`,
  rating: id % 3 === 0 ? null : id / 4,
  released: 1_000 * id,
  tags: { genre: ["a", "b"].slice(id % 3) },
  kind: ["FILM", "SERIES", "SHORT"][id % 3],
  poster: Buffer.from([1, 2, 3, id & 255]),
  body: Buffer.from("x".repeat(id % 50))
})
const films = Array.from({ length: 300 }, (_, id) => film(id))

/** As the stream has them. */
const asRead = (values: readonly object[]): readonly unknown[] =>
  values.map((value) => ({ ...value, ...bytesOf(value) }))
const bytesOf = (value: object) =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      item instanceof Uint8Array ? [[name, Uint8Array.from(item)]] : []
    )
  )
const ids = (run: SourceRun): readonly unknown[] =>
  run.values.map((value) => Reflect.get(Object(value), "id"))
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

const config = { path: "films.avro", format: "avro", schema }
const files = (file: Uint8Array) => ({ input: { "": file } })

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
  } catch (error) {
    return String(error)
  }
  return assert.fail("was accepted")
}

describe("the source, of Avro container files", () => {
  let sandbox: TestSandbox
  let forgetful: TestSandbox
  beforeAll(async () => {
    const entry = new URL("../index.ts", import.meta.url)
    sandbox = await openTestSandbox(entry)
    forgetful = await openTestSandbox(entry, { freshPerCall: true })
  })
  afterAll(async () => {
    await sandbox.close()
    await forgetful.close()
  })

  for (const codec of ["null", "deflate"] as const) {
    it(`reads what avsc wrote with the codec ${codec}`, async () => {
      const file = await avscFile(schema, films, { codec })
      const run = await sandbox.source({ config, files: files(file) })
      assert.deepEqual(JSON.stringify(run.values), JSON.stringify(asRead(films)))
      assert.deepEqual(run.deadLetters, [])
      assert.isTrue(run.ended)
    })
  }

  it("goes on within a block, with and without what it kept of the read before", async () => {
    const file = await avscFile(schema, films.slice(0, 60), { codec: "deflate", blockSize: 900 })
    for (const each of [sandbox, forgetful]) {
      const first = await each.source({ config, files: files(file), maxRecords: 7, maxReads: 3 })
      assert.deepEqual(ids(first), range(0, 21))
      assert.isFalse(first.ended)
      const rest = await each.source({
        config,
        files: files(file),
        maxRecords: 7,
        positions: first.positions
      })
      assert.deepEqual(ids(rest), range(21, 60))
      assert.isTrue(rest.ended)
    }
  })

  it("resolves the file's schema to the fields of the config, renamed and absent ones as well", async () => {
    const file = await avscFile(schema, films.slice(0, 5))
    const run = await sandbox.source({
      config: {
        path: "films.avro",
        format: "avro",
        record: "other.Name",
        fields: {
          number: { type: "long", from: "id" },
          id: { type: "string", from: "title" },
          rating: { type: "double", nullable: true },
          country: { type: "string", nullable: true },
          at: { type: "timestamp-millis", from: "released", eventTime: true }
        }
      },
      files: files(file)
    })
    assert.deepEqual(run.values[1], { number: 1, id: "Film 1 é", rating: 0.25, country: null, at: 1_000 })
    assert.deepEqual(
      run.records.map(({ timestamp }) => Number(timestamp)),
      [0, 1_000, 2_000, 3_000, 4_000]
    )
  })

  it("rejects a record alone that the config's schema has no place for", async () => {
    const kinds = { type: "enum", name: "Kind", symbols: ["FILM", "SERIES"] }
    const narrow = {
      ...schema,
      fields: [fields[0], { name: "rating", type: "double" }, { name: "kind", type: kinds }]
    }
    const file = await avscFile(schema, films.slice(0, 6), { blockSize: 100_000 })
    const run = await sandbox.source({ config: { ...config, schema: narrow }, files: files(file) })
    assert.deepEqual(ids(run), [1, 4])
    assert.deepEqual(
      run.deadLetters.map(({ message }) => /@\d+(\[\d\])/.exec(message)?.[1]),
      ["[0]", "[2]", "[3]", "[5]"]
    )
    assert.match(run.deadLetters[1]?.message ?? "", /films\.avro@\d+\[2\].*SHORT is no symbol of studio.Kind/)
    assert.match(run.deadLetters[1]?.raw ?? "", /^04/)
  })

  it("rejects a damaged block with its place, and goes on after it", async () => {
    const values = films.slice(0, 40)
    for (const codec of ["null", "deflate"] as const) {
      const file = await avscFile(schema, values, { codec, blockSize: 600 })
      const blocks = blocksOf(file)
      const [from, to] = blocks[1] ?? [0, 0]
      for (const spoil of [
        (bytes: Uint8Array) => bytes.fill(0x99, to - 16, to - 12),
        (bytes: Uint8Array) => bytes.fill(0xff, from, from + 10),
        (bytes: Uint8Array) => bytes.fill(0xff, from + 4, to - 16)
      ]) {
        const bytes = file.slice()
        spoil(bytes)
        const run = await sandbox.source({ config, files: files(bytes) })
        assert.isTrue(run.ended)
        const found = ids(run)
        const first = countIn(file, blocks, 0)
        const lost = countIn(file, blocks, 1)
        const afterwards = range(first + lost, 40)
        assert.deepEqual(found.slice(0, first), range(0, first))
        // A marker that is gone takes the next block with it: its end is the first that is found.
        const next = countIn(file, blocks, 2)
        const tail = found.slice(first)
        const kept = [afterwards, afterwards.slice(next)].some((each) => isDeepEqual(each, tail))
        assert.isTrue(kept, JSON.stringify(tail))
        assert.isAtLeast(run.deadLetters.length, 1)
        assert.include(run.deadLetters[0]?.message, `films.avro@${from}`)
      }
    }
  })

  it("rejects what the file's end cuts off", async () => {
    const file = await avscFile(schema, films.slice(0, 40), { blockSize: 600 })
    const blocks = blocksOf(file)
    const [from, to] = blocks.at(-1) ?? [0, 0]
    for (const end of [from + 1, from + 30, to - 1]) {
      const run = await sandbox.source({ config, files: files(file.slice(0, end)) })
      assert.deepEqual(ids(run), range(0, 40 - countIn(file, blocks, blocks.length - 1)))
      assert.lengthOf(run.deadLetters, 1)
      assert.include(run.deadLetters[0]?.message, `films.avro@${from}: `)
      assert.isTrue(run.ended)
    }
  })

  it("rejects a block that inflates without end, and goes on", async () => {
    const numbers = { type: "record", name: "N", fields: [{ name: "id", type: "int" }] }
    const bomb = deflateRawSync(new Uint8Array(64 * 1024 * 1024))
    const file = container(numbers, "deflate", [
      [1, deflateRawSync(Uint8Array.of(2))],
      [64 * 1024 * 1024, bomb],
      [1, deflateRawSync(Uint8Array.of(4))]
    ])
    const run = await sandbox.source({ config: { ...config, schema: numbers }, files: files(file) })
    assert.deepEqual(ids(run), [1, 2])
    assert.lengthOf(run.deadLetters, 1)
    assert.match(run.deadLetters[0]?.message ?? "", /more than 16777216 bytes when it is inflated/)
  })

  it("rejects counts and sizes that no block can have", async () => {
    const empty = { type: "record", name: "N", fields: [] }
    const one = { type: "record", name: "N", fields: [{ name: "id", type: "int", default: 0 }] }
    const cases: readonly (readonly [object, number, Uint8Array, RegExp, number])[] = [
      [empty, 2 ** 50, new Uint8Array(), /says it has 1125899906842624 records/, 0],
      [empty, -1, new Uint8Array(), /no sensible count and size/, 0],
      [one, 3, Uint8Array.of(2), /the 2 records from here to its block's end are lost/, 1],
      [one, 1, Uint8Array.of(2, 2), /1 bytes after its last record/, 1],
      [one, 1, new Uint8Array(10).fill(255), /the 1 records from here/, 0]
    ]
    for (const [written, count, data, message, records] of cases) {
      const file = container(written, "null", [[count, data]])
      const run = await sandbox.source({ config: { ...config, schema: one }, files: files(file) })
      assert.lengthOf(run.values, records, String(message))
      assert.match(run.deadLetters[0]?.message ?? "", message)
      assert.isTrue(run.ended)
    }
  })

  it("says what a file is not", async () => {
    const whole = await avscFile(schema, films.slice(0, 2))
    const other = await avscFile({ ...schema, fields: fields.slice(0, 1) }, [{ id: 1 }])
    const cases: readonly (readonly [Uint8Array, RegExp])[] = [
      [new TextEncoder().encode('{"id":1}\n'), /films\.avro: it does not begin as an Avro container/],
      [new Uint8Array(), /does not begin/],
      [whole.slice(0, 40), /ends inside its header/],
      [container(schema, "snappy", []), /compressed with "snappy": write it with the codec null or deflate/],
      [container({ type: "record", name: "R" }, "null", []), /its schema cannot be read/],
      [container("int", "null", []), /values of type int, and no records/],
      [other, /cannot be read as the node's schema says: .*title/]
    ]
    for (const [file, message] of cases) {
      assert.match(await refusal(sandbox.source({ config, files: files(file) })), message)
    }
  })

  it("does not go on in another file of the same name", async () => {
    const file = await avscFile(schema, films.slice(0, 30))
    const first = await sandbox.source({ config, files: files(file), maxRecords: 5, maxReads: 1 })
    const other = file.slice()
    for (let at = 0; at + 16 <= other.length; at++) {
      if (other.subarray(at, at + 16).every((byte) => byte === 0xa5)) other.fill(0x5a, at, at + 16)
    }
    const run = forgetful.source({ config, files: files(other), positions: first.positions })
    assert.match(await refusal(run), /another file than the one that was being read/)
  })

  it("is refused for options that only text has", async () => {
    const fieldsOf = (field: object) => ({ path: "f", format: "avro", record: "R", fields: { id: field } })
    const run = (given: object) => sandbox.source({ config: given, files: files(new Uint8Array()) })
    assert.match(await refusal(run(fieldsOf({ type: "int", coerce: true }))), /leave coerce out/)
    assert.match(await refusal(run(fieldsOf({ type: "date", format: "yyyy" }))), /leave format out/)
    assert.match(await refusal(run(fieldsOf({ type: "int", from: "a b" }))), /a b/)
  })
})

/** A file of blocks as they are given: what no writer would write. */
const container = (
  schemaJson: unknown,
  codec: string,
  blocks: readonly (readonly [count: number, data: Uint8Array])[]
): Uint8Array => {
  const sink = new ByteSink(1 << 24, 64)
  const writer = new ContainerWriter()
  writer.header(sink, JSON.stringify(schemaJson), codec, sync)
  for (const [count, data] of blocks) writer.block(sink, count, data, sync)
  return sink.toBytes()
}

/** Where each block of a file begins and ends; the marker is of no other use in these files. */
const blocksOf = (file: Uint8Array): readonly (readonly [from: number, to: number])[] => {
  const ends: number[] = []
  const buffer = Buffer.from(file)
  for (let at = buffer.indexOf(sync); at >= 0; at = buffer.indexOf(sync, at + 16)) ends.push(at + 16)
  return ends.slice(1).map((end, index) => [ends[index] ?? 0, end])
}

/** A block's count, which is its first varint. */
const countIn = (file: Uint8Array, blocks: ReturnType<typeof blocksOf>, index: number): number =>
  (file[blocks[index]?.[0] ?? 0] ?? 0) >> 1

const isDeepEqual = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)
