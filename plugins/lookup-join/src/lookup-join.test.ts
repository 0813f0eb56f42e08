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

const table = {
  schema: {
    type: "record",
    name: "Director",
    fields: [
      { name: "name", type: "string" },
      { name: "year", type: "int" }
    ]
  },
  key: ["name"],
  values: [{ name: "Terry Gilliam", year: 1940 }]
}

describe("lookup-join", () => {
  let sandbox: TestSandbox
  beforeAll(async () => {
    sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
  })
  afterAll(() => sandbox.close())

  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const {
      config,
      schema,
      input,
      table: rows,
      output
    } = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    const run = await sandbox.processor({ config, input: { schema, values: input }, tables: { table: rows } })
    assert.deepEqual(run.values, output)
    assert.deepEqual(run.deadLetters, [])
  })

  it("drops a record that has no row, or makes a dead letter of it", async () => {
    const given = { input: { schema: film, values: [brazil, se7en] }, tables: { table } }
    const config = { on: "director", fields: { born: "year" } }
    const dropped = await sandbox.processor({ ...given, config: { ...config, missing: "drop" } })
    assert.deepEqual(dropped.values, [{ ...brazil, born: 1940 }])
    const failed = await sandbox.processor({ ...given, config: { ...config, missing: "fail" } })
    assert.deepEqual(failed.values, [{ ...brazil, born: 1940 }])
    assert.deepEqual(
      failed.deadLetters.map(({ tag }) => tag),
      ["RowMissingError"]
    )
  })

  it("finds rows by several fields, and keeps the key of the stream", async () => {
    const two = { ...table, key: ["name", "year"] }
    const schema = {
      type: "record",
      name: "Pair",
      fields: [
        { name: "who", type: "string" },
        { name: "when", type: "long" }
      ]
    }
    const input = {
      schema,
      key: ["who"],
      values: [
        { who: "Terry Gilliam", when: 1940 },
        { who: "Terry Gilliam", when: 1941 }
      ]
    }
    const run = await sandbox.processor({
      config: { on: ["who", "when"], fields: { found: "name" } },
      input,
      tables: { table: two }
    })
    assert.deepEqual(
      run.values.map((value) => Reflect.get(Object(value), "found")),
      ["Terry Gilliam", null]
    )
    assert.deepEqual(run.outputs["output"]?.[0]?.key, new TextEncoder().encode("Terry Gilliam"))
  })

  it("is refused where it could never find a row, or would hide a field", async () => {
    const given = { input: { schema: film, values: [] }, tables: { table } }
    const refused = (config: unknown) => refusal(sandbox.processor({ ...given, config }))
    assert.match(await refused({ on: "rating", fields: { born: "year" } }), /no record would find a row/)
    assert.match(await refused({ on: ["title", "director"], fields: { born: "year" } }), /as many fields/)
    assert.match(await refused({ on: "actor", fields: { born: "year" } }), /no field actor/)
    assert.match(await refused({ on: "director", fields: { title: "year" } }), /already has a field title/)
    assert.match(await refused({ on: "director", fields: { born: "yaer" } }), /no field yaer/)
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
