import * as fc from "fast-check"
import { assert, describe, it } from "vitest"

import { diffSchemas, parseAvroOrThrow, renderChanges, sameType } from "./index.ts"
import { evolutionArbitrary, schemaArbitrary } from "./testing/arbitrary.ts"
import type { Json } from "./type.ts"

const lines = (old: Json, fresh: Json): readonly string[] =>
  renderChanges(diffSchemas(parseAvroOrThrow(old), parseAvroOrThrow(fresh))).split("\n")

const record = (...fields: readonly Json[]): Json => ({ type: "record", name: "R", fields })

describe("diffSchemas", () => {
  it("shows fields that came, went, moved, changed or were renamed, each on a line", () => {
    const old = record(
      { name: "id", type: "string" },
      { name: "rating", type: "double", doc: "0 to 10" },
      { name: "title", type: "string" },
      { name: "year", type: "int", default: 0 },
      { name: "where", type: { type: "record", name: "Place", fields: [{ name: "town", type: "string" }] } }
    )
    const fresh = record(
      { name: "title", type: ["null", "string"] },
      { name: "id", type: "string", "millrace.source": "Id" },
      {
        name: "released",
        aliases: ["year"],
        type: { type: "int", logicalType: "date" },
        default: 1,
        doc: "day"
      },
      {
        name: "where",
        type: {
          type: "record",
          name: "Place",
          fields: [
            { name: "town", type: "string" },
            { name: "zip", type: "string", default: "" }
          ]
        }
      }
    )
    assert.deepStrictEqual(lines(old, fresh), [
      "~ title: type string -> [null, string]",
      "~ title: moved from place 2 -> 1",
      '~ id: attributes millrace.source none -> millrace.source "Id"',
      "~ id: moved from place 1 -> 2",
      "~ released: renamed year -> released",
      "~ released: type int -> int(date)",
      "~ released: default 0 -> 1",
      '~ released: doc none -> "day"',
      "~ released: aliases none -> year",
      '+ where.zip: string = ""',
      "- rating: double"
    ])
  })

  it("shows changes of symbols, branches, sizes and names", () => {
    const kind = (symbols: readonly string[], fallback: string): Json => ({
      type: "enum",
      name: "E",
      symbols,
      default: fallback
    })
    assert.deepStrictEqual(lines(kind(["A", "B"], "A"), kind(["B", "C"], "B")), [
      "~ (schema): symbols A, B -> B, C",
      "~ (schema): default A -> B"
    ])
    assert.deepStrictEqual(lines(["null", "int"], ["int", "string"]), [
      "~ (schema): branches null, int -> int, string"
    ])
    assert.deepStrictEqual(
      lines({ type: "fixed", name: "F", size: 1 }, { type: "fixed", name: "G", aliases: ["F"], size: 2 }),
      [
        "~ (schema): renamed fixed F -> fixed G",
        "~ (schema): aliases none -> F",
        "~ (schema): type 1 bytes -> 2 bytes"
      ]
    )
  })

  it("compares recursive schemas once and ends", () => {
    const node = (value: Json): Json =>
      record({ name: "value", type: value }, { name: "next", type: ["null", "R"] })
    assert.deepStrictEqual(lines(node("int"), node("long")), ["~ value: type int -> long"])
  })

  it("tells the new name of a fixed with a logical type", () => {
    const fixed = (name: string) => parseAvroOrThrow({ type: "fixed", name, size: 16, logicalType: "uuid" })
    assert.deepStrictEqual(diffSchemas(fixed("A"), fixed("B")), [
      { path: "", change: "typeChanged", from: "fixed(uuid) A", to: "fixed(uuid) B" }
    ])
  })

  it("is empty exactly when two schemas are the same", () => {
    const evolved = schemaArbitrary().chain((old) => fc.tuple(fc.constant(old), evolutionArbitrary(old)))
    fc.assert(
      fc.property(evolved, ([old, fresh]) => {
        assert.strictEqual(diffSchemas(old, fresh).length === 0, sameType(old, fresh))
      }),
      { numRuns: 300 }
    )
  })
})
