import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { correct, shared } from "./fixtures/correct-programs.ts"
import { functionMistakes } from "./fixtures/function-mistakes.ts"
import { mistakes as processorMistakes } from "./fixtures/mistakes.ts"
import { typeErrorTable } from "./fixtures/type-error-table.ts"

/**
 * What an author sees, pinned: programs that must compile, and for each common mistake the compiler's own words at the
 * right line. All are compiled in one run of tsc, as an author's project would.
 */
const mistakes = [...processorMistakes, ...functionMistakes]
const root = fileURLToPath(new URL("../../../", import.meta.url))
const inRoot = (path: string) => join(root, path)

const config = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "esnext.array", "esnext.collection", "esnext.iterator"],
    types: ["node"],
    typeRoots: [inRoot("node_modules/@types")],
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    exactOptionalPropertyTypes: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    outDir: "out",
    rootDir: "/",
    paths: {
      "@millrace/sdk": [inRoot("sdk/src/index.ts")],
      "effect/*": [inRoot("node_modules/effect/dist/*.d.ts")]
    }
  },
  include: ["*.ts"]
}

interface Reported {
  readonly file: string
  readonly line: number
  readonly lines: readonly string[]
}

describe("what an author sees", () => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-types-"))
  let reported: readonly Reported[] = []
  let declarations = ""

  beforeAll(() => {
    const files = { "shared.ts": shared, "correct.ts": correct }
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }')
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    for (const [index, { text }] of mistakes.entries())
      writeFileSync(join(folder, fileOf(index)), head + text)
    mkdirSync(join(folder, "out"))
    reported = errorsOf(compile(folder))
    declarations = readFileSync(join(folder, "out", folder, "correct.d.ts"), "utf8")
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it("compiles correct programs of every kind without an annotation", () => {
    assert.deepEqual(
      reported.filter(({ file }) => !file.startsWith("mistake-")),
      []
    )
  })

  for (const [index, { mistake, errors }] of mistakes.entries()) {
    it(`tells of ${mistake}`, () => {
      const found = reported.filter(({ file }) => file === fileOf(index))
      assert.deepEqual(
        found.map(({ line, lines }) => ({ line: line - headLines, lines })),
        errors
      )
    })
  }

  it("is what the docs show", () => {
    assert.strictEqual(readFileSync(inRoot("docs/reference/type-errors.md"), "utf8"), typeErrorTable())
  })

  it("gives plugins short types that name nothing private", () => {
    assert.notInclude(declarations, "sdk/src/")
    const shown = declarations.replaceAll('import("@millrace/sdk").', "").replaceAll(/\s+/g, " ")
    assert.include(shown, "topRated: Processor<Movie, Movie, { readonly minRating: number; }>;")
    assert.include(shown, "perDirector: Processor<Movie, DirectorCount, {}>;")
    assert.include(
      shown,
      "split: Processor<Movie, { readonly good: Movie; readonly bad: DirectorCount; }, {}>;"
    )
    assert.include(shown, "source: Source<Movie, { readonly path: string; }>;")
    assert.include(
      shown,
      'inWords: FunctionPlugin<{ readonly amount: number | null; readonly kind: "new" | "old"; }, { readonly text: string; }>;'
    )
    assert.include(shown, "sink: Sink<Movie, { readonly path: string; }>;")
  })
})

const head =
  'import { defineFunction, defineProcessor, Effect, Film, http, Movie, DirectorCount, Schema, log, valueState } from "./shared.ts"\n'
const headLines = 1
const fileOf = (index: number) => `mistake-${String(index + 1).padStart(2, "0")}.ts`

const compile = (folder: string): string => {
  try {
    return execFileSync(inRoot("node_modules/.bin/tsc"), ["-p", folder, "--pretty", "false"], {
      encoding: "utf8",
      cwd: folder
    })
  } catch (error) {
    return String(Reflect.get(Object(error), "stdout"))
  }
}

const errorsOf = (output: string): readonly Reported[] => {
  const reported: { file: string; line: number; lines: string[] }[] = []
  for (const text of output.split("\n")) {
    const found = /^(?:.*\/)?([\w-]+\.ts)\((\d+),\d+\): error TS\d+: (.*)$/.exec(text)
    if (found !== null)
      reported.push({ file: found[1] ?? "", line: Number(found[2]), lines: [found[3] ?? ""] })
    else if (text.startsWith("  ")) reported.at(-1)?.lines.push(text.trim())
    else if (text.trim() !== "") reported.push({ file: text, line: 0, lines: [text] })
  }
  return reported
}
