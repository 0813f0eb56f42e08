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
const monkeys = { title: "Twelve Monkeys", director: "Terry Gilliam", rating: 8.1 }

describe("count", () => {
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

  it("counts on from batch to batch, in a fresh realm too", async () => {
    const fresh = await openTestSandbox(new URL("./index.ts", import.meta.url), { freshPerCall: true })
    const input = { schema: film, values: [brazil, monkeys, brazil] }
    const run = await fresh.processor({ config: { by: ["director"] }, input, batchSize: 1 })
    await fresh.close()
    assert.deepEqual(run.values.at(-1), { director: "Terry Gilliam", count: 3 })
    assert.deepEqual(run.outputs["output"]?.[0]?.key, new TextEncoder().encode("Terry Gilliam"))
  })

  it("counts by several fields, null among them", async () => {
    const input = { schema: film, values: [brazil, se7en, monkeys, se7en] }
    const run = await sandbox.processor({ config: { by: ["director", "rating"] }, input })
    assert.deepEqual(run.values.at(-1), { director: null, rating: null, count: 2 })
  })

  it("is refused for an unknown field, one named twice, and a name that is taken", async () => {
    const input = { schema: film, values: [] }
    assert.match(await refusal(sandbox.processor({ config: { by: ["actor"] }, input })), /actor/)
    assert.match(await refusal(sandbox.processor({ config: { by: ["title", "title"] }, input })), /twice/)
    assert.match(
      await refusal(sandbox.processor({ config: { by: ["title"], as: "title" }, input })),
      /field of the key/
    )
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
