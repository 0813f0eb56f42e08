import { randomUUID } from "node:crypto"
import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { compareFlights } from "../../examples/flights/compare.ts"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import { root, temporaryFolder, until, up } from "../input/program.ts"
import type { Platform } from "../input/program.ts"
import { hasKafka } from "../tools.ts"
import { sharedClusterPatience, sharedClusters } from "./shared.ts"
import { startWorker } from "./start-worker.ts"
import type { StartedWorker } from "./start-worker.ts"

const plugins = ["files", "filter", "project", "lookup-join", "window"]
const [cluster] = sharedClusters
const patience = 240_000

// docs/how-to/kafka.md, "Several workers".
describe.skipIf(!hasKafka || cluster === undefined)("workers that share a platform's pipelines", () => {
  const folder = temporaryFolder()
  const example = join(folder.path, "flights")
  const own = `t${randomUUID().slice(0, 8)}.`
  let platform: Platform
  let workers: readonly StartedWorker[] = []
  let token = ""

  beforeAll(async () => {
    await prepareFlights("20k")
    const bootstrap = (await cluster?.bootstrap()) ?? []
    cpSync(join(root, "examples/flights"), example, {
      recursive: true,
      filter: (path) => !path.includes("/out")
    })
    // Others use the cluster too.
    const file = join(example, "flights.pipeline.yaml")
    writeFileSync(file, readFileSync(file, "utf8").replaceAll("stream: us.", `stream: s${own}`))
    const config = join(folder.path, "millrace.yaml")
    writeFileSync(config, JSON.stringify({ kafka: { brokers: bootstrap, prefix: own } }))
    platform = await up({
      data: join(folder.path, "data"),
      publish: plugins.map((name) => join(root, "plugins", name)),
      flags: ["--config", config]
    })
    const issued = await platform.command("token", "create", "workers", "--scope", "work")
    assert.strictEqual(issued.exit, 0, issued.stderr)
    token = issued.stdout.trim()
    workers = await Promise.all(
      [1, 2].map((n) => startWorker(platform, { folder: join(folder.path, `worker-${n}`), token }))
    )
  }, sharedClusterPatience)

  afterAll(async () => {
    for (const { ended, pid } of workers) if (!ended()) process.kill(pid, "SIGKILL")
    await platform.stop()
    folder.remove()
  })

  it(
    "give what DuckDB derives from the data, though one is killed and one is stopped in the middle",
    { timeout: patience },
    async () => {
      const applied = await platform.command("apply", join(example, "flights.pipeline.yaml"), "--grant")
      assert.equal(applied.exit, 0, applied.stderr)
      const handled = async (): Promise<number> => {
        const { stdout } = await platform.command("status", "flights", "--json")
        const status: {
          readonly nodes: readonly { readonly node: string; readonly totals: { readonly in: number } }[]
        } = JSON.parse(stdout)
        return status.nodes.find(({ node }) => node === "departures")?.totals.in ?? 0
      }
      const [killed, stopped] = workers
      await until(handled, (records) => records > 2_000)
      const { stdout } = await platform.command("status", "--json")
      const { workers: counted }: { readonly workers?: { readonly now: number } } = JSON.parse(stdout)
      assert.strictEqual(counted?.now, 2)
      const metrics = await (await fetch(`${platform.url}/metrics`)).text()
      assert.match(metrics, /^millrace_workers 2$/m)
      process.kill(killed?.pid ?? 0, "SIGKILL")
      await until(handled, (records) => records > 8_000)
      process.kill(stopped?.pid ?? 0, "SIGTERM")
      await until(
        () => platform.command("status", "flights"),
        ({ stdout }) => stdout.startsWith("flights: completed")
      )
      assert.isTrue(stopped?.ended())
      for (const { equal, name } of compareFlights("20k", join(example, "out"))) assert.isTrue(equal, name)
    }
  )

  it("are given by their token the secrets that were granted, and nothing that is no work", async () => {
    const asked = async (path: string) => {
      const reply = await fetch(`${platform.url}${path}`, { headers: { authorization: `Bearer ${token}` } })
      return { status: reply.status, text: await reply.text() }
    }
    for (const name of ["GRANTED", "OTHER"])
      assert.strictEqual(
        (await platform.send("PUT", `/api/secrets/${name}`, { value: "hush-hush" })).status,
        200
      )
    const permission = {
      kind: "secret",
      name: "GRANTED",
      mode: "inject",
      destination: "https://api.example.com"
    }
    const granted = await platform.send("POST", "/api/pipelines/flights/grants", { node: "out", permission })
    assert.strictEqual(granted.status, 201, JSON.stringify(granted.body))
    assert.deepEqual(await asked("/api/work/secrets/GRANTED"), { status: 200, text: '{"value":"hush-hush"}' })
    const refused = await asked("/api/work/secrets/OTHER")
    assert.strictEqual(refused.status, 403)
    assert.include(refused.text, "SECRET_NOT_GRANTED")
    assert.strictEqual((await asked("/api/work/runs")).status, 200)
    for (const path of [
      "/api/status",
      "/api/pipelines",
      "/api/topics",
      "/api/tokens",
      "/metrics",
      "/api/live"
    ])
      assert.strictEqual((await asked(path)).status, 403, path)
  })
})
