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

describe("mask", () => {
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

  it("makes the key anew where it would tell a masked value", async () => {
    const input = { schema: film, key: ["title"], values: [brazil] }
    const run = await sandbox.processor({ config: { fields: { title: "redact" } }, input })
    assert.deepEqual(run.outputs["output"]?.[0]?.key, new TextEncoder().encode("***"))
  })

  it("keeps the key where none of it is masked", async () => {
    const input = { schema: film, key: ["title"], values: [brazil] }
    const run = await sandbox.processor({ config: { fields: { director: "redact" } }, input })
    assert.deepEqual(run.outputs["output"]?.[0]?.key, new TextEncoder().encode("Brazil"))
    assert.deepEqual(run.values, [{ ...brazil, director: "***" }])
  })

  it("hashes numbers by their text, and tells nothing of a short one", async () => {
    const input = { schema: film, values: [brazil, { ...brazil, rating: 8 }, { ...brazil, rating: 9 }] }
    const run = await sandbox.processor({
      config: { fields: { rating: "hash", title: "last4" }, salt: "s" },
      input
    })
    const [first, second, third] = run.values.map((value) => Reflect.get(Object(value), "rating"))
    assert.match(first, /^[0-9a-f]{64}$/)
    assert.equal(first, second)
    assert.notEqual(first, third)
    assert.deepEqual(
      run.values.map((value) => Reflect.get(Object(value), "title")),
      ["***", "***", "***"]
    )
  })

  it("is refused for an unknown field, and for a hash without a salt", async () => {
    const input = { schema: film, values: [] }
    assert.match(
      await refusal(sandbox.processor({ config: { fields: { actor: "null" } }, input })),
      /no field actor/
    )
    assert.match(await refusal(sandbox.processor({ config: { fields: { title: "hash" } }, input })), /salt/)
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
