import { parseAvroOrThrow, schemaHash } from "@millrace/sdk/avro"
import { compileValue } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, ByteSink } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { EditFault, editRecord } from "./edit-record.ts"

const schema = JSON.stringify({
  type: "record",
  name: "Order",
  fields: [
    { name: "id", type: "string" },
    { name: "amount", type: "double" },
    { name: "card", type: ["null", "bytes", "string"], "millrace.sensitive": true },
    { name: "items", type: { type: "array", items: "int" } }
  ]
})
const type = parseAvroOrThrow(schema)
const codec = compileValue(type)
const key = new TextEncoder().encode("o1")
const trace = new TextEncoder().encode("t")

const frameOf = (value: unknown): Uint8Array => {
  const sink = new ByteSink(1_000_000, 64)
  if (value !== null) codec.write(value, sink)
  const writer = new BatchWriter()
  writer.begin(schemaHash(type), 1_000)
  writer.append(
    { timestamp: 1_234, watermark: 1_100, key, headers: [["trace", trace]] },
    value === null ? null : sink.toBytes()
  )
  return writer.finish()
}

const order = { id: "o1", amount: -1, card: Uint8Array.of(1, 2), items: [1, 2] }

const faultOf = (edits: { readonly [field: string]: unknown }, value: unknown = order): EditFault => {
  try {
    editRecord(frameOf(value), schema, edits)
  } catch (error) {
    if (error instanceof EditFault) return error
    throw error
  }
  throw new Error("it was taken")
}

describe("an edited record", () => {
  const edited = editRecord(frameOf(order), schema, { amount: 12.5, items: [] })
  const cursor = new BatchCursor(edited)
  cursor.next()

  it("has the new values, and the others as they were, sensitive ones of an ambiguous union too", () => {
    assert.deepEqual(codec.read(edited, cursor.valueStart, cursor.valueEnd), {
      ...order,
      amount: 12.5,
      items: []
    })
  })

  it("keeps schema, key, headers, timestamp and watermark", () => {
    assert.deepEqual(cursor.header.schemaHash, schemaHash(type))
    assert.deepEqual(cursor.key(), key)
    assert.deepEqual(cursor.headers(), [["trace", trace]])
    assert.equal(cursor.timestamp, 1_234)
    assert.equal(cursor.watermark, 1_100)
    assert.isFalse(cursor.next())
  })

  it("is refused with the field where a value is of another type", () => {
    assert.equal(faultOf({ id: "o2", amount: "much" }).field, "amount")
  })

  it("is refused with the fields that there are where one is unknown", () => {
    const fault = faultOf({ amont: 1 })
    assert.equal(fault.field, "amont")
    assert.include(fault.message, "id, amount, card, items")
  })

  it("is refused where the record is a delete", () => {
    assert.include(faultOf({ amount: 1 }, null).message, "delete")
  })
})
