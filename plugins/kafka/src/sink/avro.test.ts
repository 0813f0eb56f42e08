import { datumReader } from "@millrace/sdk"
import { parseAvroOrThrow, schemaIdAt, schemaIdLength } from "@millrace/sdk/avro"
import { type FakeRoute, openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const config = {
  brokers: "127.0.0.1:9092",
  topic: "shop.orders",
  format: "avro",
  registry: { url: "https://registry.example", auth: { secret: "REGISTRY" } }
}
const schema = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: ["null", "long"] },
    { name: "day", type: { type: "int", logicalType: "date" } },
    { name: "meta", type: { type: "map", values: "string" } }
  ]
}
const order = { id: 7, day: 1, meta: { from: "web" } }
const withoutMeta = { ...schema, fields: schema.fields.slice(0, 2) }

const registered = (subject: string, id: number): FakeRoute => ({
  request: { method: "POST", url: `*/subjects/shop.orders-${subject}/versions` },
  reply: { body: { id } }
})
const latest = (subject: string, id: number, type: unknown): FakeRoute => ({
  request: { method: "GET", url: `*/subjects/shop.orders-${subject}/versions/latest` },
  reply: { body: { subject: `shop.orders-${subject}`, version: 3, id, schema: JSON.stringify(type) } }
})

describe("the sink of topics in Avro", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  const write = async (
    records: readonly (object | null)[],
    routes: readonly FakeRoute[],
    more: object = {}
  ) => {
    const found = await sandbox.sink({
      plugin: "kafka-sink",
      config: { ...config, ...more },
      now: 86_400_000,
      files: { topic: { "0": "" } },
      input: { schema, key: ["id"], values: records },
      http: { registry: routes }
    })
    const topic = new TextDecoder().decode(found.files["topic"]?.["0"] ?? new Uint8Array())
    return {
      written: topic
        .split("\n")
        .filter((line) => line !== "")
        .map((line): { readonly key: unknown; readonly value: unknown } => JSON.parse(line)),
      letters: found.deadLetters.map(({ message }) => message),
      requests: found.node.host.requests
    }
  }
  const failure = (routes: readonly FakeRoute[], more: object = {}): Promise<string> =>
    write([order], routes, more).then(
      () => "it writes",
      (error: unknown) => `${Object(error).tag} ${Object(error).message}`
    )
  /** The id, and what Avro it is. */
  const avro = (given: unknown, type: unknown): readonly [number, unknown] => {
    const { base64 } = Object(given)
    const bytes = Uint8Array.from(
      typeof given === "string" ? Buffer.from(given) : Buffer.from(base64, "base64")
    )
    const parsed = parseAvroOrThrow(type)
    const read = datumReader(parsed, parsed).read(bytes, schemaIdLength, bytes.length)
    return [schemaIdAt(bytes, 0), JSON.parse(JSON.stringify(read))]
  }

  it("registers the stream's schema and the key's, and writes behind their ids", async () => {
    const { letters, requests, written } = await write(
      [order, null],
      [registered("value", 11), registered("key", 12)],
      { headers: { field: "meta" }, key: { fields: ["id"], format: "avro" } }
    )
    assert.deepEqual(letters, [])
    assert.deepEqual(avro(written[0]?.value, withoutMeta), [11, { id: 7, day: 1 }])
    assert.deepEqual(avro(written[0]?.key, "long"), [12, 7])
    assert.strictEqual(written[1]?.key, null)
    assert.deepEqual(
      requests.map(({ auth, body, headers }) => [
        auth,
        JSON.parse(Object(body).schema),
        headers["content-type"]
      ]),
      [
        ["REGISTRY", withoutMeta, "application/vnd.schemaregistry.v1+json"],
        ["REGISTRY", "long", "application/vnd.schemaregistry.v1+json"]
      ]
    )
  })

  it("writes with the latest schemas that the subjects have", async () => {
    const value = {
      type: "record",
      name: "other.Visit",
      fields: [
        { name: "note", type: "string", default: "none" },
        { name: "id", type: ["null", "long", "string"] }
      ]
    }
    const key = { type: "record", name: "K", fields: [{ name: "id", type: "long" }] }
    const more = { schemas: "latest", key: { fields: ["id"], format: "avro" } }
    const routes = [latest("value", 5, value), latest("key", 6, key)]
    const { letters, written } = await write([order, { ...order, id: null }], routes, more)
    assert.deepEqual(avro(written[0]?.value, value), [5, { note: "none", id: 7 }])
    assert.deepEqual(avro(written[0]?.key, key), [6, { id: 7 }])
    assert.lengthOf(written, 1)
    assert.match(
      letters[0] ?? "",
      /KAFKA_VALUE_REFUSED: schema 6 of subject shop\.orders-key does not take it/
    )
  })

  it("says what the registry refuses, and why", async () => {
    const refused = (status: number, body: unknown) => failure([{ reply: { status, body } }])
    const clash = "Schema being registered is incompatible with an earlier schema"
    assert.include(
      await refused(409, { error_code: 40901, message: clash }),
      `SchemaRegistryError SchemaRegistryError: REGISTRY_INCOMPATIBLE: a schema for subject shop.orders-value: the schema registry answered 409, ${clash}`
    )
    assert.match(await refused(403, { message: "no" }), /REGISTRY_NOT_AUTHORIZED/)
    assert.match(await refused(503, { message: "no" }), /REGISTRY_UNAVAILABLE/)
    const none = { reply: { status: 404, body: { error_code: 40401, message: "Subject not found" } } }
    assert.match(await failure([none], { schemas: "latest" }), /REGISTRY_SUBJECT_MISSING/)
    const wants = { ...schema, fields: [{ name: "total", type: "double" }] }
    assert.match(
      await failure([latest("value", 1, wants)], { schemas: "latest" }),
      /REGISTRY_SCHEMA_MISFIT: .*no field total/
    )
    assert.match(await failure([], { registry: undefined }), /give registry\.url/)
    assert.match(
      await failure([], { format: "json", registry: undefined, schemas: "latest" }),
      /only avro has schemas/
    )
  })
})
