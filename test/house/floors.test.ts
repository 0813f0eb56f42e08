import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { breaches, heavyImports, importsOf, isTest, root, sources, strays } from "./floors.ts"

const workspaces = [
  "sdk/src",
  "runtime/sandbox/src",
  "runtime/src",
  "runtime/console/src",
  "registry/src",
  "plugins"
]
const files = workspaces.flatMap(sources)
const production = files.filter((file) => !isTest(file))

describe("the house", () => {
  it("has sources to judge", () => {
    assert.isAbove(production.length, 20)
  })

  it("lets each floor import only what stands below it", () => {
    assert.deepStrictEqual(breaches(production), [])
  })

  it("keeps each driver in its one home", () => {
    assert.deepStrictEqual(strays(production), [])
    const homesOfIsolatedVm = production.filter((file) => importsOf(file).includes("isolated-vm"))
    assert.isAtMost(homesOfIsolatedVm.length, 1, homesOfIsolatedVm.join(", "))
  })

  it("lets the console know the API by its types alone", () => {
    assert.deepStrictEqual(heavyImports(files.filter((file) => file.startsWith("runtime/console/"))), [])
  })

  it("would notice a breach", () => {
    assert.deepStrictEqual(breaches(["nowhere/x.ts"]), ["nowhere/x.ts: stands on no floor"])
  })

  it("keeps every source within 400 lines", () => {
    const long = [...files, ...sources("test")].filter(
      (file) => readFileSync(join(root, file), "utf8").split("\n").length > 401
    )
    assert.deepStrictEqual(long, [])
  })

  it("names no file after a drawer", () => {
    const drawers = files.filter((file) => /(^|\/)(utils?|common|helpers?|misc|types)(\/|\.tsx?$)/.test(file))
    assert.deepStrictEqual(drawers, [])
  })
})
