import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { command, root, temporaryFolder } from "./program.ts"

const folder = temporaryFolder()
afterAll(() => folder.remove())

/** A Node that says it is 20: what the program's own start looks at. */
const olderNode = (): NodeJS.ProcessEnv => {
  const preload = join(folder.path, "older.cjs")
  writeFileSync(
    preload,
    `if (!process.execArgv.includes("--no-node-snapshot")) Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.19.0" } })\n`
  )
  return { NODE_OPTIONS: `--require=${preload}` }
}

/** The program where the npm package \`node\` is not installed. */
const binWithoutNode24 = (): string => {
  const target = join(folder.path, "millrace/bin")
  mkdirSync(target, { recursive: true })
  cpSync(join(root, "runtime/bin"), target, { recursive: true })
  writeFileSync(join(folder.path, "millrace/package.json"), '{ "type": "module" }\n')
  return join(target, "millrace.js")
}

/** The Node of the machine, where it is older than 24. */
const systemNode = (): string | undefined =>
  ["/usr/bin/node", "/usr/local/bin/node"].find((path) => {
    const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" })
    return /^v(1\d|2[0-3])\./.test(stdout ?? "")
  })

describe("an old Node", () => {
  it("goes on under the Node 24 that the project brings", async () => {
    const { exit, stderr, stdout } = await command(["--version"], { env: olderNode() })
    assert.strictEqual(exit, 0, stderr)
    assert.match(stdout, /\d+\.\d+\.\d+/)
  })

  it("is told what is missing and what to do, where there is no Node 24", async () => {
    const { errors, exit } = await command(["status"], { env: olderNode(), bin: binWithoutNode24() })
    assert.deepInclude(errors[0], {
      code: "NODE_TOO_OLD",
      message: "this is Node 20.19.0, and Millrace needs Node 24"
    })
    assert.match(errors[0]?.remedy ?? "", /npm install|Node 24/)
    assert.strictEqual(exit, 69)
  })

  it.skipIf(systemNode() === undefined)("does both under the machine's own", async () => {
    const node = systemNode() ?? process.execPath
    const works = await command(["--version"], { node })
    assert.strictEqual(works.exit, 0, works.stderr)
    const refused = await command(["status"], { node, bin: binWithoutNode24() })
    assert.deepInclude(refused.errors[0], { code: "NODE_TOO_OLD" })
    assert.strictEqual(refused.exit, 69)
  })
})
