import { assert, describe, it } from "vitest"
import { configKeys } from "./config-keys.ts"

const typesOf = (properties: { readonly [name: string]: unknown }, more: object = {}) =>
  Object.fromEntries(
    configKeys({ type: "object", properties, ...more }).map(({ name, type }) => [name, type])
  )

describe("the keys of a config", () => {
  it("have types in words", () => {
    assert.deepStrictEqual(
      typesOf(
        {
          a: { type: "string" },
          b: { type: "array", items: { anyOf: [{ type: "number" }, { type: "null" }] } },
          c: { enum: ["csv", "json"] },
          d: { const: true },
          e: { type: "object", properties: { x: {}, y: {} } },
          f: { type: "object", additionalProperties: { type: "integer" } },
          g: { $ref: "#/$defs/G" },
          h: 7,
          i: { type: "array" }
        },
        { $defs: { G: { type: "boolean" } } }
      ),
      {
        a: "string",
        b: "list of number | null",
        c: '"csv" | "json"',
        d: "true",
        e: "{ x, y }",
        f: "map of integer",
        g: "boolean",
        h: "any",
        i: "list of any"
      }
    )
  })

  it("come to an end where definitions do not", () => {
    assert.deepStrictEqual(typesOf({ a: { $ref: "#/$defs/A" } }, { $defs: { A: { $ref: "#/$defs/A" } } }), {
      a: "any"
    })
  })

  it("say what is required, what is filled in, and what is an expression", () => {
    const schema = {
      properties: {
        where: { type: "string", description: "Which\n stay" },
        limit: { type: "integer", default: 3 }
      },
      required: ["where"]
    }
    assert.deepStrictEqual(configKeys(schema, [{ pointer: "/where", type: "boolean" }]), [
      { name: "where", type: "expression (boolean)", required: true, doc: "Which stay", default: undefined },
      { name: "limit", type: "integer", required: false, doc: "", default: "3" }
    ])
  })

  it("are none where there is no schema", () => {
    for (const schema of [undefined, null, 3, [], { properties: [] }])
      assert.deepStrictEqual(configKeys(schema), [])
  })
})
