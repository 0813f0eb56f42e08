import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { schemaArbitrary, valueArbitrary } from "../avro/testing/arbitrary.ts"
import type { AvroType } from "../avro/type.ts"
import { datumWriter } from "./datum/datum.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { fromPlainJson } from "./from-plain-json.ts"
import { plainJson } from "./plain-json.ts"
import { CodecFault } from "./runtime-fault.ts"

const read = (type: unknown, json: unknown): unknown => fromPlainJson(parseAvroOrThrow(type))(json)

const faultOf = (type: unknown, json: unknown): string => {
  try {
    read(type, json)
    return "it fits"
  } catch (error) {
    return error instanceof CodecFault ? error.message : String(error)
  }
}

const record = (...fields: readonly object[]) => ({ type: "record", name: "R", fields })

/** JSON does not tell the branches of a union apart, but for null. */
const isClear = (type: AvroType, seen: Set<AvroType> = new Set()): boolean => {
  if (seen.has(type)) return true
  seen.add(type)
  if (type.kind === "union")
    return (
      type.branches.filter(({ kind }) => kind !== "null").length < 2 &&
      type.branches.every((each) => isClear(each, seen))
    )
  if (type.kind === "record") return type.fields.every((field) => isClear(field.type, seen))
  if (type.kind === "array") return isClear(type.items, seen)
  return type.kind !== "map" || isClear(type.values, seen)
}

const bytesOf = (type: AvroType, value: unknown): Uint8Array => {
  const sink = new ByteSink(16 * 1024 * 1024, 1024)
  datumWriter(type).write(value, sink)
  return sink.toBytes()
}

describe("values out of JSON of other programs", () => {
  it("takes what plainJson wrote", () => {
    const pair = schemaArbitrary()
      .filter((type) => isClear(type))
      .chain((type) => fc.tuple(fc.constant(type), valueArbitrary(type)))
    fc.assert(
      fc.property(pair, ([type, value]) => {
        const text = JSON.stringify(plainJson(type)(value))
        // Years beyond ISO's four digits have no text that is usual.
        fc.pre(text !== undefined && !/"[+-]\d{6}-/.test(text))
        const back = fromPlainJson(type)(JSON.parse(text))
        assert.strictEqual(JSON.stringify(plainJson(type)(back)), text)
        assert.isAbove(bytesOf(type, back).length, -1)
      }),
      { numRuns: 300 }
    )
  })

  it("takes dates and times as text or as numbers", () => {
    const millis = { type: "long", logicalType: "timestamp-millis" }
    assert.strictEqual(read({ type: "int", logicalType: "date" }, "1987-12-19"), 6_561)
    assert.strictEqual(read({ type: "int", logicalType: "date" }, 6_561), 6_561)
    assert.strictEqual(read(millis, "1970-01-01T01:00:01.001+01:00"), 1_001)
    assert.strictEqual(read(millis, 17), 17)
    assert.match(faultOf(millis, "1970-02-31"), /ISO 8601/)
    assert.match(faultOf(millis, "soon"), /ISO 8601/)
  })

  it("leaves out what it has no field for, and fills in what is absent", () => {
    const type = record(
      { name: "id", type: "long" },
      { name: "note", type: ["null", "string"] },
      { name: "count", type: "int", default: 3 }
    )
    assert.deepStrictEqual(read(type, { id: 1, more: [] }), { id: 1, note: null, count: undefined })
    assert.strictEqual(faultOf(type, { note: "x" }), "at id: is missing")
    assert.strictEqual(faultOf(type, { id: 1, note: 7 }), "at note: expected text, got the number 7")
    assert.match(faultOf(type, { id: 2 ** 53 }), /at id: expected a whole number/)
  })
})
