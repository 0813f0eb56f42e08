import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"

import { type AvroType, type Json, parseAvroOrThrow, schemaText } from "../avro/index.ts"
import { schemaArbitrary, valueArbitrary } from "../avro/testing/arbitrary.ts"
import { fromAvro, toAvro } from "./index.ts"

const accepts = (json: Json, value: unknown): boolean => Schema.is(fromAvro(parseAvroOrThrow(json)))(value)

const again = (json: Json): string => schemaText(toAvro(fromAvro(parseAvroOrThrow(json))))

const withValue = schemaArbitrary().chain((type) => fc.tuple(fc.constant(type), valueArbitrary(type)))

describe("fromAvro", () => {
  it("makes a schema of which toAvro makes the same type again", () => {
    fc.assert(
      fc.property(schemaArbitrary(), (type: AvroType) => {
        assert.strictEqual(schemaText(toAvro(fromAvro(type))), schemaText(type))
      }),
      { numRuns: 300 }
    )
  })

  it("makes a schema that takes every value of the type", () => {
    fc.assert(
      fc.property(withValue, ([type, value]) => assert.isTrue(Schema.is(fromAvro(type))(value))),
      { numRuns: 300 }
    )
  })

  it("keeps docs, aliases, orders, defaults, attributes, sources and checks", () => {
    const text = JSON.stringify({
      type: "record",
      name: "studio.Movie",
      aliases: ["studio.Film"],
      doc: "A film",
      fields: [
        {
          name: "rating",
          type: [
            "null",
            {
              type: "double",
              "millrace.checks": [
                { check: "minimum", value: 0 },
                { check: "maximum", value: 10 }
              ]
            }
          ],
          aliases: ["score"],
          doc: "0 to 10",
          default: null,
          order: "ignore",
          unit: "stars",
          "millrace.source": "IMDB Rating",
          "millrace.sensitive": true
        },
        {
          name: "code",
          type: {
            type: "string",
            "x.y": 1,
            "millrace.checks": [
              { check: "pattern", value: "^a" },
              { check: "minLength", value: 2 }
            ]
          }
        },
        {
          name: "tags",
          type: { type: "array", items: "string", "millrace.checks": [{ check: "maxLength", value: 2 }] }
        },
        {
          name: "big",
          type: { type: "long", "millrace.js": "bigint", "millrace.checks": [{ check: "minimum", value: 3 }] }
        },
        {
          name: "map",
          type: { type: "map", values: "int", "millrace.checks": [{ check: "minLength", value: 1 }] }
        },
        { name: "raw", type: { type: "bytes", "millrace.checks": [{ check: "maxLength", value: 4 }] } }
      ],
      owner: { team: "studio" }
    })
    assert.strictEqual(again(text), text)
  })

  it("makes literals again of a string that was restricted to them", () => {
    const schema = Schema.Struct({ mpaa: Schema.Literals(["PG-13", "R"]) })
    const type = toAvro(schema, { name: "R" })
    assert.strictEqual(schemaText(toAvro(fromAvro(type))), schemaText(type))
    assert.isTrue(Schema.is(fromAvro(type))({ mpaa: "PG-13" }))
    assert.isFalse(Schema.is(fromAvro(type))({ mpaa: "G" }))
  })

  it.each<readonly [string, Json, unknown]>([
    ["an int out of range", "int", 2 ** 31],
    ["a long beyond 2^53-1", "long", 2 ** 53],
    ["a bigint beyond 64 bits", { type: "long", "millrace.js": "bigint" }, 2n ** 63n],
    ["bytes as text", "bytes", "x"],
    ["a fixed of another length", { type: "fixed", name: "F", size: 2 }, Uint8Array.of(1)],
    ["a symbol of another enum", { type: "enum", name: "E", symbols: ["A"] }, "B"],
    ["a decimal of another scale", { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 }, "1.5"],
    [
      "a decimal of too many digits",
      { type: "bytes", logicalType: "decimal", precision: 4, scale: 2 },
      "123.45"
    ],
    ["a time of another day", { type: "int", logicalType: "time-millis" }, 86_400_000],
    ["a missing field", { type: "record", name: "R", fields: [{ name: "a", type: "int" }] }, {}],
    ["a value that fails its check", { type: "int", "millrace.checks": [{ check: "minimum", value: 1 }] }, 0]
  ])("refuses %s", (_, json, value) => {
    assert.isFalse(accepts(json, value))
  })

  it("leaves out checks of no known form rather than fail", () => {
    const type: Json = {
      type: "string",
      "millrace.checks": [
        { check: "pattern", value: "(" },
        { check: "shape", value: 1 },
        7,
        { check: "maxLength", value: 3 }
      ]
    }
    assert.isTrue(accepts(type, "abc"))
    assert.isFalse(accepts(type, "abcd"))
  })
})
