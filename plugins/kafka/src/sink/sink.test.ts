import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const base = { brokers: "127.0.0.1:9092", topic: "orders" }
const schema = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "string" },
    { name: "n", type: "long" },
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "body", type: ["null", "bytes"] },
    { name: "meta", type: { type: "map", values: "string" } }
  ]
}
const order = { id: "a", n: 1, day: 0, body: null, meta: { from: "web" } }
const day = 86_400_000

describe("the sink of topics", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const write = async (config: object, records: readonly object[], key: readonly string[] = ["id"]) => {
    const found = await sandbox.sink({
      plugin: "kafka-sink",
      config: { ...base, ...config },
      now: day,
      files: { topic: { "0": "" } },
      input: { schema, key, values: records }
    })
    const topic = found.files["topic"]?.["0"] ?? new Uint8Array()
    const written = new TextDecoder()
      .decode(topic)
      .split("\n")
      .filter((line) => line !== "")
    return {
      records: written.map((line): { readonly [name: string]: unknown } => JSON.parse(line)),
      letters: found.deadLetters.map(({ message }) => message)
    }
  }

  it("writes objects of JSON, the record's key, and its time", async () => {
    const { letters, records } = await write({ format: "json" }, [order])
    assert.deepEqual(letters, [])
    assert.deepEqual(records, [
      {
        offset: 0,
        timestamp: 0,
        key: "a",
        value: '{"id":"a","n":1,"day":"1970-01-01","body":null,"meta":{"from":"web"}}',
        headers: {}
      }
    ])
  })

  it("makes keys and headers of fields", async () => {
    const config = {
      format: "json",
      headers: { field: "meta" },
      key: { fields: ["id", "n"], format: "json" }
    }
    const { records } = await write({ ...config, tombstones: "skip" }, [order])
    assert.strictEqual(records[0]?.["key"], '{"id":"a","n":1}')
    assert.strictEqual(records[0]?.["value"], '{"id":"a","n":1,"day":"1970-01-01","body":null}')
    assert.deepEqual(records[0]?.["headers"], { from: "web" })
    const one = await write({ format: "json", key: { fields: ["n"] } }, [order], ["n"])
    assert.strictEqual(one.records[0]?.["key"], "1")
    assert.strictEqual((await write({ format: "json", key: "none" }, [order])).records[0]?.["key"], null)
  })

  it("writes a field's text or bytes, and null as a record without a value", async () => {
    const text = await write({ format: "string", valueField: "id", idHeader: "record" }, [order])
    assert.strictEqual(text.records[0]?.["value"], "a")
    assert.property(text.records[0]?.["headers"], "record")
    const raw = await write({ format: "raw", valueField: "body" }, [
      order,
      { ...order, body: new Uint8Array([65]) }
    ])
    assert.deepEqual(
      raw.records.map(({ value }) => value),
      [null, "A"]
    )
  })

  it("sets aside what a topic would refuse", async () => {
    const large = await write({ format: "json", maxBytes: 40 }, [order])
    assert.match(large.letters[0] ?? "", /KAFKA_RECORD_TOO_LARGE: it has \d+ bytes/)
    assert.lengthOf(large.records, 0)
  })
})
