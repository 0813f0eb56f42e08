import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { schemaArbitrary, valueArbitrary } from "../avro/testing/arbitrary.ts"
import type { AvroType, Json } from "../avro/type.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { fromJsonValue, toJsonValue } from "./json-value.ts"
import { CodecFault } from "./runtime-fault.ts"

/** Bytes and text look the same in JSON, and so do maps and records: unions of both have another test. */
function isClear(type: AvroType, seen: Set<AvroType> = new Set()): boolean {
  if (seen.has(type)) return true
  seen.add(type)
  if (type.kind === "union") {
    const texts = type.branches.filter((each) => ["string", "bytes", "fixed", "enum"].includes(each.kind))
    const objects = type.branches.filter((each) => ["record", "map", "fixed"].includes(each.kind))
    const wide = type.branches.filter((each) => ["float", "double", "string", "enum"].includes(each.kind))
    return (
      Math.max(texts.length, objects.length, wide.length) < 2 &&
      type.branches.every((each) => isClear(each, seen))
    )
  }
  if (type.kind === "record") return type.fields.every((field) => isClear(field.type, seen))
  if (type.kind === "array") return isClear(type.items, seen)
  return type.kind !== "map" || isClear(type.values, seen)
}

const noMinusZero = (_: string, value: unknown) => (Object.is(value, -0) ? 0 : value)

describe("a value as JSON", () => {
  it("goes through JSON text and back", () => {
    const pair = schemaArbitrary()
      .filter((type) => isClear(type))
      .chain((type) => fc.tuple(fc.constant(type), valueArbitrary(type)))
    fc.assert(
      fc.property(pair, ([type, value]) => {
        const json: Json = JSON.parse(JSON.stringify(toJsonValue(type, value), noMinusZero))
        const back = toJsonValue(type, fromJsonValue(type, json))
        assert.deepStrictEqual(JSON.stringify(back, noMinusZero), JSON.stringify(json))
      }),
      { numRuns: 300 }
    )
  })

  it("writes bytes as base64, bigints as text and what is no number as a word", () => {
    const type = parseAvroOrThrow({
      type: "record",
      name: "R",
      fields: [
        { name: "b", type: "bytes" },
        { name: "l", type: { type: "long", "millrace.js": "bigint" } },
        { name: "d", type: "double" },
        { name: "m", type: { type: "map", values: "int" } }
      ]
    })
    const m: { [key: string]: number } = Object.create(null)
    m["__proto__"] = 1
    const value = { b: Uint8Array.of(1, 2, 255), l: 2n ** 60n, d: Number.NaN, m }
    const text = JSON.stringify(toJsonValue(type, value))
    assert.strictEqual(text, '{"b":"AQL/","l":"1152921504606846976","d":"NaN","m":{"__proto__":1}}')
    assert.deepStrictEqual(fromJsonValue(type, JSON.parse(text)), value)
  })

  it("names the field that does not fit", () => {
    const type = parseAvroOrThrow({
      type: "record",
      name: "R",
      fields: [
        {
          name: "lines",
          type: { type: "array", items: { type: "record", name: "L", fields: [{ name: "n", type: "int" }] } }
        }
      ]
    })
    const cases: readonly (readonly [Json, string])[] = [
      [{ lines: [{ n: 1 }, { n: "x" }] }, "at lines[1].n: expected a value of type int, got a string"],
      [{ lines: [{}] }, "at lines[0].n: is missing"],
      [{ lines: [{ n: 1, m: 2 }] }, 'at lines[0]: L has no field "m"']
    ]
    for (const [json, message] of cases) assert.throws(() => fromJsonValue(type, json), CodecFault, message)
  })

  it("keeps bytes through base64, and refuses what is none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = toBase64(bytes)
        assert.strictEqual(text, Buffer.from(bytes).toString("base64"))
        assert.deepStrictEqual(fromBase64(text), bytes)
      })
    )
    for (const text of ["A", "AA=", "AB==", "AAB=", "A===", "AA-_", "AAAA="])
      assert.isUndefined(fromBase64(text), text)
  })
})
