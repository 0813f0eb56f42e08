import { assert, describe, it } from "vitest"
import {
  addToLibrary,
  type AvroLibrary,
  type AvroType,
  makeLibrary,
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

/** A library of schemas that were added one after the other. */
const libraryOf = (...schemas: readonly Json[]): AvroLibrary => {
  const library = makeLibrary()
  for (const schema of schemas) {
    const error = addToLibrary(library, schema)
    if (error !== undefined) throw error
  }
  return library
}

describe("a schema that refers to others", () => {
  const address = record("shop.Address", "string", record("Country", "string"))
  const order = record("shop.Order", "Address", "shop.Country")

  it("is the type that it would be with their definitions in place", () => {
    const inPlace = record("shop.Order", address, "shop.Country")
    const type = parseWithin(order, libraryOf(address))
    assert.equal(schemaText(type), schemaText(parseAvroOrThrow(inPlace)))
  })

  it("is written with their names, and read again from that", () => {
    const library = libraryOf(address)
    const type = parseWithin(order, library)
    const written = toJsonWith(type, library)
    assert.deepEqual(written, record("shop.Order", "shop.Address", "shop.Country"))
    assert.equal(schemaText(parseWithin(written, library)), schemaText(type))
  })

  it("may not define a name of theirs again", () => {
    const parsed = parseAvroWith(record("shop.Country", "int"), libraryOf(address))
    assert.deepInclude("error" in parsed ? parsed.error : {}, { code: "AVRO_DUPLICATE" })
    assert.throws(() => libraryOf(address, address), /defined a second time/)
  })

  it("leaves the library that it was given as it was", () => {
    const library = libraryOf(address)
    const before = [...library.types.keys()]
    parseWithin(order, library)
    assert.deepEqual([...library.types.keys()], before)
  })

  it("nests as deeply as if they stood in it", () => {
    const chain = Array.from({ length: 70 }, (_, level) =>
      record(`R${level}`, level === 0 ? "int" : `R${level - 1}`)
    )
    assert.throws(() => libraryOf(...chain), /nested deeper than 64/)
  })
})

const parseWithin = (schema: Json, library: AvroLibrary): AvroType => {
  const parsed = parseAvroWith(schema, library)
  if ("error" in parsed) throw parsed.error
  return parsed.ok
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
