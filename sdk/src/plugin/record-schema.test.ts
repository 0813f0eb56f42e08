import { assert, describe, it } from "vitest"
import { parseAvro } from "../avro/parse/parse.ts"
import { recordFields, recordSchema, schemaName } from "./record-schema.ts"

const genre = { type: "enum", name: "Genre", symbols: ["A", "B"] }

/** The full names of a schema's field types, when the schema parses. */
const namesIn = (schema: unknown): unknown => {
  const parsed = parseAvro(schema)
  if (!("ok" in parsed)) return parsed.error.message
  return parsed.ok.kind === "record"
    ? parsed.ok.fields.map(({ type }) => ("name" in type ? type.name : type.kind))
    : ""
}

describe("a record schema made of others' fields", () => {
  it("writes a named type once, wherever it stands again", () => {
    const schema = recordSchema("Film", [
      { name: "one", type: genre },
      { name: "two", type: ["null", genre] },
      { name: "three", type: { type: "array", items: genre } },
      { name: "four", type: { type: "map", values: genre } },
      { name: "five", type: genre }
    ])
    assert.deepEqual(namesIn(schema), ["Genre", "union", "array", "map", "Genre"])
  })

  it("keeps a type without a namespace out of the record's own", () => {
    assert.deepEqual(
      namesIn(
        recordSchema("studio.Film", [
          { name: "one", type: genre },
          { name: "two", type: genre }
        ])
      ),
      ["Genre", "Genre"]
    )
  })

  it("brings records with the types inside them", () => {
    const inner = { type: "record", name: "studio.Inner", fields: [{ name: "genre", type: genre }] }
    const schema = recordSchema("Film", [
      { name: "one", type: inner },
      { name: "two", type: inner },
      { name: "three", type: genre }
    ])
    assert.deepEqual(namesIn(schema), ["studio.Inner", "studio.Inner", "Genre"])
  })

  it("leaves two different types of one name to be refused", () => {
    const other = { ...genre, symbols: ["C"] }
    assert.match(
      String(
        namesIn(
          recordSchema("Film", [
            { name: "one", type: genre },
            { name: "two", type: other }
          ])
        )
      ),
      /Genre/
    )
  })

  it("keeps what else a field says", () => {
    const [field] = recordSchema("Film", [
      { name: "one", type: "string", doc: "first", "millrace.sensitive": true }
    ]).fields
    assert.deepEqual(field, { name: "one", type: "string", doc: "first", "millrace.sensitive": true })
  })
})

describe("looking at a schema", () => {
  it("finds the full name and the fields, or nothing", () => {
    assert.equal(schemaName({ type: "record", name: "Film", namespace: "studio" }), "studio.Film")
    assert.equal(schemaName({ type: "record", name: "a.Film", namespace: "studio" }), "a.Film")
    assert.isUndefined(schemaName("string"))
    assert.deepEqual(recordFields("string"), [])
    assert.deepEqual(recordFields({ fields: [{ name: "a", type: "int" }, 7] }), [{ name: "a", type: "int" }])
  })
})
