import { readFileSync } from "node:fs"
import { openTestSandbox, type TestSandbox } from "@millrace/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "vitest"

const film = {
  type: "record",
  name: "studio.Film",
  fields: [
    { name: "title", type: "string" },
    { name: "director", type: ["null", "string"] },
    { name: "rating", type: ["null", "double"] }
  ]
}
const brazil = { title: "Brazil", director: "Terry Gilliam", rating: 8 }
const se7en = { title: "Se7en", director: null, rating: null }

describe("project", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const { config, schema, input, output } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({ config, input: { schema, values: input } })
    assert.deepEqual(run.values, output)
    assert.deepEqual(run.deadLetters, [])
  })

  it("copies plain fields with the key that they make, under another name too", async () => {
    const input = { schema: film, key: ["title"], values: [brazil] }
    const config = { fields: { name: "title", rating: "rating" }, record: "studio.Short" }
    const run = await sandbox.processor({ config, input })
    assert.deepEqual(run.values, [{ name: "Brazil", rating: 8 }])
    assert.deepEqual(run.outputs["output"]?.[0]?.key, new TextEncoder().encode("Brazil"))
  })

  it("keeps the other fields before its own when it is told so", async () => {
    const input = { schema: film, values: [brazil] }
    const run = await sandbox.processor({
      config: { fields: { rating: "rating * 10" }, others: "keep" },
      input
    })
    assert.deepEqual(run.values, [{ title: "Brazil", director: "Terry Gilliam", rating: 80 }])
    assert.deepEqual(Object.keys(run.values[0] ?? {}), ["title", "director", "rating"])
  })

  it("brings a named type twice", async () => {
    const genre = { type: "enum", name: "Genre", symbols: ["DRAMA", "COMEDY"] }
    const schema = { type: "record", name: "Film", fields: [{ name: "genre", type: genre }] }
    const input = { schema, values: [{ genre: "DRAMA" }] }
    const run = await sandbox.processor({ config: { fields: { first: "genre", second: "genre" } }, input })
    assert.deepEqual(run.values, [{ first: "DRAMA", second: "DRAMA" }])
  })

  it("makes a dead letter of a record for which an expression fails", async () => {
    const input = { schema: film, values: [brazil, se7en] }
    const run = await sandbox.processor({ config: { fields: { n: "CAST(title AS INT)" } }, input })
    assert.lengthOf(run.deadLetters, 2)
  })

  it("is refused for an unknown field, and for no fields", async () => {
    const input = { schema: film, values: [] }
    assert.match(await refusal(sandbox.processor({ config: { fields: { a: "titel" } }, input })), /title/)
    assert.match(await refusal(sandbox.processor({ config: { fields: {} }, input })), /name a field/)
  })
})

const refusal = async (run: Promise<unknown>): Promise<string> => {
  try {
    await run
    return "it was not refused"
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
