import * as fc from "fast-check"
import { assert, describe, it } from "vitest"

import { sameType, schemaText } from "../index.ts"
import { schemaArbitrary } from "../testing/arbitrary.ts"
import type { Json } from "../type.ts"
import { defaultLimits } from "./limits.ts"
import { parseAvro, parseAvroOrThrow } from "./parse.ts"

const fault = (input: unknown): readonly [string, string] => {
  const result = parseAvro(input)
  if ("ok" in result) throw new Error(`accepted as ${schemaText(result.ok)}`)
  assert.isAbove(result.error.remedy.length, 0)
  return [result.error.code, result.error.path]
}

const record = (...fields: readonly Json[]): Json => ({ type: "record", name: "R", fields })

const field = (type: Json, rest: { readonly [key: string]: Json } = {}): Json => ({
  name: "f",
  type,
  ...rest
})

const nested = (levels: number): Json => {
  let type: Json = "int"
  for (let level = 0; level < levels; level++) type = { type: "array", items: type }
  return type
}

describe("parseAvro", () => {
  it("reads text, parsed JSON and a bare type name", () => {
    assert.deepStrictEqual(parseAvroOrThrow("string"), { kind: "string", attributes: {} })
    assert.deepStrictEqual(parseAvroOrThrow(' "string"'), { kind: "string", attributes: {} })
    assert.deepStrictEqual(parseAvroOrThrow({ type: "string" }), { kind: "string", attributes: {} })
  })

  it("reads every schema again from its own text", () => {
    fc.assert(
      fc.property(schemaArbitrary(), (type) => {
        assert.isTrue(sameType(parseAvroOrThrow(schemaText(type)), type))
        assert.strictEqual(schemaText(parseAvroOrThrow(schemaText(type))), schemaText(type))
      }),
      { numRuns: 300 }
    )
  })

  it.each<readonly [string, unknown, string, string]>([
    ["text that is no JSON", "{", "AVRO_JSON", ""],
    ["a value that JSON does not know", { type: undefined }, "AVRO_JSON", ""],
    ["a number", 7, "AVRO_ATTRIBUTE", ""],
    ["an object without a type", {}, "AVRO_ATTRIBUTE", ""],
    ["an unknown type", record(field("Foo")), "AVRO_UNKNOWN_TYPE", "fields[0].type"],
    ["a record without fields", { type: "record", name: "R" }, "AVRO_ATTRIBUTE", ""],
    ["a record without a name", { type: "record", fields: [] }, "AVRO_ATTRIBUTE", ""],
    ["a field without a type", record({ name: "f" }), "AVRO_ATTRIBUTE", "fields[0]"],
    ["a doc that is no string", { type: "record", name: "R", fields: [], doc: 1 }, "AVRO_ATTRIBUTE", ""],
    ["an order of another name", record(field("int", { order: "up" })), "AVRO_ATTRIBUTE", "fields[0]"],
    ["two fields of one name", record(field("int"), field("long")), "AVRO_DUPLICATE", "fields[1]"],
    [
      "two symbols of one name",
      { type: "enum", name: "E", symbols: ["A", "A"] },
      "AVRO_DUPLICATE",
      "symbols[1]"
    ],
    ["two types of one name", [record(), { type: "fixed", name: "R", size: 1 }], "AVRO_DUPLICATE", "[1]"],
    ["two branches of one kind", ["int", { type: "int", logicalType: "date" }], "AVRO_DUPLICATE", "[1]"],
    ["a union in a union", ["null", ["int"]], "AVRO_NESTED_UNION", "[1]"],
    ["a primitive's name for a type", { type: "fixed", name: "x.string", size: 1 }, "AVRO_NAME", "name"],
    ["a name with code", { type: "record", name: "a;console.log(1)//", fields: [] }, "AVRO_NAME", "name"],
    ["a field name with code", record({ name: "x];alert(1);[", type: "int" }), "AVRO_NAME", "fields[0].name"],
    ["a symbol with code", { type: "enum", name: "E", symbols: ["A", '"+b'] }, "AVRO_NAME", "symbols[1]"],
    ["a name with a line break", record({ name: "f\n", type: "int" }), "AVRO_NAME", "fields[0].name"],
    [
      "a namespace with a space",
      { type: "fixed", name: "F", namespace: "a b", size: 1 },
      "AVRO_NAME",
      "namespace"
    ],
    ["a size below zero", { type: "fixed", name: "F", size: -1 }, "AVRO_ATTRIBUTE", ""],
    [
      "an enum default that is no symbol",
      { type: "enum", name: "E", symbols: ["A"], default: "B" },
      "AVRO_DEFAULT",
      "default"
    ],
    [
      "an attribute beside a reference",
      record(field({ type: { type: "int" }, doc: "x" })),
      "AVRO_ATTRIBUTE",
      "fields[0].type"
    ],
    [
      "an int default out of range",
      record(field("int", { default: 2 ** 31 })),
      "AVRO_DEFAULT",
      "fields[0].default"
    ],
    [
      "a long default that JSON changed",
      record(field("long", { default: 2 ** 53 })),
      "AVRO_DEFAULT",
      "fields[0].default"
    ],
    [
      "bytes beyond 255 as a default",
      record(field("bytes", { default: "Ā" })),
      "AVRO_DEFAULT",
      "fields[0].default"
    ],
    [
      "half a character as a default",
      record(field("string", { default: "\ud800" })),
      "AVRO_DEFAULT",
      "fields[0].default"
    ],
    [
      "a default that no branch takes",
      record(field(["null", "int"], { default: "x" })),
      "AVRO_DEFAULT",
      "fields[0].default"
    ]
  ])("refuses %s", (_, input, code, path) => {
    assert.deepStrictEqual(fault(input), [code, path])
  })

  it("names the place within a default", () => {
    const inner: Json = {
      type: "record",
      name: "Inner",
      fields: [{ name: "list", type: { type: "array", items: "int" } }]
    }
    assert.deepStrictEqual(fault(record(field(inner, { default: { list: [1, "two"] } }))), [
      "AVRO_DEFAULT",
      "fields[0].default.list[1]"
    ])
  })

  it("takes a default of any branch of a union, and the numbers that JSON does not have", () => {
    const type = parseAvroOrThrow(
      record(field(["null", "int"], { default: 3 }), { name: "g", type: "double", default: "NaN" })
    )
    assert.deepStrictEqual(type.kind === "record" && type.fields.map((each) => each.default?.value), [
      3,
      "NaN"
    ])
  })

  it("takes a default of a record that leaves out a field with a default, also of the record around it", () => {
    const type = parseAvroOrThrow({
      type: "record",
      name: "R",
      fields: [
        { name: "next", type: ["null", "R"], default: { value: 1, next: null } },
        { name: "value", type: "int", default: 0 }
      ]
    })
    assert.strictEqual(type.kind, "record")
  })

  it("refuses a default that goes on without end, or grows beyond all bounds", () => {
    const endless = { type: "record", name: "R", fields: [{ name: "r", type: "R", default: {} }] }
    assert.deepStrictEqual(fault(endless)[0], "AVRO_LIMIT")
    const doubling = Array.from({ length: 30 }, (_, level): Json => {
      const inner = level === 0 ? "int" : `R${level - 1}`
      const value = level === 0 ? 0 : {}
      const fields = ["a", "b"].map((name) => ({ name, type: inner, default: value }))
      return { name: `f${level}`, type: { type: "record", name: `R${level}`, fields } }
    })
    assert.deepStrictEqual(fault(record(...doubling))[0], "AVRO_LIMIT")
  })

  it.each<readonly [string, unknown]>([
    [
      "text beyond its length",
      JSON.stringify({ type: "string", doc: "x".repeat(defaultLimits.maxTextLength) })
    ],
    ["a value beyond its length", { type: "string", doc: "x".repeat(defaultLimits.maxTextLength) }],
    ["5,000 levels of text", `${'{"type":"array","items":'.repeat(5000)}"int"${"}".repeat(5000)}`],
    ["5,000 levels of a value", nested(5000)],
    ["65 levels", nested(64)],
    [
      "1,001 fields",
      record(...Array.from({ length: 1001 }, (_, index) => ({ name: `f${index}`, type: "int" })))
    ],
    [
      "101 branches",
      Array.from({ length: 101 }, (_, index) => ({ type: "fixed", name: `F${index}`, size: 1 }))
    ],
    [
      "65,537 symbols",
      { type: "enum", name: "E", symbols: Array.from({ length: 65_537 }, (_, index) => `S${index}`) }
    ],
    [
      "a chain of 70 references",
      record(
        ...Array.from({ length: 70 }, (_, level): Json => {
          const inner = level === 0 ? [] : [field(`R${level - 1}`)]
          return { name: `f${level}`, type: { type: "record", name: `R${level}`, fields: inner } }
        })
      )
    ]
  ])("refuses %s at once", (_, input) => {
    // The best of a few, since other work on the machine counts too.
    const milliseconds = Array.from({ length: 5 }, () => {
      const before = performance.now()
      assert.strictEqual(fault(input)[0], "AVRO_LIMIT")
      return performance.now() - before
    })
    assert.isBelow(Math.min(...milliseconds), 50)
  })

  it("refuses a value that holds itself", () => {
    const cyclic: { type: string; items?: unknown } = { type: "array" }
    cyclic.items = cyclic
    assert.strictEqual(fault(cyclic)[0], "AVRO_LIMIT")
  })

  it("reads 64 levels, 1,000 fields and 100 branches", () => {
    assert.strictEqual(parseAvroOrThrow(nested(63)).kind, "array")
    const fields = Array.from({ length: 1000 }, (_, index) => ({ name: `f${index}`, type: "int" }))
    assert.strictEqual(parseAvroOrThrow(record(...fields)).kind, "record")
    const branches = Array.from({ length: 100 }, (_, index) => ({
      type: "fixed",
      name: `F${index}`,
      size: 1
    }))
    assert.strictEqual(parseAvroOrThrow(branches).kind, "union")
  })

  it("resolves names: inherited, dotted, without a namespace, aliases relative", () => {
    const type = parseAvroOrThrow({
      type: "record",
      name: "Outer",
      namespace: "a.b",
      aliases: ["Old", "x.Older"],
      fields: [
        { name: "inherited", type: { type: "fixed", name: "F", size: 1 } },
        { name: "dotted", type: { type: "fixed", name: "c.F", namespace: "ignored", size: 2 } },
        { name: "none", type: { type: "fixed", name: "G", namespace: "", size: 3 } },
        { name: "near", type: "F" },
        { name: "far", type: "c.F" },
        { name: "bare", type: "G" }
      ]
    })
    if (type.kind !== "record") throw new Error("not a record")
    assert.strictEqual(type.name, "a.b.Outer")
    assert.deepStrictEqual(type.aliases, ["a.b.Old", "x.Older"])
    const names = type.fields.map((each) => ("name" in each.type ? each.type.name : each.type.kind))
    assert.deepStrictEqual(names, ["a.b.F", "c.F", "G", "a.b.F", "c.F", "G"])
    assert.strictEqual(schemaText(parseAvroOrThrow(schemaText(type))), schemaText(type))
  })

  it.each<readonly [string, Json, string | undefined]>([
    ["decimal", { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "decimal"],
    ["decimal without scale", { type: "bytes", logicalType: "decimal", precision: 4 }, "decimal"],
    [
      "decimal on fixed",
      { type: "fixed", name: "F", size: 2, logicalType: "decimal", precision: 4 },
      "decimal"
    ],
    [
      "decimal of too many digits",
      { type: "fixed", name: "F", size: 2, logicalType: "decimal", precision: 5 },
      undefined
    ],
    ["decimal with more scale", { type: "bytes", logicalType: "decimal", precision: 4, scale: 5 }, undefined],
    ["decimal on int", { type: "int", logicalType: "decimal", precision: 4 }, undefined],
    ["uuid", { type: "string", logicalType: "uuid" }, "uuid"],
    ["uuid on fixed(16)", { type: "fixed", name: "F", size: 16, logicalType: "uuid" }, "uuid"],
    ["uuid on fixed(15)", { type: "fixed", name: "F", size: 15, logicalType: "uuid" }, undefined],
    ["date", { type: "int", logicalType: "date" }, "date"],
    ["date on long", { type: "long", logicalType: "date" }, undefined],
    ["time-millis", { type: "int", logicalType: "time-millis" }, "time-millis"],
    ["time-micros", { type: "long", logicalType: "time-micros" }, "time-micros"],
    ["timestamp-millis", { type: "long", logicalType: "timestamp-millis" }, "timestamp-millis"],
    ["timestamp-micros", { type: "long", logicalType: "timestamp-micros" }, "timestamp-micros"],
    [
      "local-timestamp-millis",
      { type: "long", logicalType: "local-timestamp-millis" },
      "local-timestamp-millis"
    ],
    [
      "local-timestamp-micros",
      { type: "long", logicalType: "local-timestamp-micros" },
      "local-timestamp-micros"
    ],
    ["duration", { type: "fixed", name: "F", size: 12, logicalType: "duration" }, "duration"],
    ["an unknown one", { type: "string", logicalType: "color" }, undefined]
  ])("reads the logical type: %s", (_, json, name) => {
    const type = parseAvroOrThrow(json)
    const logical = "logical" in type ? type.logical : undefined
    assert.strictEqual(logical?.name, name)
    const attributes = type.kind === "union" ? {} : type.attributes
    assert.strictEqual("logicalType" in attributes, name === undefined)
  })

  it("keeps docs, orders, aliases and custom attributes, also one called __proto__", () => {
    const text =
      '{"type":"record","name":"R","aliases":["Q"],"doc":"d","fields":[{"name":"f","type":{"type":"int","unit":"m"},' +
      '"aliases":["g"],"doc":"e","default":1,"order":"ignore","millrace.source":"F f"}],"__proto__":{"x":1},"z":[null]}'
    const type = parseAvroOrThrow(text)
    assert.strictEqual(schemaText(type), text)
    assert.strictEqual(
      Object.getPrototypeOf(type.kind === "record" ? type.attributes : null),
      Object.prototype
    )
  })

  it("reads an error as a record", () => {
    assert.strictEqual(parseAvroOrThrow({ type: "error", name: "E", fields: [] }).kind, "record")
  })
})
