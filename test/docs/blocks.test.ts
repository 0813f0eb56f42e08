import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { parseAllDocuments } from "yaml"
import { root } from "../house/floors.ts"
import { checkedPages, guides, pluginPages } from "./guides/guide-pages.ts"
import { deedOf } from "./guides/run-guide.ts"
import type { Block } from "./markdown.ts"

const pages = checkedPages()
const blocks = pages.flatMap((page) => page.blocks)
const placeOf = ({ file, line }: Block) => `${file}:${line}`

describe("the blocks of the documentation", () => {
  it("are run, checked, compared, or skipped for a reason", () => {
    const unmarked = blocks.filter((block) => deedOf(block).deed === "unmarked" && !isUsage(block))
    assert.deepStrictEqual(unmarked.map(placeOf), [])
  })

  it("are run only where the guides run them", () => {
    const run = new Set(guides().map(({ path }) => path))
    const lost = blocks.filter(
      (block) => ["run", "stay", "compare"].includes(deedOf(block).deed) && !run.has(block.file)
    )
    assert.deepStrictEqual(lost.map(placeOf), [])
  })

  it("are YAML and JSON where they say so", () => {
    const wrong = [...blocks, ...pluginPages().flatMap((page) => page.blocks)].filter(
      (block) => !parses(block)
    )
    assert.deepStrictEqual(wrong.map(placeOf), [])
  })
})

/** The usage lines of the generated reference of the command line. */
const isUsage = ({ file, language }: Block): boolean =>
  file === "docs/reference/cli.md" && language === "text"

const parses = ({ language, text }: Block): boolean => {
  if (language === "yaml") return parseAllDocuments(text).every((document) => document.errors.length === 0)
  if (language !== "json") return true
  const parsed = (each: string): boolean => {
    try {
      JSON.parse(each)
      return true
    } catch {
      return false
    }
  }
  return parsed(text) || text.split("\n").every(parsed)
}

describe("the TypeScript of the documentation", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-docs-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it("type-checks against the SDK, each block as a module of its own", () => {
    const modules = [...blocks, ...pluginPages().flatMap((page) => page.blocks)].filter(
      ({ language }) => language === "ts"
    )
    assert.isAbove(modules.length, 5)
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
    const shared = readFileSync(join(root, "scaffolds/templates/shared/tsconfig.json"), "utf8")
    writeFileSync(join(folder, "tsconfig.json"), shared.replace('"types": [', '"types": ["node", '))
    mkdirSync(join(folder, "src"))
    for (const block of modules)
      writeFileSync(
        join(folder, "src", `${block.file.replaceAll(/\W/g, "-")}-${block.line}.ts`),
        `${block.text}\n`
      )
    writeFileSync(join(folder, "src/wrong.ts"), 'export const wrong: number = "text"\n')
    const compiler = join(root, "node_modules/typescript/bin/tsc")
    const tsc = spawnSync(process.execPath, [compiler, "-p", "."], { encoding: "utf8", cwd: folder })
    // The SDK is here as its sources, which have settings of their own.
    const faults = tsc.stdout.split("\n").filter((line) => line.startsWith("src/"))
    assert.deepStrictEqual(
      faults.filter((line) => !line.startsWith("src/wrong.ts")),
      []
    )
    assert.lengthOf(faults, 1, "the compiler looks at these modules")
  })
})

describe("the links of the documentation", () => {
  const texts = [...pages.map(({ path }) => path), "llms.txt", "docs/errors.md"]
  it("lead to files that are there", () => {
    const dead = texts.flatMap((path) => {
      const text = readFileSync(join(root, path), "utf8").replaceAll(/```[^]*?```/g, "")
      return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !target.includes("://") && !existsSync(join(root, dirname(path), target)))
        .map((target) => `${path}: ${target}`)
    })
    assert.deepStrictEqual(dead, [])
  })
})
