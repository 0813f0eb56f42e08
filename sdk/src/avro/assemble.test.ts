import { assert, describe, it } from "vitest"
import { assembleSchema } from "./assemble.ts"
import { schemaText } from "./json.ts"
import { parseAvroOrThrow } from "./parse/parse.ts"
import type { Json } from "./type.ts"

const record = (
  name: string,
  fields: { readonly [name: string]: Json },
  more: { readonly [key: string]: Json } = {}
) => ({
  type: "record",
  name,
  ...more,
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type }))
})

const assembled = (root: Json, ...others: readonly Json[]): unknown =>
  JSON.parse(schemaText(parseAvroOrThrow(assembleSchema(root, others))))

describe("a schema of several files", () => {
  it("takes each named type in where it is met first, whole, and by name after", () => {
    const actor = record(
      "Actor",
      { name: "string", agent: ["null", "studio.Actor"] },
      { namespace: "studio" }
    )
    assert.deepStrictEqual(
      assembled(
        record("studio.Movie", { lead: "Actor", cast: { type: "array", items: "studio.Actor" } }),
        actor
      ),
      record("studio.Movie", {
        lead: record("studio.Actor", { name: "string", agent: ["null", "studio.Actor"] }),
        cast: { type: "array", items: "studio.Actor" }
      })
    )
  })

  it("lets two files refer to each other", () => {
    const movie = record("Movie", { director: "Director" })
    const director = record("Director", { films: { type: "array", items: "Movie" } })
    assert.deepStrictEqual(
      assembled(movie, director),
      record("Movie", { director: record("Director", { films: { type: "array", items: "Movie" } }) })
    )
  })

  it("keeps a type without a namespace so inside one that has one", () => {
    const flag = { type: "enum", name: "Flag", symbols: ["ON"] }
    const text = JSON.stringify(assembled(record("studio.Movie", { flag: "Flag" }), flag))
    assert.include(text, '"name":"Flag","namespace":""')
  })

  it("takes what the file defines itself before what another does", () => {
    const own = { type: "enum", name: "a.Flag", symbols: ["MINE"] }
    const text = JSON.stringify(
      assembled(record("a.Movie", { first: own, second: "Flag" }), { ...own, symbols: ["THEIRS"] })
    )
    assert.notInclude(text, "THEIRS")
  })

  it("leaves a name that nothing defines for the parser to refuse", () => {
    assert.throws(() => assembled(record("Movie", { lead: "Actor" })), /Actor/)
  })
})
