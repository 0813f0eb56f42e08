import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const base = { brokers: "127.0.0.1:9092", topic: "orders" }
const json = {
  ...base,
  format: "json",
  record: "shop.Order",
  fields: { id: { type: "long" }, note: { type: "string", nullable: true } },
  key: { fields: ["id"], format: "long" }
}
const lines = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("")
const bytes = (...values: readonly number[]) => ({ base64: Buffer.from(values).toString("base64") })
const long = (value: number) => bytes(0, 0, 0, 0, 0, 0, 0, value)
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe("the source of topics", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())
  const run = (config: object, files: { readonly [partition: string]: string }, more: object = {}) =>
    sandbox.source({ plugin: "kafka-source", config, files: { topic: files }, ...more })
  const problem = (config: object): Promise<string> =>
    run(config, { "0": "" }).then(
      () => "it plans",
      (error: unknown) => String(error instanceof Error ? error.message : error)
    )

  it("reads objects, with times, headers, and deletes by the topic's key", async () => {
    const found = await run(json, {
      "0": lines(
        { key: long(7), value: { id: 7, more: 1 }, timestamp: 1_000, headers: { who: "web" } },
        { key: long(7), value: null, timestamp: 2_000 }
      )
    })
    assert.deepEqual(found.deadLetters, [])
    assert.deepEqual(found.values, [{ id: 7, note: null }, null])
    const [kept, deleted] = found.records
    assert.deepEqual(deleted?.key, kept?.key)
    assert.deepEqual(deleted?.key, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7))
    assert.deepEqual(
      found.records.map(({ timestamp }) => timestamp),
      [1_000, 2_000]
    )
    assert.deepEqual(kept?.headers[0], ["who", text("web")])
  })

  it("reads Avro by the schema whose id stands before it", async () => {
    const config = { ...json, format: "avro", key: undefined, registry: { url: "https://registry.example" } }
    const schema = { type: "record", name: "shop.Order", fields: [{ name: "id", type: "long" }] }
    const topic = { "0": lines({ value: bytes(0, 0, 0, 1, 2, 14) }, { value: "no Avro" }) }
    const reply = { body: { schema: JSON.stringify(schema) } }
    const http = { registry: [{ request: { url: "*/schemas/ids/258" }, reply }] }
    const found = await run(config, topic, { http })
    assert.deepEqual(
      found.values.map((value) => ({ ...Object(value) })),
      [{ id: 7, note: null }]
    )
    assert.match(found.deadLetters[0]?.message ?? "", /^orders\/0@1: KAFKA_NO_SCHEMA_ID/)
  })

  it("sets aside what does not fit, with its place, a code and its text, and goes on", async () => {
    const found = await run(json, {
      "0": lines(
        { key: long(1), value: "{ no JSON" },
        { key: long(1), value: bytes(0xff) },
        { key: long(1), value: { note: "x" } },
        { key: long(1), value: { id: "one" } },
        { key: "short", value: null },
        { value: null },
        { key: long(2), value: { id: 2 } }
      )
    })
    assert.lengthOf(found.values, 1)
    assert.deepEqual(
      found.deadLetters.map(({ message }) => message),
      [
        "orders/0@0: KAFKA_NOT_JSON: the value is no JSON",
        "orders/0@1: KAFKA_NOT_UTF8: the value is no text in UTF-8",
        "orders/0@2: KAFKA_VALUE_MISFIT: at id: is missing",
        "orders/0@3: KAFKA_VALUE_MISFIT: at id: expected a whole number within ±(2^53-1), got a string",
        "orders/0@4: KAFKA_KEY_MISFIT: the key has 5 bytes, and a long has 8",
        "orders/0@5: KAFKA_TOMBSTONE: a delete without a key deletes nothing"
      ]
    )
    assert.strictEqual(found.deadLetters[0]?.raw, "{ no JSON")
  })

  it("reads text and bytes, and adds the key and the headers as fields", async () => {
    const topic = { "0": lines({ key: "k", value: "v", headers: { a: "1" } }, { value: "w" }) }
    const strings = {
      ...base,
      format: "string",
      key: { fields: ["host"], nullable: true },
      headers: { field: "meta" }
    }
    assert.deepEqual((await run(strings, topic)).values, [
      { host: "k", value: "v", meta: { a: "1" } },
      { host: null, value: "w", meta: {} }
    ])
    const raw = { ...base, format: "raw", valueField: "body" }
    assert.deepEqual((await run(raw, topic)).values, [{ body: text("v") }, { body: text("w") }])
    const strict = { ...strings, key: { fields: ["host"] } }
    assert.deepEqual(
      (await run(strict, topic)).deadLetters.map(({ message }) => message.slice(0, 29)),
      ["orders/0@1: KAFKA_KEY_MISFIT:"]
    )
  })

  it("takes several fields of a key out of JSON", async () => {
    const config = {
      ...base,
      format: "json",
      fields: { shop: { type: "string" }, n: { type: "int" }, total: { type: "double" } },
      key: { fields: ["shop", "n"], format: "json" }
    }
    const key = '{"shop":"a","n":1}'
    const found = await run(config, {
      "0": lines({ key, value: { shop: "a", n: 1, total: 2 } }, { key, value: null })
    })
    assert.deepEqual(found.records[0]?.key, found.records[1]?.key)
    assert.strictEqual(found.values[1], null)
  })

  it("passes deletes over, or sets them aside, as the config says", async () => {
    const topic = { "0": lines({ key: long(1), value: null }) }
    assert.lengthOf((await run({ ...json, tombstones: "skip" }, topic)).records, 0)
    assert.lengthOf((await run({ ...json, tombstones: "dead-letter" }, topic)).deadLetters, 1)
    const { key: _, ...keyless } = json
    assert.match((await run(keyless, topic)).deadLetters[0]?.message ?? "", /KAFKA_TOMBSTONE/)
  })

  it("begins where the config says, and goes on at its position", async () => {
    const topic = {
      "0": lines(
        { value: "a", timestamp: 1_767_225_600_000 },
        { value: "b", timestamp: 1_767_312_000_000 },
        { value: "c", timestamp: 1_767_398_400_000 }
      )
    }
    const strings = { ...base, format: "string" }
    const values = async (config: object, more: object = {}) =>
      (await run({ ...strings, ...config }, topic, more)).values.map((value) => Object(value).value)
    assert.deepEqual(await values({ start: "2026-01-02" }), ["b", "c"])
    assert.deepEqual(await values({ start: "latest" }), [])
    assert.deepEqual(await values({}, { positions: { "0": { offset: "2" } } }), ["c"])
    const { positions } = await run(strings, topic)
    assert.deepEqual(positions, { "0": { offset: "3" } })
  })

  it("says when records were dropped before it read them", async () => {
    const topic = { "0": lines({ value: "left", offset: 9 }) }
    const strings = { ...base, format: "string" }
    const positions = { positions: { "0": { offset: "3" } } }
    const lost = await run(strings, topic, positions).then(
      () => "it reads",
      (error: unknown) => String(Object(error).tag)
    )
    assert.strictEqual(lost, "OffsetDroppedError")
    const going = await run({ ...strings, onDropped: "earliest" }, topic, positions)
    assert.lengthOf(going.values, 1)
  })

  it("refuses a config whose parts do not go together, and says where", async () => {
    assert.match(await problem({ ...base, format: "json" }), /give fields, or schema/)
    assert.match(await problem({ ...base, format: "string", fields: { a: { type: "int" } } }), /is one field/)
    assert.match(await problem({ ...json, key: { fields: ["no"], format: "json" } }), /there is no field no/)
    assert.match(await problem({ ...json, key: { fields: ["id", "note"] } }), /is one field/)
    assert.match(await problem({ ...base, format: "string", tombstones: "delete" }), /a delete has a key/)
    assert.match(
      await problem({ ...base, format: "string", brokers: "http://x" }),
      /no address of a Kafka broker/
    )
  })
})
