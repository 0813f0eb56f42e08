import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { PipelineStatus } from "@millrace/sdk/api"
import { untilState } from "../input/pipelines.ts"
import { type Platform, root, temporaryFolder, up } from "../input/program.ts"
import { platformStatusOf } from "./density/deployed.ts"
import { cpuSecondsOf } from "./density/processes.ts"
import { fiveNodes } from "./fused.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"
import { scale, totalsOf } from "./streams/stream-platform.ts"

// The five nodes of `fused.ts`, fused and with a durable topic between each two, over a stream that gets as many records a second as an
// average job of Netflix's does: batches are small then, and what each costs counts for more than its bytes.
// CPU time is that of the platform and its sandboxes while one of the two runs, less what they take while none does: the source, and what
// the platform does by itself.

const perSecond = 3_000
const rounds = 5
const windowSeconds = Math.max(2, Math.round(20 * scale))
const warmSeconds = Math.max(2, Math.round(45 * scale))
/** The first so many after a change are not counted. */
const settleSeconds = 3

const contestants = ["fused", "topics"] as const

export const run = async (): Promise<readonly BenchRow[]> => {
  const folder = temporaryFolder()
  const platform = await up({ data: join(folder.path, "data") })
  const apply = async (pipeline: string, nodes: string) => {
    const file = join(folder.path, `${pipeline}.pipeline.yaml`)
    const text = nodes.replaceAll("{root}", relative(folder.path, root))
    writeFileSync(file, `pipeline: ${pipeline}\nowner: bench\nnodes:\n${text}\n`)
    const { exit, stderr } = await platform.command("apply", file, "--grant")
    if (exit !== 0) throw new Error(stderr)
  }
  try {
    await apply(
      "inputs",
      `  live:
    source: "{root}/test/bench/plugins/bids.ts#paced-bids"
    with: { perSecond: ${perSecond}, startAt: ${Date.now()} }
    stream: bench.live
    partitions: 1`
    )
    for (const name of contestants) await apply(name, fiveNodes(name, name === "topics", "bench.live"))
    await delay(warmSeconds * 1_000)
    for (const name of contestants) await change(platform, name, "pause")
    return [await compare(platform)]
  } finally {
    await platform.stop()
    folder.remove()
  }
}

const compare = async (platform: Platform): Promise<BenchRow> => {
  const micros: { readonly [name in (typeof contestants)[number]]: number[] } = { fused: [], topics: [] }
  let isOnPace = true
  for (let round = 0; round < rounds; round++) {
    const idle = (await cpuOver(platform, windowSeconds)).cpuSeconds
    for (const name of round % 2 === 0 ? contestants : contestants.toReversed()) {
      await change(platform, name, "resume")
      await caughtUp(platform, name)
      const { cpuSeconds, records } = await cpuOver(platform, windowSeconds, name)
      await change(platform, name, "pause")
      isOnPace &&= Math.abs(records / (perSecond * windowSeconds) - 1) < 0.1
      micros[name].push(((cpuSeconds - idle) * 1e6) / records)
    }
  }
  const ratios = micros.fused.map((each, round) => (micros.topics[round] ?? Number.NaN) / each)
  return {
    name: `paced-fused: the same at ${perSecond.toLocaleString("en")} records/s`,
    ours: 1e6 / median(micros.fused),
    peer: 1e6 / median(micros.topics),
    peerName: "topics between",
    ratio: median(ratios),
    unit: "records per CPU-second",
    rounds,
    // Each kept the pace, and gave on what it let through.
    verified:
      isOnPace && (await Promise.all(contestants.map((name) => gaveAll(platform, name)))).every(Boolean),
    machine: machine()
  }
}

/** But for what stands in topics between, where it was paused. */
const gaveAll = async (platform: Platform, name: string): Promise<boolean> => {
  const status = await statusOf(platform, name)
  return totalsOf(status, "expensive").out - totalsOf(status, "slim").out < perSecond
}

const statusOf = async (platform: Platform, name: string): Promise<PipelineStatus> => {
  const found = (await platformStatusOf(platform)).pipelines.find(({ pipeline }) => pipeline === name)
  if (found === undefined) throw new Error(`no pipeline ${name}`)
  return found
}

const change = async (platform: Platform, name: string, to: "pause" | "resume"): Promise<void> => {
  const { exit, stderr } = await platform.command("pipeline", to, name)
  if (exit !== 0) throw new Error(stderr)
  if (to === "resume") await untilState(platform, name, ["running", "failed"], 60)
}

/** Waits until all has been taken that came while it was paused: less than a second's records are left to do. */
const caughtUp = async (platform: Platform, name: string): Promise<void> => {
  for (;;) {
    const before = totalsOf(await statusOf(platform, name), "slim").in
    await delay(1_000)
    const taken = totalsOf(await statusOf(platform, name), "slim").in - before
    if (taken > 0 && taken < perSecond) break
  }
  await delay(settleSeconds * 1_000)
}

/** CPU time of so many seconds, and what came to the first node of a pipeline meanwhile. */
const cpuOver = async (platform: Platform, seconds: number, name?: string) => {
  const taken = async () =>
    name === undefined ? 0 : totalsOf(await statusOf(platform, name), "expensive").in
  const [records, before] = [await taken(), cpuSecondsOf(platform.pid).all]
  await delay(seconds * 1_000)
  return { cpuSeconds: cpuSecondsOf(platform.pid).all - before, records: (await taken()) - records }
}
