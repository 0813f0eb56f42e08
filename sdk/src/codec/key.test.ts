import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import type { AvroType, Json } from "../avro/type.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { CodecError } from "./codec-error.ts"
import { compileKey, compileKeyOf, compileMapKey, compileValue } from "./compile-boundary.ts"
import { CodecFault } from "./runtime-fault.ts"

const order = parseAvroOrThrow({
  type: "record",
  name: "Order",
  fields: [
    { name: "lines", type: { type: "array", items: "double" } },
    { name: "id", type: "string" },
    { name: "note", type: ["null", "string"] },
    { name: "count", type: "int" },
    { name: "number", type: "long" },
    { name: "price", type: { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 } },
    { name: "open", type: "boolean" },
    { name: "rate", type: "float" },
    { name: "kind", type: { type: "enum", name: "Kind", symbols: ["A", "B"] } },
    { name: "ref", type: { type: "fixed", name: "Ref", size: 16, logicalType: "uuid" } },
    { name: "hash", type: { type: "fixed", name: "Hash", size: 2 } },
    { name: "either", type: ["int", "string"] },
    { name: "span", type: { type: "fixed", name: "Span", size: 12, logicalType: "duration" } }
  ]
})
const value = {
  lines: [1, 2],
  id: "aü",
  note: null,
  count: -2,
  number: 2 ** 40,
  price: "-12.30",
  open: true,
  rate: 0.5,
  kind: "B",
  ref: "00112233-4455-6677-8899-aabbccddeeff",
  hash: Uint8Array.of(1, 2),
  either: 1,
  span: { months: 1, days: 2, milliseconds: 3 }
}

const encode = (type: AvroType, each: unknown): Uint8Array => {
  const sink = new ByteSink(1 << 20, 16)
  compileValue(type).write(each, sink)
  return sink.toBytes()
}
const keyed = (...fields: readonly string[]): string | null => {
  const bytes = encode(order, value)
  const key = compileKey(order, fields).key(bytes, 0, bytes.length)
  return key === null ? null : Buffer.from(key).toString("hex")
}
const text = (each: string) => Buffer.from(each).toString("hex")

describe("a record's key", () => {
  const expected: readonly (readonly [string, string | null])[] = [
    ["id", "61c3bc"],
    ["note", null],
    ["count", "fffffffffffffffe"],
    ["number", "0000010000000000"],
    ["price", text("-12.30")],
    ["open", "01"],
    ["rate", "3fe0000000000000"],
    ["kind", text("B")],
    ["ref", text("00112233-4455-6677-8899-aabbccddeeff")],
    ["hash", "0102"]
  ]
  for (const [field, key] of expected) {
    it(`of the field ${field} is ${key}`, () => assert.strictEqual(keyed(field), key))
  }

  it("of several fields has a part for each, in the order asked for", () => {
    assert.strictEqual(keyed("hash", "note", "id"), "0102" + "0102" + "00" + "0103" + "61c3bc")
    assert.strictEqual(keyed("open", "open"), "010101" + "010101")
    assert.strictEqual(keyed(), "")
  })

  it("holds the whole 64 bits of any long", () => {
    const type = parseAvroOrThrow({
      type: "record",
      name: "R",
      fields: [{ name: "n", type: { type: "long", "millrace.js": "bigint" } }]
    })
    const edges = [0n, 7n, 28n, 31n, 32n, 35n, 52n, 53n, 62n, 63n].flatMap((bits) => {
      const power = 1n << bits
      return [power - 1n, power, -power, -power - 1n].filter((n) => BigInt.asIntN(64, n) === n)
    })
    const check = (n: bigint): void => {
      const bytes = encode(type, { n })
      const key = compileKey(type, ["n"]).key(bytes, 0, bytes.length)
      const hex = BigInt.asUintN(64, n).toString(16).padStart(16, "0")
      assert.strictEqual(Buffer.from(key ?? []).toString("hex"), hex, String(n))
    }
    for (const n of edges) check(n)
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), check))
  })

  it("is refused for types that cannot be keys, and unknown fields", () => {
    for (const [field, code] of [
      ["lines", "NOT_A_KEY"],
      ["either", "NOT_A_KEY"],
      ["span", "NOT_A_KEY"],
      ["gone", "UNKNOWN_FIELD"]
    ]) {
      assert.throws(() => compileKey(order, [field]), CodecError)
      try {
        compileKey(order, [field])
      } catch (error) {
        assert.strictEqual(error instanceof CodecError ? error.code : "", code)
      }
    }
    assert.throws(() => compileKey(parseAvroOrThrow("string"), ["a"]), CodecError)
  })

  it("is refused for a record that ends before it", () => {
    const bytes = encode(order, value)
    assert.throws(() => compileKey(order, ["number"]).key(bytes, 0, 20), CodecFault, /^at /)
  })
})

describe("a lookup's key", () => {
  const fields = order.kind === "record" ? order.fields : []
  const keys = ["id", "count", "number", "price", "open", "rate", "kind", "ref", "hash"]

  it("is the one that the record has", () => {
    for (const field of keys) {
      const type = fields.find((each) => each.name === field)?.type ?? order
      const key = compileKeyOf([type]).keyOf(Reflect.get(value, field))
      assert.strictEqual(key === null ? null : Buffer.from(key).toString("hex"), keyed(field), field)
    }
    const types = ["hash", "note", "id"].map(
      (field) => fields.find((each) => each.name === field)?.type ?? order
    )
    const composite = compileKeyOf(types).keyOf([value.hash, null, value.id])
    assert.strictEqual(Buffer.from(composite ?? []).toString("hex"), keyed("hash", "note", "id"))
  })

  it("is null for a null, and refused for a value of another type", () => {
    const codec = compileKeyOf([parseAvroOrThrow(["null", "int"])])
    assert.isNull(codec.keyOf(null))
    assert.isNull(codec.keyOf(undefined))
    for (const wrong of ["1", 1.5, 2 ** 31, {}]) assert.throws(() => codec.keyOf(wrong), CodecFault)
    assert.throws(() => compileKeyOf([parseAvroOrThrow("int"), parseAvroOrThrow("int")]).keyOf(1), CodecFault)
  })
})

describe("a map state's key", () => {
  const samples: readonly (readonly [Json, fc.Arbitrary<unknown>])[] = [
    ["string", fc.string({ unit: "binary" })],
    ["long", fc.maxSafeInteger()],
    [{ type: "long", "millrace.js": "bigint" }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
    ["double", fc.double({ noNaN: true }).map((each) => each + 0)],
    ["boolean", fc.boolean()],
    ["bytes", fc.uint8Array()],
    [{ type: "string", logicalType: "uuid" }, fc.uuid()]
  ]
  it("is a copy of bytes, fixed ones too", () => {
    for (const type of ["bytes", { type: "fixed", name: "Hash", size: 2 }]) {
      const bytes = Uint8Array.of(1, 2)
      const key = compileMapKey(parseAvroOrThrow(type)).toKey(bytes)
      bytes[0] = 9
      assert.deepStrictEqual(key, Uint8Array.of(1, 2))
    }
  })

  it("comes back from its key bytes", () => {
    for (const [schema, values] of samples) {
      const codec = compileMapKey(parseAvroOrThrow(schema))
      fc.assert(
        fc.property(values, (each) =>
          assert.deepStrictEqual(codec.fromKey(codec.toKey(each)), Object.is(each, -0) ? 0 : each)
        ),
        { numRuns: 50 }
      )
    }
    assert.throws(() => compileMapKey(parseAvroOrThrow("int")).toKey("x"), CodecFault)
  })
})
