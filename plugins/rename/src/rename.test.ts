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

describe("rename", () => {
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

  it("swaps two names, and the key follows its field", async () => {
    const schema = {
      type: "record",
      name: "Pair",
      fields: [
        { name: "a", type: "string" },
        { name: "b", type: "string" }
      ]
    }
    const input = { schema, key: ["a"], values: [{ a: "1", b: "2" }] }
    const run = await sandbox.processor({ config: { fields: { a: "b", b: "a" } }, input })
    assert.deepEqual(run.values, [{ b: "1", a: "2" }])
    assert.deepEqual(run.outputs["output"]?.[0]?.key, new TextEncoder().encode("1"))
  })

  it("is refused for an unknown field, and for a name that is taken", async () => {
    const input = { schema: film, values: [brazil] }
    assert.match(
      await refusal(sandbox.processor({ config: { fields: { titel: "name" } }, input })),
      /no field titel/
    )
    const taken = sandbox.processor({ config: { fields: { title: "rating" } }, input })
    assert.match(await refusal(taken), /two fields would be named rating/)
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
