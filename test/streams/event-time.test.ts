import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { PipelineStatus } from "@millrace/sdk/api"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { eventOf, sourcePartitions, width } from "./fixtures/events.ts"

// Event time through the front door: what is counted, and what is late, goes by the records alone.

const perPartition = 300
const outOfOrderness = 300
const folder = temporaryFolder()
const plugins = relative(folder.path, join(root, "test/streams/fixtures/events.ts"))
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

interface Outcome {
  readonly counts: ReadonlyMap<string, number>
  /** Records below their partition's watermark, whether or not their window was still open. */
  readonly late: number
}

/** The same by a simple loop over each partition. */
const oracle = (): Outcome => {
  const counts = new Map<string, number>()
  let late = 0
  for (let partition = 0; partition < sourcePartitions; partition++) {
    let newest = -Infinity
    for (let n = 0; n < perPartition; n++) {
      const { at, key } = eventOf(partition, n)
      const watermark = newest - outOfOrderness
      newest = Math.max(newest, at)
      if (at < watermark) late += 1
      const end = Math.floor(at / width) * width + width
      if (watermark < end) counts.set(`${key} ${end}`, (counts.get(`${key} ${end}`) ?? 0) + 1)
    }
  }
  return { counts, late }
}

const run = async (
  name: string,
  options: { readonly partitions: number; readonly batch: number },
  meanwhile: () => Promise<void> = async () => {}
): Promise<Outcome> => {
  const file = join(folder.path, `${name}.pipeline.yaml`)
  writeFileSync(
    file,
    `pipeline: ${name}
owner: streams
nodes:
  events:
    source: "${plugins}#events"
    with: { perPartition: ${perPartition}, batch: ${options.batch} }
    watermark: { outOfOrderness: ${outOfOrderness}ms }
    stream: ${name}.events
    partitions: ${options.partitions}
  windows: { use: "${plugins}#windows", from: events, stream: ${name}.windows }
`
  )
  const applied = await platform.command("apply", file, "--grant")
  assert.strictEqual(applied.exit, 0, applied.stderr)
  await meanwhile()
  const status = await until(
    async (): Promise<PipelineStatus> =>
      JSON.parse((await platform.command("status", name, "--json")).stdout),
    ({ state }) => state === "completed"
  )
  const { stdout } = await platform.command("topic", "read", `${name}.windows`, "--limit", "10000", "--json")
  const counts = new Map<string, number>()
  for (const line of stdout.trim().split("\n")) {
    const {
      control,
      value
    }: {
      readonly control?: string
      readonly value: { readonly key: string; readonly end: number; readonly count: number }
    } = JSON.parse(line)
    if (control !== undefined) continue
    const window = `${value.key} ${value.end}`
    assert.isFalse(counts.has(window), `${window} was given twice`)
    counts.set(window, value.count)
  }
  return { counts, late: status.nodes.find(({ node }) => node === "windows")?.totals.late ?? -1 }
}

describe("event time", () => {
  it("closes every window once, with what was in time, whatever batches and partitions", async () => {
    const expected = oracle()
    assert.isAbove(expected.late, 10)
    for (const [partitions, batch] of [
      [1, 500],
      [8, 7],
      [8, 500]
    ] as const)
      assert.deepStrictEqual(await run(`w${partitions}-${batch}`, { partitions, batch }), expected)
  })

  it("closes them the same when sandboxes are killed meanwhile", async () => {
    const killed = new Set<number>()
    const kill = async () => {
      for (let round = 0; round < 25 && killed.size < 3; round++) {
        const { sandboxes }: { readonly sandboxes: readonly { readonly pid: number }[] } = JSON.parse(
          (await platform.command("status", "--json")).stdout
        )
        for (const { pid } of sandboxes) {
          if (killed.has(pid)) continue
          killed.add(pid)
          try {
            process.kill(pid, "SIGKILL")
          } catch {
            // It had ended by itself.
          }
        }
      }
    }
    assert.deepStrictEqual(await run("killed", { partitions: 8, batch: 5 }, kill), oracle())
    assert.isAtLeast(killed.size, 1)
  })

  it("closes them the same when the platform itself is killed meanwhile", async () => {
    let kills = 0
    const kill = async () => {
      for (; kills < 2; kills++) {
        await until(
          async () =>
            (await platform.command("topic", "read", "crashed.events", "--limit", "1", "--json")).stdout,
          (line) => line !== ""
        )
        process.kill(platform.pid, "SIGKILL")
        await until(
          () => platform.command("status"),
          ({ exit }) => exit !== 0
        )
        platform = await up({ data: join(folder.path, "data") })
      }
    }
    assert.deepStrictEqual(await run("crashed", { partitions: 8, batch: 3 }, kill), oracle())
    assert.strictEqual(kills, 2)
  })

  it("does not wait for a source partition that idles, and does for one that may yet speak", async () => {
    const outcome = async (name: string, watermark: string) => {
      const file = join(folder.path, `${name}.pipeline.yaml`)
      writeFileSync(
        file,
        `pipeline: ${name}
nodes:
  events: { source: "${plugins}#trickle", with: { count: 55 }, watermark: ${watermark}, stream: ${name}.events, partitions: 2 }
  windows: { use: "${plugins}#windows", from: events, stream: ${name}.windows }
`
      )
      const applied = await platform.command("apply", file, "--grant")
      assert.strictEqual(applied.exit, 0, applied.stderr)
      return async (): Promise<number> => {
        const { stdout } = await platform.command("topic", "read", `${name}.windows`, "--json")
        return stdout.split("\n").filter((line) => line.includes('"end"')).length
      }
    }
    const waits = await outcome("waits", "{}")
    const passes = await outcome("passes", "{ idleAfter: 300ms }")
    // 55 events at 100 ms: five windows are over, the sixth is open.
    await until(passes, (closed) => closed === 5)
    assert.strictEqual(await waits(), 0)
    for (const name of ["waits", "passes"]) await platform.command("pipeline", "delete", name)
  })
})
