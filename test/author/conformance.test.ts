import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { command, temporaryFolder } from "../input/program.ts"
import { shopModule } from "./shop.ts"

// `millrace test --conformance` as an author runs it.

const home = temporaryFolder()
afterAll(() => home.remove())

const project = (name: string, files: { readonly [path: string]: string }) => {
  const folder = join(home.path, name)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return (...args: readonly string[]) => command(["test", "--conformance", ...args], { cwd: folder })
}

const packageJson = JSON.stringify({ name: "@acme/shop", version: "0.1.0", type: "module" })
const linesSource = `import { Contract, defineSource, files, fromConfig, Schema } from "@millrace/sdk"
export class Line extends Contract<Line>()({ subject: "a.lines", key: "text", schema: Schema.Struct({ text: Schema.String }) }) {}
export const lines = defineSource({
  name: "lines", output: Line, bounded: true, position: Schema.Int, config: Schema.Struct({ path: Schema.String }),
  uses: { input: files.read(fromConfig("path")) },
  *read(position, { input }) {
    const text = new TextDecoder().decode(yield* input.read("", 0, 65536))
    return { records: [{ value: { text } }], position: (position ?? 0) + 1, next: "end" }
  }
})
`

describe("millrace test --conformance", () => {
  it("tries the plugins of a project without a fixture, and says what is broken, why and what to do", async () => {
    const test = project("bare", { "package.json": packageJson, "src/index.ts": shopModule })
    const { exit, stderr, stdout } = await test("--filter", "forgetful")
    assert.strictEqual(stderr, "")
    assert.include(stdout, "✓ forgetful › runs\n")
    assert.include(stdout, "- forgetful › timers-once: it sets no timers\n")
    assert.match(
      stdout,
      /✗ forgetful › cut-anywhere src\/index\.ts:1\n {4}Cut into any batches.*\n {6}done {5}ran it .*\n {6}expected output\[\d+\]\.\$value\.place: \d+\n {6}came {5}output/
    )
    assert.include(stdout, "    remedy: Keep what must outlive a record in `uses:")
    assert.include(stdout, "    docs/reference/conformance.md#processor-cut-anywhere\n")
    assert.match(stdout, /\d+ rules kept, 2 broken, \d+ not tried by 1 plugin, [\d.]+ s\n$/)
    assert.strictEqual(exit, 1)
  })

  it("takes a fixture's word for what a plugin is tried in, and for what it is not held to", async () => {
    const test = project("said", {
      "package.json": packageJson,
      "src/index.ts": shopModule,
      "src/index.fixture.yaml": `conformance:
  - plugin: forgetful
    name: known
    input: [{ id: a }, { id: b }]
    skip: { cut-anywhere: it counts what it saw, run-twice: the same }
`
    })
    const { exit, stdout } = await test("--json", "--filter", "known")
    const { counts, rules } = JSON.parse(stdout)
    assert.deepInclude(counts, { broken: 0, skipped: 2 })
    const skipped = rules.find(({ rule }: { readonly rule: string }) => rule === "run-twice")
    assert.deepInclude(skipped, { plugin: "forgetful", setup: "known", status: "skipped", why: "the same" })
    assert.strictEqual(exit, 0)
  })

  it("names what has to be said, what is no rule, and flags that do not go together", async () => {
    const test = project("unsaid", { "package.json": packageJson, "src/index.ts": linesSource })
    const unsaid = await test()
    assert.deepStrictEqual(unsaid.errors, [
      {
        code: "CONFORMANCE_SPEC_NEEDED",
        message:
          'lines cannot be tried in what is made up of its manifest: PLUGIN_FAILED: CapabilityError: there is no file ""',
        where: "src/index.ts",
        remedy:
          'say in a fixture what it needs, like: conformance: [{ plugin: lines, config: { … }, files: { input: { "a.txt": … } } }]'
      }
    ])
    assert.strictEqual(unsaid.exit, 65)

    const odd = await project("odd", {
      "package.json": packageJson,
      "src/index.ts": linesSource,
      "src/index.fixture.yaml": "conformance: [{ plugin: lines, skip: { nonsense: no } }]\n"
    })()
    assert.deepStrictEqual(
      odd.errors.map(({ code, message, where }) => [code, message, where]),
      [
        [
          "FIXTURE_INVALID",
          "conformance[0].skip.nonsense: there is no rule nonsense for a source",
          "src/index.fixture.yaml:1:40"
        ]
      ]
    )
    assert.deepStrictEqual(
      (await test("--watch")).errors.map(({ code }) => code),
      ["TEST_FLAGS"]
    )
  })
})
