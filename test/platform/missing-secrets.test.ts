import { mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { command, type Platform, root, temporaryFolder, up } from "../input/program.ts"

// What a pipeline needs and nobody has set is said before a request fails for it.

const folder = temporaryFolder()
const file = join(folder.path, "hooks.pipeline.yaml")
const plugin = (name: string): string => relative(folder.path, join(root, "plugins", name, "src/index.ts"))
let platform: Platform

beforeAll(async () => {
  mkdirSync(join(folder.path, "in"))
  writeFileSync(
    file,
    `pipeline: hooks
nodes:
  lines:
    source: "${plugin("files")}#files-source"
    with: { path: in, format: ndjson, record: t.Line, fields: { n: { type: int } } }
  first:
    sink: "${plugin("webhook")}"
    from: lines
    with: { url: "https://hooks.example.com/a", auth: { secret: HOOK_TOKEN }, sign: { secret: HOOK_KEY } }
  second:
    sink: "${plugin("webhook")}"
    from: lines
    with: { url: "https://hooks.example.com/b", auth: { secret: HOOK_TOKEN } }
`
  )
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const unset = [
  { secret: "HOOK_KEY", nodes: ["first"] },
  { secret: "HOOK_TOKEN", nodes: ["first", "second"] }
]
const set = (name: string) =>
  command(["secret", "set", name, "--data", platform.data], { input: "a value of some length\n" })

describe("secrets that a pipeline asks for and that are not set", () => {
  it("are named by plan and apply, each with the line that sets it", async () => {
    for (const args of [
      ["plan", file],
      ["apply", file, "--grant"]
    ]) {
      const { exit, stdout } = await platform.command(...args)
      assert.include([0, 2], exit)
      assert.include(stdout, "secrets without a value")
      assert.match(stdout, /^ {2}millrace secret set HOOK_KEY {3}\(first\)$/m)
      assert.match(stdout, /^ {2}millrace secret set HOOK_TOKEN {3}\(first, second\)$/m)
    }
    const { stdout } = await platform.command("plan", file, "--json")
    assert.deepEqual(JSON.parse(stdout).missingSecrets, unset)
  })

  it("are named by status and doctor", async () => {
    assert.match((await platform.command("status")).stdout, /millrace secret set HOOK_KEY {3}\(first\)/)
    const shown = await platform.command("status", "hooks", "--json")
    assert.deepEqual(JSON.parse(shown.stdout).missingSecrets, unset)
    const { exit, stdout } = await command(["doctor", "--data", platform.data])
    assert.strictEqual(exit, 0)
    assert.match(stdout, /less secret HOOK_TOKEN: it has no value, and hooks needs it \(first, second\)/)
    assert.match(stdout, /remedy: millrace secret set HOOK_TOKEN/)
  })

  it("are no longer when they are set", async () => {
    for (const name of ["HOOK_KEY", "HOOK_TOKEN"]) assert.strictEqual((await set(name)).exit, 0)
    for (const args of [["plan", file], ["status"]])
      assert.notInclude((await platform.command(...args)).stdout, "secret set")
    assert.notInclude((await command(["doctor", "--data", platform.data])).stdout, "secret HOOK")
  })
})
