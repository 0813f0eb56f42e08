import { BatchWriter } from "@millrace/sdk/record"
import { compileWriter } from "@millrace/sdk/codec"
import { parseAvroOrThrow, schemaHash } from "@millrace/sdk/avro"
import { ByteSink } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { makeRecordViewer } from "./record-view.ts"

const schema = JSON.stringify({
  type: "record",
  name: "shop.Customer",
  fields: [
    { name: "id", type: "string" },
    { name: "card", type: ["null", "string"], "millrace.sensitive": true },
    {
      name: "addresses",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Address",
          fields: [{ name: "street", type: "string", "millrace.sensitive": true }]
        }
      }
    }
  ]
})
const type = parseAvroOrThrow(schema)

const valueOf = (value: unknown): Uint8Array => {
  const sink = new ByteSink(1_000, 100)
  compileWriter(type).write(value, sink)
  return sink.toBytes()
}

const frameOf = (values: readonly (Uint8Array | null)[]): Uint8Array => {
  const writer = new BatchWriter()
  writer.begin(schemaHash(type))
  for (const value of values) writer.append({ timestamp: 1_000, key: new TextEncoder().encode("k") }, value)
  return writer.finish()
}

const place = { topic: "crm", partition: 2, baseOffset: 40n, from: 0n, limit: 10 }
const ada = { id: "a", card: "4000", addresses: [{ street: "Mill Road" }] }

describe("records for people", () => {
  it("masks sensitive fields at any depth and leaves the others", () => {
    const [record] = makeRecordViewer().view(place, frameOf([valueOf(ada)]), schema)
    assert.deepStrictEqual(record?.value, { id: "a", card: "•••", addresses: [{ street: "•••" }] })
  })

  it("says where each record stands and what it was written as", () => {
    const [, second] = makeRecordViewer().view(place, frameOf([valueOf(ada), null]), schema)
    assert.deepStrictEqual(second, {
      topic: "crm",
      partition: 2,
      offset: "41",
      timestamp: 1_000,
      key: "k",
      headers: {},
      value: null,
      schema: "shop.Customer"
    })
  })

  it("leaves out what comes before the offset asked for, and stops at the limit", () => {
    const frame = frameOf([valueOf(ada), valueOf(ada), valueOf(ada)])
    const views = makeRecordViewer().view({ ...place, from: 41n, limit: 1 }, frame, schema)
    assert.deepStrictEqual(
      views.map(({ offset }) => offset),
      ["41"]
    )
  })

  it("shows bytes that do not decode as what they are", () => {
    const [record] = makeRecordViewer().view(place, frameOf([new Uint8Array([200])]), schema)
    assert.deepStrictEqual(record?.value, { "millrace.undecodable": "yA==" })
  })
})
