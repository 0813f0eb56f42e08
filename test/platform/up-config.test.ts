import { mkdirSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { untilState } from "../input/pipelines.ts"
import { command, root, temporaryFolder, until, up } from "../input/program.ts"

// A platform that is started as a service: by a file, beside which flags win.

const folder = temporaryFolder()
afterAll(() => folder.remove())

const ticks = relative(join(folder.path, "etc"), join(root, "test/platform/fixtures/ticks.ts"))

const write = (name: string, text: string): string => {
  mkdirSync(join(folder.path, "etc"), { recursive: true })
  const file = join(folder.path, "etc", name)
  writeFileSync(file, text)
  return file
}

describe("millrace up --config", () => {
  it(
    "starts by the file, applies what it can of it, and tells what it cannot",
    { timeout: 240_000 },
    async () => {
      write("broken.pipeline.yaml", "pipeline: broken\nnodes: {}\n")
      write(
        "ticks.pipeline.yaml",
        `pipeline: ticks
nodes:
  gen: { source: "${ticks}#gen", with: { total: 20 }, stream: t.ticks }
`
      )
      const config = write(
        "millrace.yaml",
        `data: /nowhere/that/the/flag/does/not/replace
allowHost: [millrace.test]
apply: [broken.pipeline.yaml, ticks.pipeline.yaml]
limits: { batchMemoryMiB: 64, sandboxProcesses: 1 }
`
      )
      const platform = await up({ data: join(folder.path, "data"), flags: ["--config", config] })
      try {
        await until(
          async () => (await platform.get("/api/status/ticks")).status,
          (status) => status === 200
        )
        await untilState(platform, "ticks")
        const { sandboxes } = await statusOf(platform)
        const domains = sandboxes.map(({ domain }) => domain)
        assert.strictEqual(new Set(domains).size, domains.length)
      } finally {
        await platform.stop()
      }
    }
  )

  it("does not start by a file that is wrong, and names all that is", { timeout: 60_000 }, async () => {
    const config = write("wrong.yaml", "prot: 4000\nhosts: here\n")
    const refused = await command(["up", "--config", config, "--data", join(folder.path, "never")])
    assert.strictEqual(refused.exit, 65)
    assert.deepStrictEqual(
      refused.errors.map(({ code, where }) => [code, where]),
      [
        ["CONFIG_INVALID", `${config}:1:1 (prot)`],
        ["CONFIG_INVALID", `${config}:2:1 (hosts)`]
      ]
    )
    const missing = await command(["up", "--config", join(folder.path, "none.yaml")])
    assert.strictEqual(missing.errors[0]?.code, "CONFIG_UNREADABLE")
  })
})

const statusOf = async (platform: {
  readonly command: (...args: readonly string[]) => Promise<{ readonly stdout: string }>
}): Promise<{ readonly sandboxes: readonly { readonly domain: string }[] }> =>
  JSON.parse((await platform.command("status", "--json")).stdout)
