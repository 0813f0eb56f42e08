import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
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

  it("names a file of the project by its place, and one of a linked package by its package", () => {
    const root = mkdtempSync(join(tmpdir(), "millrace-map-"))
    try {
      for (const [path, text] of [
        ["mine/package.json", '{ "name": "@me/mine" }'],
        ["mine/src/index.ts", "entry"],
        ["mine/shared/helper.ts", "helper"],
        ["linked/package.json", '{ "name": "@other/linked" }'],
        ["linked/src/a.ts", "theirs"]
      ] as const) {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), text)
      }
      const sources = ["index.ts", "../shared/helper.ts", "../../linked/src/a.ts"]
      const map: unknown = JSON.parse(
        withOwnSources(
          JSON.stringify({ version: 3, sources, mappings: "AAAA", names: [] }),
          join(root, "mine/src")
        )
      )
      assert.deepInclude(map, {
        sources: ["index.ts", "../shared/helper.ts", "node_modules/@other/linked/src/a.ts"],
        sourcesContent: ["entry", "helper", null]
      })
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
