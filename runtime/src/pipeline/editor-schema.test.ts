import { readFileSync } from "node:fs"
import { assert, describe, it } from "vitest"
import { editorSchema } from "./index.ts"

describe("the pipeline file's JSON Schema", () => {
  it("is the one in docs", () => {
    const file = new URL("../../../docs/pipeline.schema.json", import.meta.url)
    assert.strictEqual(
      readFileSync(file, "utf8"),
      editorSchema(),
      "run: node runtime/src/pipeline/write-editor-schema.ts"
    )
  })
  it("is closed to unknown keys", () => {
    const schema: unknown = JSON.parse(editorSchema())
    assert.propertyVal(schema, "additionalProperties", false)
  })
})
