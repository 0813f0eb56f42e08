import { assert, describe, it } from "vitest"

import { checkCompatibility, type CompatibilityMode, compatibilityModes, parseAvroOrThrow } from "./index.ts"
import type { Json } from "./type.ts"

const schema = (...fields: readonly Json[]) => parseAvroOrThrow({ type: "record", name: "R", fields })

const a: Json = { name: "a", type: "int" }
const b: Json = { name: "b", type: "int" }
const bDefault: Json = { name: "b", type: "int", default: 0 }

/** Which modes let `next` follow `existing`. */
const allowed = (next: Json[], ...existing: readonly Json[][]): readonly CompatibilityMode[] =>
  compatibilityModes.filter(
    (mode) =>
      checkCompatibility(
        mode,
        schema(...next),
        existing.map((fields) => schema(...fields))
      ).compatible
  )

const all = [...compatibilityModes]

describe("checkCompatibility", () => {
  it("allows anything as the first version", () => {
    assert.deepStrictEqual(allowed([a]), all)
  })

  it("a field with a default may come and go in every mode", () => {
    assert.deepStrictEqual(allowed([a, bDefault], [a]), all)
    assert.deepStrictEqual(allowed([a], [a, bDefault]), all)
  })

  it("a field without a default may come only forward, and go only backward", () => {
    assert.deepStrictEqual(allowed([a, b], [a]), ["FORWARD", "FORWARD_TRANSITIVE", "NONE"])
    assert.deepStrictEqual(allowed([a], [a, b]), ["BACKWARD", "BACKWARD_TRANSITIVE", "NONE"])
  })

  it("only a transitive mode looks beyond the last version", () => {
    assert.deepStrictEqual(allowed([a, b], [a], [a, bDefault]), [
      "BACKWARD",
      "FORWARD",
      "FORWARD_TRANSITIVE",
      "FULL",
      "NONE"
    ])
  })

  it("a promotion goes one way", () => {
    const long: Json = { name: "a", type: "long" }
    assert.deepStrictEqual(allowed([long], [a]), ["BACKWARD", "BACKWARD_TRANSITIVE", "NONE"])
    assert.deepStrictEqual(allowed([a], [long]), ["FORWARD", "FORWARD_TRANSITIVE", "NONE"])
  })

  it("a symbol or a branch that a reader lacks is incompatible, though some values could be read", () => {
    const symbols = (...list: readonly string[]): Json => ({
      name: "e",
      type: { type: "enum", name: "E", symbols: list }
    })
    assert.deepStrictEqual(allowed([symbols("A", "B")], [symbols("A")]), [
      "BACKWARD",
      "BACKWARD_TRANSITIVE",
      "NONE"
    ])
    const union = (...branches: readonly string[]): Json => ({ name: "u", type: branches })
    assert.deepStrictEqual(allowed([union("null")], [union("null", "int")]), [
      "FORWARD",
      "FORWARD_TRANSITIVE",
      "NONE"
    ])
  })

  it("docs, orders and custom attributes do not matter", () => {
    const dressed: Json = {
      name: "a",
      type: { type: "int", unit: "m" },
      doc: "x",
      order: "ignore",
      "millrace.source": "A a"
    }
    assert.deepStrictEqual(allowed([dressed], [a]), all)
  })

  it("lists every problem with its place, its version and its direction", () => {
    const result = checkCompatibility("FULL_TRANSITIVE", schema({ name: "a", type: "string" }), [
      schema(a),
      schema(a, b)
    ])
    assert.deepStrictEqual(
      result.problems.map(({ kind, path, againstVersion, direction }) => [
        kind,
        path,
        againstVersion,
        direction
      ]),
      [
        ["TYPE_MISMATCH", "a", 1, "BACKWARD"],
        ["TYPE_MISMATCH", "a", 1, "FORWARD"],
        ["TYPE_MISMATCH", "a", 2, "BACKWARD"],
        ["TYPE_MISMATCH", "a", 2, "FORWARD"],
        ["READER_FIELD_MISSING_DEFAULT_VALUE", "b", 2, "FORWARD"]
      ]
    )
  })
})
