import { parseAvro, plainJson } from "@millrace/sdk"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { readValue, ValueMismatch } from "./read-value.ts"

const typeOf = (schema: unknown) => {
  const parsed = parseAvro(JSON.stringify(schema))
  if ("error" in parsed) throw parsed.error
  return parsed.ok
}

/** Types, each with values of it. */
const cases: readonly (readonly [schema: unknown, values: fc.Arbitrary<unknown>])[] = [
  ["string", fc.string({ unit: "grapheme" })],
  ["boolean", fc.boolean()],
  ["int", fc.integer()],
  ["long", fc.maxSafeInteger()],
  ["double", fc.double({ noNaN: true }).map((value) => value + 0)],
  [{ type: "int", logicalType: "date" }, fc.integer({ min: -700_000, max: 2_900_000 })],
  [{ type: "long", logicalType: "timestamp-millis" }, fc.integer({ min: -6e13, max: 2.5e14 })],
  [{ type: "long", logicalType: "timestamp-micros" }, fc.integer({ min: -6e15, max: 9e15 })],
  [
    { type: "bytes", logicalType: "decimal", precision: 9, scale: 2 },
    fc.integer({ min: 100, max: 99_999 }).map((cents) => (cents / 100).toFixed(2))
  ],
  [{ type: "enum", name: "Kind", symbols: ["FILM", "SHOW"] }, fc.constantFrom("FILM", "SHOW")]
]

describe("a value of a reply", () => {
  it("is what was written as JSON, also in lists, maps, records and beside null", () => {
    for (const [schema, values] of cases) {
      const whole = typeOf({
        type: "record",
        name: "Whole",
        fields: [
          { name: "plain", type: schema },
          { name: "list", type: { type: "array", items: referenceTo(schema) } },
          { name: "map", type: { type: "map", values: referenceTo(schema) } },
          { name: "maybe", type: ["null", referenceTo(schema)] }
        ]
      })
      const write = plainJson(whole)
      fc.assert(
        fc.property(values, fc.boolean(), (value, isNull) => {
          const record = { plain: value, list: [value], map: { a: value }, maybe: isNull ? null : value }
          const json: unknown = JSON.parse(JSON.stringify(write(record)))
          assert.deepEqual(readValue(whole, json, ""), record)
        }),
        { numRuns: 50 }
      )
    }
  })

  it("is refused with its place where it is of another type", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const type = typeOf({ type: "record", name: "Film", fields: [{ name: "year", type: "int" }] })
        try {
          const value = readValue(type, json, "")
          assert.isTrue(Number.isInteger(Reflect.get(Object(value), "year")))
        } catch (error) {
          assert.instanceOf(error, ValueMismatch)
        }
      }),
      { numRuns: 200 }
    )
    const nested = typeOf({ type: "array", items: { type: "map", values: ["null", "int"] } })
    try {
      readValue(nested, [{}, { "a/b": "x" }], "/films")
      assert.fail("it was not refused")
    } catch (error) {
      assert.instanceOf(error, ValueMismatch)
      assert.deepInclude(error, { pointer: "/films/1/a~1b", expected: "null or int", got: '"x"' })
      assert.strictEqual(error.place, "films.1.a~1b")
    }
  })
})

/** A named type is written out once. */
const referenceTo = (schema: unknown): unknown =>
  typeof schema === "object" && schema !== null && "symbols" in schema ? "Kind" : schema
