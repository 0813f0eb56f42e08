import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import type { PlatformStatus } from "@millrace/sdk/api"
import { root } from "../../input/program.ts"
import { dueAt } from "../plugins/paced.ts"
import { type BenchRow, machine, median } from "../row.ts"
import { scale } from "../streams/stream-platform.ts"
import { applied, type Deployed, platformStatusOf } from "./deployed.ts"
import { type Layout, pipelineNamesOf, processorPipeline } from "./domains.ts"
import { tell } from "./live.ts"
import { cpuSecondsOf } from "./processes.ts"

const perSecond = Number(process.env["BENCH_PACE"] ?? 3_000)
const seconds = Math.round(300 * scale)
/** At the same pace, ahead of those: all domains wake at once, and their code is compiled while it is used. Told by itself. */
const startSeconds = 15
const count = perSecond * (startSeconds + seconds)
const budgetSeconds = 1
/** For what is left to do when the last record was given. */
const patienceSeconds = 600

const stream = "bench.paced"

/**
 * One stream at a steady pace by the clock, which every processor reads; its records are made as they fall due, for the log has
 * no way to hold back who reads what is written. A processor is as late as the first record is past its time that it has not
 * committed; once a second all are looked at.
 */
export const runPaced = async (deployed: Deployed, layout: Layout): Promise<readonly BenchRow[]> => {
  const { platform } = deployed
  // The stream has to be there before who reads it.
  await applySource(deployed, Date.now() + 3_600_000)
  for (let domain = 0; domain < layout.domains; domain++)
    for (let processor = 0; processor < layout.perDomain; processor++)
      await applied(platform, processorPipeline(domain, processor, stream))
  const startAt = Date.now() + 5_000
  await applySource(deployed, startAt)
  await delay(Math.max(0, startAt - Date.now()))
  const before = cpuSecondsOf(platform.pid)
  const watched = await watch(deployed, new Set(pipelineNamesOf(layout)), startAt)
  const after = cpuSecondsOf(platform.pid)
  return rowsOf(layout, watched, { all: after.all - before.all, own: after.own - before.own })
}

const applySource = async ({ folder, platform }: Deployed, startAt: number): Promise<void> => {
  const file = join(folder, "paced.pipeline.yaml")
  const plugin = relative(folder, join(root, "test/bench/plugins/paced.ts"))
  writeFileSync(
    file,
    `pipeline: paced
owner: bench
nodes:
  events:
    source: "${plugin}#paced"
    with: ${JSON.stringify({ count, perSecond, startAt })}
    stream: ${stream}
    partitions: 1
`
  )
  const { exit, stderr } = await platform.command("apply", file, "--grant")
  if (exit !== 0) throw new Error(stderr)
}

interface Watched {
  /** Of the latest of all processors, each second, in seconds; without the first {@link startSeconds}. */
  readonly lags: readonly number[]
  /** In these. */
  readonly startLags: readonly number[]
  /** From the first record's time until all were committed by all. */
  readonly tookSeconds: number
  /** Every processor took each record once and gave each on. */
  readonly isWhole: boolean
}

const watch = async (
  { platform }: Deployed,
  names: ReadonlySet<string>,
  startAt: number
): Promise<Watched> => {
  const lags: number[] = []
  const startLags: number[] = []
  for (;;) {
    const nodes = processorsOf(await platformStatusOf(platform), names)
    const now = Date.now()
    const least = Math.min(...nodes.map(({ totals }) => totals.in))
    const isDone = least >= count
    const tookSeconds = (now - startAt) / 1_000
    const lag = isDone ? 0 : Math.max(0, now - dueAt(least, { perSecond, startAt })) / 1_000
    ;(tookSeconds < startSeconds ? startLags : lags).push(lag)
    if (isDone || tookSeconds > startSeconds + seconds + patienceSeconds)
      return {
        lags,
        startLags,
        tookSeconds,
        isWhole:
          nodes.length === names.size &&
          nodes.every(({ totals }) => totals.in === count && totals.out === count)
      }
    await delay(1_000)
  }
}

const processorsOf = ({ pipelines }: PlatformStatus, names: ReadonlySet<string>) =>
  pipelines.flatMap(({ nodes, pipeline }) => (names.has(pipeline) ? nodes : []))

const rowsOf = (
  { domains, perDomain }: Layout,
  { isWhole, lags, startLags, tookSeconds }: Watched,
  cpu: { readonly all: number; readonly own: number }
): readonly BenchRow[] => {
  const processors = domains * perDomain
  const records = count * processors
  const worst = Math.max(...lags)
  const micros = (cpuSeconds: number) => ((cpuSeconds * 1e6) / records).toFixed(2)
  tell(
    `lag by second: median ${median(lags).toFixed(2)} s, 99th percentile ${quantile(lags, 0.99).toFixed(2)} s, worst ${worst.toFixed(2)} s; ${(cpu.all / tookSeconds).toFixed(2)} cores, ${micros(cpu.all)} µs a record, of it the platform ${micros(cpu.own)}`
  )
  const row = (name: string, unit: string, ours: number, peer: number): BenchRow => ({
    name: `density: ${processors} processors at ${perSecond.toLocaleString("en")} records/s each for ${seconds} s, ${name}`,
    ours,
    peer,
    peerName: "budget",
    ratio: ours / peer,
    unit,
    rounds: 1,
    verified: isWhole,
    machine: machine()
  })
  return [
    row("worst lag", "s", worst, budgetSeconds),
    row(`worst lag in the ${startSeconds} s before, from parked`, "s", Math.max(...startLags), budgetSeconds),
    row("records taken a second", "records per second", records / tookSeconds, perSecond * processors)
  ]
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? Number.NaN
