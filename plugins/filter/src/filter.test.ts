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

describe("filter", () => {
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

  it("drops a record for which the condition is NULL", async () => {
    const input = { schema: film, values: [brazil, se7en] }
    const run = await sandbox.processor({ config: { where: "NOT (rating < 7)" }, input })
    assert.deepEqual(run.values, [brazil])
    assert.deepEqual(run.counts, { in: 2, out: 1, filtered: 1, failed: 0 })
  })

  it("makes a dead letter of a record for which the condition fails", async () => {
    const input = { schema: film, values: [brazil, monkeys] }
    const run = await sandbox.processor({
      config: { where: "CAST(SUBSTRING(title, 1, 1) AS INT) > 0" },
      input
    })
    assert.deepEqual(run.values, [])
    assert.lengthOf(run.deadLetters, 2)
    assert.match(run.deadLetters[0]?.message ?? "", /EXPRESSION_CAST/)
  })

  it("is refused for a condition that is none", async () => {
    const input = { schema: film, values: [] }
    assert.match(await refusal(sandbox.processor({ config: { where: "rating + 1" }, input })), /BOOLEAN/)
    assert.match(await refusal(sandbox.processor({ config: { where: "ratng > 1" }, input })), /rating/)
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
