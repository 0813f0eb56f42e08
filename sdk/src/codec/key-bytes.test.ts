import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "../avro/index.ts"
import { compileKeyOf } from "./compile-boundary.ts"
import { fieldsOfKey, keyBytes } from "./key-bytes.ts"

const enumeration = { type: "enum", name: "Kind", symbols: ["A", "B"] }
const decimal = { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 }
const hash = { type: "fixed", name: "Hash", size: 2 }
const big = { type: "long", "millrace.js": "bigint" }

const samples: readonly (readonly [type: unknown, value: unknown])[] = [
  ["string", "grüße"],
  [["null", "string"], null],
  [["null", "string"], ""],
  ["int", -2],
  ["long", 2 ** 40],
  [big, -(2n ** 60n)],
  ["boolean", true],
  ["float", 0.5],
  ["double", -1.25],
  ["bytes", Uint8Array.of(0, 255)],
  [hash, Uint8Array.of(1, 2)],
  [decimal, "-12.30"],
  [enumeration, "B"],
  [{ type: "string", logicalType: "uuid" }, "00112233-4455-6677-8899-aabbccddeeff"]
]

const typeOf = (json: unknown) => parseAvroOrThrow(json)

describe("key bytes of types that are known at run time", () => {
  it("are those of the generated ones, for one field and for several", () => {
    for (const [json, value] of samples) {
      const type = typeOf(json)
      assert.deepStrictEqual(keyBytes([type], [value]), compileKeyOf([type]).keyOf(value))
      const pair = [type, typeOf("string")]
      assert.deepStrictEqual(keyBytes(pair, [value, "x"]), compileKeyOf(pair).keyOf([value, "x"]))
    }
  })

  it("are read back", () => {
    for (const [json, value] of samples) {
      const types = [typeOf(json), typeOf(["null", "long"])]
      const key = keyBytes(types, [value, null])
      assert.deepStrictEqual(fieldsOfKey(types, key ?? new Uint8Array()), [value, null])
      const one = keyBytes(types.slice(0, 1), [value])
      if (one !== null) assert.deepStrictEqual(fieldsOfKey(types.slice(0, 1), one), [value])
    }
  })

  it("are refused for what is no key", () => {
    assert.throws(() => keyBytes([typeOf({ type: "array", items: "int" })], [[1]]), /cannot be a key/)
    assert.throws(() => keyBytes([typeOf("long")], ["1"]), /expected long/)
    assert.throws(
      () => fieldsOfKey([typeOf("string"), typeOf("string")], Uint8Array.of(1, 9, 65)),
      /no key of 2/
    )
  })
})
