import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { prepareFlights } from "../../examples/flights/prepare.ts"
import {
  applyFlights,
  committedCounts,
  copyFlights,
  faultsOf,
  type FlightsCopy,
  outcomeOf,
  publishPlugins,
  upFlights
} from "../examples/flights-run.ts"
import { statusOf } from "../input/pipelines.ts"
import { type Platform, temporaryFolder } from "../input/program.ts"
import { machine, type BenchRow } from "./row.ts"

// The flights example end to end, all 3,000,000 of them: from `millrace apply` to the last durable output, with the start of the
// sandboxes, the join, windows per airport, sessions per route, three named streams and four sinks. One round: it takes long.
// There is no peer that does the same; what stands in its place is the bar that was set, 100,000 records a second on 2 cores.

const bar = 100_000
/** Between two looks: each reads what every task has committed, and would count among the work if it came often. */
const lookMs = 1_000

export const run = async (): Promise<readonly BenchRow[]> => {
  await prepareFlights("3m", (line) => void process.stderr.write(`  ${line}\n`))
  const folder = temporaryFolder()
  try {
    const published = join(folder.path, "published")
    await publishPlugins(published)
    const copy = copyFlights(join(folder.path, "flights"), { size: "3m", partitions: 8, published })
    return [await measure(copy)]
  } finally {
    folder.remove()
  }
}

const measure = async (copy: FlightsCopy): Promise<BenchRow> => {
  const platform = await upFlights(copy)
  try {
    const cpuBefore = await cpuOf(platform)
    const started = performance.now()
    await applyFlights(platform, copy)
    await ended(platform)
    const seconds = (performance.now() - started) / 1_000
    const cpu = await cpuOf(platform)
    const faults = faultsOf(await outcomeOf(platform, copy), committedCounts("3m"))
    const { flights } = committedCounts("3m")
    const perRecord = (spent: number) => `${((1e6 * spent) / flights).toFixed(1)} µs`
    say(
      `${seconds.toFixed(1)} s; CPU of a record: platform ${perRecord(cpu.platform - cpuBefore.platform)}, sandboxes ${perRecord(cpu.sandboxes - cpuBefore.sandboxes)}`
    )
    for (const fault of faults) say(fault)
    return {
      name: "flights: 3,000,000 end to end, durably",
      ours: flights / seconds,
      peer: bar,
      peerName: "the bar",
      ratio: flights / seconds / bar,
      unit: "records per second",
      rounds: 1,
      verified: faults.length === 0,
      machine: machine()
    }
  } finally {
    await platform.stop()
  }
}

const ended = async (platform: Platform): Promise<void> => {
  while (["starting", "running"].includes((await statusOf(platform, "flights")).state)) await delay(lookMs)
}

const say = (line: string): void => void process.stderr.write(`  ${line}\n`)

/** Seconds: of the platform's own process, and of its sandbox processes. */
const cpuOf = async (
  platform: Platform
): Promise<{ readonly platform: number; readonly sandboxes: number }> => {
  const { sandboxes } = Schema.decodeUnknownSync(PlatformStatus)((await platform.get("/api/status")).body)
  const fields = readFileSync(`/proc/${platform.pid}/stat`, "utf8")
    .replace(/\(.*\)/, "x")
    .split(" ")
  return {
    platform: (Number(fields[13]) + Number(fields[14])) / 100,
    sandboxes: sandboxes.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / 1e6
  }
}
