import { schemaText } from "@millrace/sdk/avro"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import type { AvroType, Json } from "@millrace/sdk/avro"
import { CodecFault, compileReader, compileValue } from "@millrace/sdk/codec"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { compare, encode, samples } from "./differential.ts"
import type { Difference } from "./differential.ts"
import { oracleReader, oracleType } from "./oracle.ts"

const type = (schema: Json): AvroType => parseAvroOrThrow(schema)

const verdictOf = (writer: Json, reader: Json, value: unknown) =>
  compare({ writer: type(writer), reader: type(reader), value })

const read = (writer: Json, reader: Json, bytes: Uint8Array) =>
  compileReader(type(writer), type(reader)).read(bytes, 0, bytes.length)

const record = (field: { readonly [key: string]: Json }): Json => ({
  type: "record",
  name: "R",
  fields: [{ name: "f", ...field }]
})

describe("ours against avsc", () => {
  it("agrees on a thousand random pairs of schemas, but for the named differences", () => {
    const seen = new Set<string>()
    for (const sample of fc.sample(samples, { seed: 20_260, numRuns: 1_000 })) {
      const verdict = compare(sample)
      if ("unknown" in verdict) {
        assert.fail(`${verdict.unknown}\n${schemaText(sample.writer)}\n${schemaText(sample.reader)}`)
      }
      seen.add("known" in verdict ? verdict.known : "equal")
    }
    assert.include([...seen], "equal")
  })

  it("finds a codec that reads another value", () => {
    // The comparison itself must be able to fail: a reader with two fields swapped.
    const writer = { type: "record", name: "R", fields: ["a", "b"].map((name) => ({ name, type: "int" })) }
    const bytes = encode(type(writer), { a: 1, b: 2 })
    const swapped = oracleType(type({ ...writer, fields: [...writer.fields].reverse() }))
    assert.notDeepEqual({ ...Object(swapped.fromBuffer(Buffer.from(bytes))) }, read(writer, writer, bytes))
  })
})

describe("the named differences from avsc", () => {
  const expectClass = (difference: Difference, verdict: unknown) =>
    assert.deepStrictEqual(verdict, { known: difference })

  it("default: a union's default may be of any branch", () => {
    const reader = record({ type: ["null", "int"], default: 7 })
    const writer = { type: "record", name: "R", fields: [] }
    assert.throws(() => oracleType(type(reader)), /incompatible field default/)
    expectClass("default", verdictOf(writer, reader, {}))
    assert.deepStrictEqual(read(writer, reader, new Uint8Array(0)), { f: 7 })
  })

  it("partial: a value is read when its own branch can be, and refused otherwise", () => {
    const writer = ["int", "string"]
    assert.throws(() => oracleReader(oracleType(type(writer)), oracleType(type("int"))))
    expectClass("partial", verdictOf(writer, "int", 5))
    assert.strictEqual(read(writer, "int", encode(type(writer), 5)), 5)
    assert.throws(() => read(writer, "int", encode(type(writer), "five")), CodecFault, /branch/)
  })

  it("union choice: the same type comes before a promotion", () => {
    const reader = ["bytes", "string"]
    const bytes = encode(type("string"), "ab")
    const theirs = oracleReader(oracleType(type("string")), oracleType(type(reader)))(bytes)
    assert.deepStrictEqual(Object.keys(Object(theirs)), ["bytes"])
    expectClass("union choice", verdictOf("string", reader, "ab"))
    assert.strictEqual(read("string", reader, bytes), "ab")
  })

  it("float rounding: what is promoted to float has a float's digits", () => {
    const value = 16_777_217
    const bytes = encode(type("int"), value)
    assert.strictEqual(oracleReader(oracleType(type("int")), oracleType(type("float")))(bytes), value)
    expectClass("float rounding", verdictOf("int", "float", value))
    assert.strictEqual(read("int", "float", bytes), Math.fround(value))
  })

  it("logical type: another meaning of the same base is no match", () => {
    const millis = { type: "long", logicalType: "timestamp-millis" }
    const micros = { type: "long", logicalType: "timestamp-micros" }
    assert.strictEqual(
      oracleReader(oracleType(type(millis)), oracleType(type(micros)))(encode(type(millis), 1)),
      1
    )
    expectClass("logical type", verdictOf(millis, micros, 1))
  })

  it("wide long: every safe integer is written and read as itself", () => {
    for (const value of [-5_902_676_819_213_189, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]) {
      const bytes = encode(type("long"), value)
      assert.strictEqual(read("long", "long", bytes), value)
      const exact = type({ type: "long", "millrace.js": "bigint" })
      assert.strictEqual(compileValue(exact).read(bytes, 0, bytes.length), BigInt(value))
    }
    const oracle = oracleType(type("long"))
    assert.notStrictEqual(oracle.fromBuffer(oracle.toBuffer(-5_902_676_819_213_189)), -5_902_676_819_213_189)
    expectClass(
      "wide long",
      verdictOf(record({ type: "long", default: Number.MIN_SAFE_INTEGER }), "int", { f: 1 })
    )
  })

  it("not UTF-8: refused, where avsc puts the replacement character", () => {
    const bytes = Uint8Array.of(4, 0xc3, 0x28)
    assert.strictEqual(oracleType(type("string")).fromBuffer(Buffer.from(bytes)), "\u{fffd}(")
    assert.throws(() => read("string", "string", bytes), CodecFault, /UTF-8/)
    expectClass("not UTF-8", verdictOf("bytes", "string", Uint8Array.of(0xc3, 0x28)))
  })

  it("__proto__: a map keeps the key", () => {
    const schema = { type: "map", values: "int" }
    const value = Object.assign(Object.create(null), JSON.parse('{"a":1,"__proto__":2}'))
    Object.defineProperty(value, "__proto__", {
      value: 2,
      enumerable: true,
      configurable: true,
      writable: true
    })
    const bytes = encode(type(schema), value)
    const ours = read(schema, schema, bytes)
    assert.deepStrictEqual(Object.entries(Object(ours)), [
      ["a", 1],
      ["__proto__", 2]
    ])
    assert.deepStrictEqual(Object.entries(Object(oracleType(type(schema)).fromBuffer(Buffer.from(bytes)))), [
      ["a", 1]
    ])
  })
})
