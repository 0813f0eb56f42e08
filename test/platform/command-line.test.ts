import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { bin, command, root, temporaryFolder } from "../input/program.ts"

// What a user meets who mistypes, or whose platform was killed.

const folder = temporaryFolder()
afterAll(folder.remove)

const wrong: readonly (readonly string[])[] = [
  ["up", "--port", "99999"],
  ["topic", "read", "studio.movies", "--limit", "0"],
  ["topic", "read", "studio.movies", "--from", "x"],
  ["topic", "read", "studio.movies", "--partition", "-1"],
  ["nonsense"]
]

describe("a command that was written wrongly", () => {
  for (const args of wrong) {
    it(`ends with 64 and leaves standard output alone: ${args.join(" ")}`, async () => {
      const { exit, stderr, stdout } = await command([...args, "--data", join(folder.path, "none")])
      assert.strictEqual(exit, 64, stderr)
      assert.strictEqual(stdout, "")
      assert.include(stderr, "USAGE")
      assert.notInclude(stderr, "this is a bug")
    })
  }

  it("sends no token to a platform on another machine without TLS", async () => {
    const { errors, exit } = await command(["worker", "--url", "http://platform.example:4000"])
    assert.strictEqual(exit, 64)
    assert.strictEqual(errors[0]?.code, "WORKER_UNENCRYPTED")
  })

  it("prints help that was asked for on standard output, without escape codes", async () => {
    const { exit, stderr, stdout } = await command(["up", "--help"])
    assert.strictEqual(exit, 0, stderr)
    assert.include(stdout, "USAGE")
    assert.notInclude(stdout, "\u001b")
  })
})

describe("a data folder whose platform was killed", () => {
  const data = join(folder.path, "killed")
  mkdirSync(data)
  // Above the largest process id that Linux gives.
  const left = JSON.stringify({ url: "http://localhost:1", pid: 4_194_305, version: "0.1.0" })
  writeFileSync(join(data, "server.json"), left)

  it("has no platform up", async () => {
    const { errors, exit } = await command(["status", "--data", data])
    assert.strictEqual(exit, 69)
    assert.strictEqual(errors[0]?.code, "SERVER_NOT_UP")
  })

  it("is run in by a platform of the command's own", async () => {
    const file = join(folder.path, "ticks.pipeline.yaml")
    const ticks = relative(folder.path, join(root, "test/platform/fixtures/ticks.ts"))
    writeFileSync(
      file,
      `pipeline: ticks\nowner: proof\nnodes:\n  gen: { source: "${ticks}#gen", with: { total: 10 }, stream: t.ticks }\n`
    )
    const { exit, stderr, stdout } = await command(["run", file, "--until-end", "--json", "--data", data])
    assert.strictEqual(exit, 0, stderr)
    assert.strictEqual(JSON.parse(stdout).state, "completed")
  })
})

describe("a platform that a signal ends", () => {
  const endings = [
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const
  for (const [signal, code] of endings) {
    it(`ends with ${code} on ${signal}`, async () => {
      const args = [bin, "up", "--json", "--port", "0", "--data", join(folder.path, signal)]
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
      await once(child.stdout, "data")
      child.kill(signal)
      assert.deepStrictEqual(await once(child, "exit"), [code, null])
    })
  }
})
