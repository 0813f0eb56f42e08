import { readFileSync } from "node:fs"
import { openTestSandbox } from "@millrace/sdk/testing"
import { assert, describe, it } from "vitest"

describe("files", () => {
  it("does what its README shows", async () => {
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const example = JSON.parse(/```json\n([^`]*)```/.exec(readme)?.[1] ?? "")
    await using sandbox = await openTestSandbox(new URL("./index.ts", import.meta.url))
    const read = await sandbox.source({ config: example.source, files: { input: { "": example.file } } })
    assert.deepEqual(
      read.deadLetters.map(({ message }) => message),
      example.rejected
    )
    const date = { type: "int", logicalType: "date" }
    const schema = {
      type: "record",
      name: "studio.Film",
      fields: [
        { name: "title", type: "string" },
        { name: "released", type: date },
        { name: "rating", type: ["null", "double"] }
      ]
    }
    const written = await sandbox.sink({ config: example.sink, input: { schema, values: read.values } })
    const texts = Object.entries(written.files["output"] ?? {}).map(([path, bytes]) => [
      path,
      new TextDecoder().decode(bytes)
    ])
    assert.deepEqual(Object.fromEntries(texts), example.written)
  })
})
