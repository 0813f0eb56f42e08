import { assert, describe, it } from "vitest"
import {
  type AvroLibrary,
  type AvroType,
  emptyLibrary,
  parseAvroOrThrow,
  parseAvroWith,
  schemaText,
  sortAttributes,
  toJson,
  toJsonWith
} from "../index.ts"
import type { Json } from "../type.ts"

const record = (name: string, ...types: readonly Json[]): Json => ({
  type: "record",
  name,
  fields: types.map((type, index) => ({ name: `f${index}`, type }))
})

/** Parses schemas one after the other, each with the types of those before it. */
const parseAll = (
  ...schemas: readonly Json[]
): { readonly type: AvroType; readonly library: AvroLibrary } => {
  let library = emptyLibrary
  let type: AvroType = { kind: "null", attributes: {} }
  for (const schema of schemas) {
    const parsed = parseAvroWith(schema, library)
    if ("error" in parsed) throw parsed.error
    library = parsed.ok.library
    type = parsed.ok.type
  }
  return { type, library }
}

describe("a schema that refers to others", () => {
  const address = record("shop.Address", "string", record("Country", "string"))
  const order = record("shop.Order", "Address", "shop.Country")

  it("is the type that it would be with their definitions in place", () => {
    const inPlace = record("shop.Order", address, "shop.Country")
    assert.equal(schemaText(parseAll(address, order).type), schemaText(parseAvroOrThrow(inPlace)))
  })

  it("is written with their names, and read again from that", () => {
    const { library } = parseAll(address)
    const { type } = parseAll(address, order)
    const written = toJsonWith(parseWithin(order, library), library)
    assert.deepEqual(written, record("shop.Order", "shop.Address", "shop.Country"))
    assert.equal(schemaText(parseWithin(written, library)), schemaText(type))
  })

  it("may not define a name of theirs again", () => {
    const { library } = parseAll(address)
    const parsed = parseAvroWith(record("shop.Country", "int"), library)
    assert.deepInclude("error" in parsed ? parsed.error : {}, { code: "AVRO_DUPLICATE" })
  })

  it("leaves the library that it was given as it was", () => {
    const { library } = parseAll(address)
    const before = [...library.types.keys()]
    parseWithin(order, library)
    assert.deepEqual([...library.types.keys()], before)
  })

  it("nests as deeply as if they stood in it", () => {
    const chain = Array.from({ length: 70 }, (_, level) =>
      record(`R${level}`, level === 0 ? "int" : `R${level - 1}`)
    )
    assert.throws(() => parseAll(...chain), /nested deeper than 64/)
  })
})

const parseWithin = (schema: Json, library: AvroLibrary): AvroType => {
  const parsed = parseAvroWith(schema, library)
  if ("error" in parsed) throw parsed.error
  return parsed.ok.type
}

describe("sortAttributes", () => {
  it("makes one text of schemas that differ in the order of attributes alone", () => {
    const texts = [
      {
        type: "record",
        name: "R",
        b: { y: 1, x: [2] },
        a: 1,
        fields: [{ name: "f", type: "int", d: 1, c: 2 }]
      },
      {
        fields: [{ c: 2, d: 1, type: "int", name: "f" }],
        a: 1,
        b: { x: [2], y: 1 },
        name: "R",
        type: "record"
      }
    ].map((schema) => schemaText(parseAvroOrThrow(sortAttributes(toJson(parseAvroOrThrow(schema))))))
    assert.equal(texts[0], texts[1])
    assert.include(texts[0], `"c":2,"d":1`)
  })

  it("leaves order where it means something", () => {
    const schema: Json = {
      type: "record",
      name: "R",
      fields: [
        { name: "z", type: { type: "enum", name: "E", symbols: ["B", "A"] } },
        { name: "a", type: ["string", "null"], default: "x" }
      ]
    }
    assert.deepEqual(sortAttributes(schema), schema)
  })
})
