import { ByteSink, datumWriter } from "@millrace/sdk"
import { parseAvroOrThrow, schemaIdPrefix } from "@millrace/sdk/avro"
import { type FakeRoute, openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const url = "https://registry.example/api"
const base = {
  brokers: "127.0.0.1:9092",
  topic: "orders",
  format: "avro",
  registry: { url, auth: { user: "millrace", secret: "REGISTRY" } },
  fields: { id: { type: "long" }, note: { type: "string", nullable: true } },
  key: { fields: ["id"], format: "avro" }
}

const order = {
  type: "record",
  name: "shop.Order",
  fields: [
    { name: "id", type: "int" },
    { name: "more", type: "string" },
    { name: "note", type: "string" }
  ]
}
const older = { ...order, fields: order.fields.slice(0, 1) }
const orderKey = { type: "record", name: "shop.Key", fields: [{ name: "id", type: "int" }] }

/** Avro behind an id, as a topic's file has it. */
const avro = (id: number, schema: unknown, value: unknown) => {
  const sink = new ByteSink(1_000, 100)
  datumWriter(parseAvroOrThrow(schema)).write(value, sink)
  return {
    base64: Buffer.concat([schemaIdPrefix(id), sink.bytes.subarray(0, sink.length)]).toString("base64")
  }
}
const kept = (id: number, schema: unknown, rest: object = {}): FakeRoute => ({
  request: { method: "GET", url: `*/api/schemas/ids/${id}` },
  reply: { body: { schema: JSON.stringify(schema), ...rest } }
})
const version = (subject: string, schema: unknown, references: readonly object[] = []): FakeRoute => ({
  request: { url: `*/api/subjects/${subject}/versions/1?deleted=true` },
  reply: { body: { subject, version: 1, id: 1, schema: JSON.stringify(schema), references } }
})
const refused = (status: number, body: unknown): FakeRoute => ({ reply: { status, body } })
const unknownSchema = refused(404, { error_code: 40403, message: "Schema not found" })
const lines = (...records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("")

describe("the source of topics in Avro", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("../index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())
  const run = async (records: readonly object[], routes: readonly FakeRoute[], config: object = {}) => {
    const found = await sandbox.source({
      plugin: "kafka-source",
      config: { ...base, ...config },
      files: { topic: { "0": lines(...records) } },
      http: { registry: routes }
    })
    return {
      ...found,
      rows: found.values.map((value) => (value === null ? null : { ...Object(value) })),
      letters: found.deadLetters.map(({ message }) => message),
      requests: found.node.host.requests
    }
  }
  const failure = (routes: readonly FakeRoute[], config: object = {}) =>
    run([{ value: avro(1, older, { id: 1 }) }], routes, config).then(
      () => ({ tag: "none", message: "it reads" }),
      (error: unknown) => ({
        tag: String(Object(error).tag),
        message: String(Object(error).message)
      })
    )

  it("reads by each record's schema, of which it asks once, and deletes by the key's", async () => {
    const found = await run(
      [
        { key: avro(3, orderKey, { id: 7 }), value: avro(1, order, { id: 7, more: "x", note: "n" }) },
        { key: avro(3, orderKey, { id: 8 }), value: avro(2, older, { id: 8 }) },
        { key: avro(3, orderKey, { id: 7 }), value: null }
      ],
      [kept(1, order), kept(2, older), kept(3, orderKey)]
    )
    assert.deepEqual(found.letters, [])
    assert.deepEqual(found.rows, [{ id: 7, note: "n" }, { id: 8, note: null }, null])
    assert.deepEqual(found.records[2]?.key, found.records[0]?.key)
    assert.deepEqual(
      found.requests.map((request) => request.url),
      [1, 2, 3].map((id) => `${url}/schemas/ids/${id}`)
    )
    assert.strictEqual(found.requests[0]?.auth, "REGISTRY")
  })

  it("adds what only keys have, a record's fields or one value", async () => {
    const value = avro(2, older, { id: 8 })
    const key = { fields: ["tenant", "n"], format: "avro", types: { tenant: "string", n: "long" } }
    const pair = {
      type: "record",
      name: "K",
      fields: [
        { name: "n", type: "int" },
        { name: "tenant", type: "string" }
      ]
    }
    const routes = [kept(2, older), kept(4, pair), kept(5, "string")]
    const two = await run([{ key: avro(4, pair, { n: 1, tenant: "t" }), value }], routes, { key })
    assert.deepEqual(two.rows, [{ tenant: "t", n: 1, id: 8, note: null }])
    const one = { key: { fields: ["host"], format: "avro", nullable: true } }
    const found = await run([{ key: avro(5, "string", "h"), value }, { value }], routes, one)
    assert.deepEqual(
      found.rows.map((row) => row?.host),
      ["h", null]
    )
  })

  it("resolves what a schema refers to, through several of them", async () => {
    const film = {
      type: "record",
      name: "studio.Film",
      fields: [
        { name: "id", type: "long" },
        { name: "by", type: "studio.Person" }
      ]
    }
    const person = {
      type: "record",
      name: "studio.Person",
      fields: [
        { name: "name", type: "string" },
        { name: "city", type: "studio.City" }
      ]
    }
    const city = { type: "enum", name: "studio.City", symbols: ["PARIS", "ROMA"] }
    const whole = {
      ...film,
      fields: [
        film.fields[0],
        { name: "by", type: { ...person, fields: [person.fields[0], { name: "city", type: city }] } }
      ]
    }
    const to = (subject: string) => [{ name: "any", subject, version: 1 }]
    const found = await run(
      [{ value: avro(9, whole, { id: 1, by: { name: "Varda", city: "PARIS" } }) }],
      [
        kept(9, film, { references: to("person") }),
        version("person", person, to("city")),
        version("city", city)
      ],
      { fields: undefined, schema: whole, key: undefined }
    )
    assert.deepEqual(found.letters, [])
    assert.deepEqual(JSON.parse(JSON.stringify(found.rows)), [
      { id: 1, by: { name: "Varda", city: "PARIS" } }
    ])
  })

  it("sets aside what it cannot read, with a code and its bytes, and goes on", async () => {
    const whole = avro(2, older, { id: 8 })
    const cut = { base64: Buffer.from([0, 0, 0, 0, 1, 2]).toString("base64") }
    const found = await run(
      [
        { value: "no Avro" },
        { value: { base64: "AAA=" } },
        { value: avro(6, older, { id: 1 }) },
        { value: avro(7, "string", "x") },
        { value: avro(8, older, { id: 1 }) },
        { value: cut },
        { value: { base64: `${whole.base64.replaceAll("=", "")}AA` } },
        { value: null, key: "k" },
        { value: whole }
      ],
      [kept(1, order), kept(2, older), kept(7, "string"), kept(8, {}, { schemaType: "JSON" }), unknownSchema]
    )
    assert.deepEqual(
      found.letters.map((message) => message.replace(/^orders\/0@\d: /, "")),
      [
        "KAFKA_NO_SCHEMA_ID: the value does not begin with a zero and the id of a schema, 5 bytes",
        "KAFKA_NO_SCHEMA_ID: the value does not begin with a zero and the id of a schema, 5 bytes",
        "KAFKA_SCHEMA_UNKNOWN: the registry has no schema 6",
        "KAFKA_SCHEMA_MISFIT: schema 7 of the value: string cannot be read as record kafka.Record",
        "KAFKA_SCHEMA_MISFIT: schema 8 of the value: it is one of JSON, not of Avro",
        "KAFKA_VALUE_MISFIT: the value, of schema 1: at more: the bytes end within the value",
        "KAFKA_VALUE_MISFIT: the value, of schema 2: 1 bytes after the value",
        "KAFKA_NO_SCHEMA_ID: the key does not begin with a zero and the id of a schema, 5 bytes"
      ]
    )
    assert.strictEqual(found.deadLetters[5]?.raw, cut.base64)
    assert.deepEqual(found.rows, [{ id: 8, note: null }])
  })

  it("takes values of another name only where the config names no record", async () => {
    const record = { value: avro(2, older, { id: 8 }) }
    const named = await run([record], [kept(2, older)], { record: "shop.Refund" })
    assert.match(named.letters[0] ?? "", /KAFKA_SCHEMA_MISFIT: .*shop\.Refund has neither the name/)
    assert.lengthOf((await run([record], [kept(2, older)], { record: "shop.Order" })).rows, 1)
  })

  it("makes no dead letters of what the registry does not answer", async () => {
    assert.include(await failure([refused(500, { error_code: 50001, message: "the store is down" })]), {
      tag: "SchemaRegistryError",
      message:
        "SchemaRegistryError: REGISTRY_UNAVAILABLE: schema 1: the schema registry answered 500, the store is down"
    })
    assert.include(await failure([{ failure: "CONNECTION_FAILED" }]), { tag: "HttpError" })
    const closed = await failure([refused(401, { error_code: 401, message: "Unauthorized" })])
    assert.include(closed, { tag: "SchemaRegistryError" })
    assert.match(closed.message, /REGISTRY_NOT_AUTHORIZED.*401, Unauthorized/)
    // Something on the way that knows no such path must not make dead letters of a whole topic.
    const elsewhere = await failure([refused(404, "<html>not here</html>")])
    assert.match(elsewhere.message, /REGISTRY_REFUSED.*404, <html>/)
    const proxy = await failure([refused(200, "<html>log in</html>")])
    assert.include(proxy, { tag: "HttpError" })
  })

  it("refuses a config whose parts do not go together, and says where", async () => {
    const problem = async (config: object) => (await failure([], config)).message
    assert.match(await problem({ registry: undefined }), /in a registry: give registry.url/)
    assert.match(await problem({ format: "json", key: undefined }), /only avro asks a registry/)
    const key = { fields: ["id", "host"], format: "avro" }
    assert.match(await problem({ key }), /no field host.*give its type in key.types/)
    assert.match(
      await problem({ key: { ...key, types: { host: "string", port: "int" } } }),
      /port is none of/
    )
    assert.match(
      await problem({ key: { fields: ["id"], types: { id: "int" } } }),
      /a key of string has its type/
    )
  })
})
