import type { Json } from "@millrace/sdk/avro"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { checkJson, withDefaults } from "./json-schema.ts"

const found = (schema: unknown, value: Json) =>
  checkJson(schema, value).map(({ code, path, message }) => `${code} ${path.join("/")}: ${message}`)

const config = Schema.Struct({
  mode: Schema.Literals(["fast", "safe"]),
  size: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10 })),
  names: Schema.optionalKey(Schema.Array(Schema.String.check(Schema.isMinLength(2)))),
  target: Schema.optionalKey(Schema.Union([Schema.String, Schema.Struct({ topic: Schema.String })])),
  fields: Schema.optionalKey(Schema.Record(Schema.String, Schema.Struct({ as: Schema.String })))
})
const document = Schema.toJsonSchemaDocument(config, { onExcessProperty: "error" })
const schema = { ...document.schema, $defs: document.definitions }

describe("a config against its JSON Schema", () => {
  it("is accepted when it fits", () => {
    const value = { mode: "fast", size: 3, names: ["ab"], target: { topic: "t" }, fields: { a: { as: "b" } } }
    assert.deepStrictEqual(found(schema, value), [])
  })

  const cases: readonly (readonly [string, Json, readonly string[]])[] = [
    ["a missing key", { mode: "fast" }, ["CONFIG_INVALID size: size is missing"]],
    [
      "an unknown key",
      { mode: "fast", size: 1, siez: 1 },
      ["UNKNOWN_CONFIG_KEY siez: The plugin's config has no siez"]
    ],
    ["a wrong literal", { mode: "fsat", size: 1 }, ['CONFIG_INVALID mode: "fsat" is not allowed here']],
    [
      "a fraction for an integer",
      { mode: "fast", size: 1.5 },
      ["CONFIG_INVALID size: Expected integer, got 1.5"]
    ],
    [
      "a number out of bounds",
      { mode: "fast", size: 11 },
      ["CONFIG_INVALID size: Expected at most 10, got 11"]
    ],
    [
      "a short string in a list",
      { mode: "fast", size: 1, names: ["ab", ""] },
      ["CONFIG_INVALID names/1: Expected at least 1 characters, got 0"]
    ],
    [
      "no alternative",
      { mode: "fast", size: 1, target: 7 },
      ["CONFIG_INVALID target: Expected string or a map, got 7"]
    ],
    [
      "the nearest alternative",
      { mode: "fast", size: 1, target: { topci: "t" } },
      [
        "CONFIG_INVALID target/topic: topic is missing",
        "UNKNOWN_CONFIG_KEY target/topci: The plugin's config has no topci"
      ]
    ],
    [
      "a value within a map",
      { mode: "fast", size: 1, fields: { a: { as: 1 } } },
      ["CONFIG_INVALID fields/a/as: Expected string, got 1"]
    ],
    ["a list for a map", [], ["CONFIG_INVALID : Expected a map, got a list"]]
  ]
  for (const [name, value, expected] of cases) {
    it(`is told of ${name}`, () => assert.deepStrictEqual(found(schema, value), expected))
  }

  it("follows references, and ends on those without end", () => {
    const tree = {
      $ref: "#/$defs/Tree",
      $defs: {
        Tree: { type: "object", properties: { left: { $ref: "#/$defs/Tree" } }, additionalProperties: false }
      }
    }
    assert.deepStrictEqual(found(tree, { left: { left: {} } }), [])
    assert.deepStrictEqual(found(tree, { left: { right: {} } }), [
      "UNKNOWN_CONFIG_KEY left/right: The plugin's config has no right"
    ])
    const loop = {
      $ref: "#/$defs/A",
      $defs: { A: { allOf: [{ $ref: "#/$defs/A" }, { $ref: "#/$defs/A" }] } }
    }
    assert.include(found(loop, {})[0], "too large to check")
    assert.deepStrictEqual(found({ $ref: "#/%zz/~1" }, 1), [])
    assert.deepStrictEqual(found({ $ref: "https://elsewhere.example/schema" }, 1), [])
  })

  it("does not run a package's regular expressions", () => {
    assert.deepStrictEqual(found({ type: "string", pattern: "^(a+)+$" }, `${"a".repeat(60)}!`), [])
  })

  it("does not look a key up in what objects inherit", () => {
    const strict = { type: "object", properties: {}, additionalProperties: false }
    assert.deepStrictEqual(found(strict, { constructor: 1 }), [
      "UNKNOWN_CONFIG_KEY constructor: The plugin's config has no constructor"
    ])
  })

  it("gets the defaults of what it leaves out", () => {
    const nested = {
      type: "object",
      properties: { a: { default: 1 }, b: { type: "object", properties: { c: { default: [] } } } }
    }
    assert.deepStrictEqual(withDefaults(nested, { b: {} }), { b: { c: [] }, a: 1 })
    assert.deepStrictEqual(withDefaults(nested, { a: null }), { a: null })
  })
})
