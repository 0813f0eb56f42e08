import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { PipelineStatus } from "@millrace/sdk/api"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"

// A pipeline's life through the front door: planned, applied, run to its end, changed, run again, killed, paused, deleted.

const folder = temporaryFolder()
const file = join(folder.path, "ticks.pipeline.yaml")
// Bundled from where it stands, so that it finds the SDK.
const ticks = relative(folder.path, join(root, "test/platform/fixtures/ticks.ts"))
let platform: Platform

const write = (total: number): void =>
  writeFileSync(
    file,
    `pipeline: ticks
owner: proof
nodes:
  gen: { source: "${ticks}#gen", with: { total: ${total} }, stream: t.ticks }
  counted: { use: "${ticks}#counted", from: gen, stream: t.counts }
`
  )

const ended = async (): Promise<PipelineStatus> => {
  const state = async (): Promise<PipelineStatus> =>
    JSON.parse((await platform.command("status", "ticks", "--json")).stdout)
  return until(state, (status) => status.state === "completed")
}

const totals = (status: PipelineStatus) =>
  Object.fromEntries(status.nodes.map(({ node, totals: { in: taken, out } }) => [node, { in: taken, out }]))

/** By key, the counts in the order of the stream, from one of its records on. */
const countsByKey = async (from: number): Promise<Map<string, number[]>> => {
  const { stdout } = await platform.command("topic", "read", "t.counts", "--limit", "10000", "--json")
  const found = new Map<string, number[]>()
  for (const line of stdout.trim().split("\n").slice(from)) {
    const record: {
      readonly control?: string
      readonly value: { readonly key: string; readonly n: number }
    } = JSON.parse(line)
    if (record.control !== undefined) continue
    found.set(record.value.key, [...(found.get(record.value.key) ?? []), record.value.n])
  }
  return found
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1)

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

describe("a pipeline", () => {
  it("is shown by plan before it is there, with exit code 2", async () => {
    write(1_000)
    const { exit, stdout } = await platform.command("plan", file)
    assert.strictEqual(exit, 2)
    assert.include(stdout, "+ gen")
    assert.include(stdout, "+ stream t.counts")
  })

  it("runs to its end with every record once, in order per key", async () => {
    const { exit, stderr } = await platform.command("run", file, "--until-end")
    assert.strictEqual(exit, 0, stderr)
    const status = await ended()
    assert.deepStrictEqual(totals(status), {
      gen: { in: 1_000, out: 1_000 },
      counted: { in: 1_000, out: 1_000 }
    })
    const counts = await countsByKey(0)
    assert.strictEqual(counts.size, 10)
    for (const [key, seen] of counts) assert.deepStrictEqual(seen, upTo(100), key)
  })

  it("shows the bundle's digest and the process of every node", async () => {
    const status = await ended()
    for (const node of status.nodes) {
      assert.match(node.digest, /^sha512-/)
      assert.isAtLeast(node.pids.length, 1)
    }
  })

  it("has no tap on a node that it has not", async () => {
    const unknown = await platform.command("tap", "ticks", "nobody")
    assert.strictEqual(unknown.errors[0]?.code, "NODE_UNKNOWN")
  })

  it("leaves the schemas of its named streams in the catalogue", async () => {
    const { body } = await platform.get("/api/subjects")
    assert.deepStrictEqual(body, {
      subjects: [
        { subject: "t.counts", compatibility: "BACKWARD", latest: 1 },
        { subject: "t.ticks", compatibility: "BACKWARD", latest: 1 }
      ],
      next: null
    })
  })

  it("would not change when it is planned again", async () => {
    const { exit, stdout } = await platform.command("plan", file)
    assert.strictEqual(exit, 0)
    assert.include(stdout, "nothing would change")
  })

  it("runs again from the start when it is changed after its end, and its own readers take only what is new", async () => {
    write(500)
    const plan = await platform.command("plan", file)
    assert.include(plan.stdout, "config.total: 1000 -> 500")
    assert.include(plan.stdout, "runs again")
    assert.strictEqual((await platform.command("apply", file)).exit, 0)
    const status = await ended()
    assert.strictEqual(status.revision, 2)
    assert.deepStrictEqual(totals(status), { gen: { in: 500, out: 500 }, counted: { in: 500, out: 500 } })
    const seen = (await countsByKey(0)).get("k3")
    assert.deepStrictEqual(seen, [...upTo(100), ...upTo(50)])
  })

  it("is as it was after the platform is killed and started again", async () => {
    process.kill(platform.pid, "SIGKILL")
    await platform.stop().catch(() => undefined)
    platform = await up({ data: join(folder.path, "data") })
    const status = await ended()
    assert.deepStrictEqual(totals(status), { gen: { in: 500, out: 500 }, counted: { in: 500, out: 500 } })
  })

  it("is paused, also over a restart, and goes on", async () => {
    await platform.command("pipeline", "pause", "ticks")
    await platform.stop()
    platform = await up({ data: join(folder.path, "data") })
    const state = async (): Promise<string> =>
      JSON.parse((await platform.command("status", "ticks", "--json")).stdout).state
    assert.strictEqual(await state(), "paused")
    await platform.command("pipeline", "resume", "ticks")
    assert.strictEqual((await ended()).state, "completed")
  })

  it("is gone when it is deleted, and its streams stay", async () => {
    assert.strictEqual((await platform.command("pipeline", "delete", "ticks")).exit, 0)
    const unknown = await platform.command("status", "ticks")
    assert.strictEqual(unknown.errors[0]?.code, "PIPELINE_UNKNOWN")
    assert.include((await platform.command("topic", "list")).stdout, "t.counts")
  })
})

describe("the page and the API of a platform", () => {
  it("serve what runs, the API's description and metrics", async () => {
    const page = await fetch(`${platform.url}/`)
    assert.strictEqual(page.status, 200)
    assert.include(await page.text(), "Millrace")
    const description = await (await fetch(`${platform.url}/api/openapi.json`)).text()
    assert.include(description, '"openapi":"3.1')
    assert.include(description, '"/api/apply"')
    assert.include(await (await fetch(`${platform.url}/metrics`)).text(), "# TYPE millrace_up gauge")
    const live = await fetch(`${platform.url}/api/live`)
    assert.strictEqual(live.headers.get("content-type"), "text/event-stream")
    const first = await live.body?.getReader().read()
    assert.match(Buffer.from(first?.value ?? []).toString(), /^event: status\ndata: \{"at":\d+,/)
  })

  it("refuse a write without a token, a foreign Host and a foreign Origin", async () => {
    const plan = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }
    assert.strictEqual((await fetch(`${platform.url}/api/plan`, plan)).status, 401)
    const foreign = { ...plan, headers: { ...plan.headers, origin: "https://elsewhere.example" } }
    assert.strictEqual((await fetch(`${platform.url}/api/plan`, foreign)).status, 403)
  })
})
