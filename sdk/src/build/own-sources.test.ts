import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { withOwnSources } from "./own-sources.ts"

describe("a bundle's source map", () => {
  it("holds the author's text, and only the names of libraries", () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-map-"))
    try {
      writeFileSync(join(folder, "own.ts"), "export const a = 1\n")
      const sources = ["own.ts", "node_modules/effect/Schema.js", "millrace-entry.js"]
      const map = withOwnSources(JSON.stringify({ version: 3, sources, mappings: "AAAA", names: [] }), folder)
      assert.deepStrictEqual(JSON.parse(map), {
        version: 3,
        sources,
        mappings: "AAAA",
        names: [],
        sourcesContent: ["export const a = 1\n", null, null]
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
