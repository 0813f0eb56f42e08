import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root, sources } from "./floors.ts"

const files = [
  "sdk/src",
  "runtime/sandbox/src",
  "runtime/src",
  "runtime/console/src",
  "registry/src",
  "plugins",
  "test",
  "examples"
].flatMap(sources)
const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8")

describe("ARCHITECTURE.md", () => {
  it("names only files that are there", () => {
    const named = [...text.matchAll(/`([\w@/.{},*-]+\.ts)`/g)]
      .map(([, path = ""]) => path)
      .filter((path) => !/[*{]/.test(path))
    assert.isAbove(named.length, 40)
    const missing = named.filter((path) => {
      // Paths are written from the nearest folder that makes them plain: `sandbox/src/…` stands in `runtime/`.
      return !files.some(
        (file) =>
          file === path ||
          file.endsWith(`/${path}`) ||
          abbreviated(file).some((short) => short.endsWith(`/${path}`) || short === path)
      )
    })
    assert.deepStrictEqual(missing, [])
  })
})

/** The ways in which the text may name a file: with or without `src`. */
const abbreviated = (file: string): readonly string[] => [
  file.replace("/src/", "/"),
  file.replace("runtime/src/", "")
]
