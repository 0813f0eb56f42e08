import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../input/program.ts"
import { planFaults } from "./kafka/fault-plan.ts"
import type { Fault } from "./kafka/fault-plan.ts"
import { runOnKafka } from "./kafka/prove-on-kafka.ts"
import { runSeededBug } from "./kafka/run-seeded-bug.ts"
import { kafkaBugs } from "./kafka/seeded-bugs.ts"
import type { ProofOptions, ProofResult } from "./main.ts"
import { drawsOf } from "./power-cut/prove-images.ts"

export const name = "kafka"
export const describe =
  "three brokers and a platform, killed, stopped and frozen under load: nothing lost, nothing repeated for a reader of committed records"

const folder = join(root, ".millrace/prove/kafka")
const progressFile = join(folder, "progress.json")
const brokers = 3
/** A session, and what a transaction may be open. */
const freezeMs = 45_000

interface Sizes {
  readonly seed: number
  readonly events: number
  readonly kills: number
  readonly restarts: number
  readonly freezes: number
  readonly workers: number
}

interface Progress {
  readonly sizes: Sizes
  readonly bugsCaught: readonly string[]
  /** Faults that were carried out. */
  readonly done: number
  readonly seconds: number
}

/**
 * `--events`, 1,000,000 unless told otherwise; `--kills` of the platform and its workers, 60; `--restarts` of brokers, 12; `--freezes`
 * beyond session and transaction, 2; `--workers` beside the platform, 2; `--bugs 0` leaves out the seeded bugs. `--resume` goes on behind the last fault, in the same folder.
 */
export const run = async (options: ProofOptions): Promise<ProofResult> => {
  const sizes: Sizes = {
    seed: options.seed,
    events: options.number("--events") ?? 1_000_000,
    kills: options.number("--kills") ?? 60,
    restarts: options.number("--restarts") ?? 12,
    freezes: options.number("--freezes") ?? 2,
    workers: options.number("--workers") ?? 2
  }
  const before = options.resume ? resumed(sizes) : undefined
  if (before === undefined) rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { kills, restarts, freezes, events, seed, workers } = sizes
  const counts = { kills, restarts, freezes, freezeMs, brokers, processes: workers + 1 }
  const faults = planFaults(counts, drawsOf(seed))
  const bugsCaught = [...(before?.bugsCaught ?? [])]
  const missed: string[] = []
  for (const { name: bug } of options.number("--bugs") === 0 ? [] : kafkaBugs) {
    if (bugsCaught.includes(bug)) continue
    const [caught] = await runSeededBug(bug, seed)
    say(`seeded bug "${bug}": ${caught === undefined ? "NOT CAUGHT" : `caught: ${caught}`}`)
    if (caught === undefined) missed.push(`not caught: ${bug}`)
    else bugsCaught.push(bug)
    keep({ sizes, bugsCaught, done: before?.done ?? 0, seconds: before?.seconds ?? 0 })
  }
  const begun = performance.now()
  const seconds = () => (before?.seconds ?? 0) + (performance.now() - begun) / 1_000
  const result = await runOnKafka({
    folder,
    seed,
    events,
    workers,
    brokers,
    faults,
    done: before?.done ?? 0,
    say,
    onFault: (number, what, found) => {
      say(`${number + 1} of ${faults.length}: ${what}${found.length === 0 ? "" : `: ${found.join("; ")}`}`)
      if (found.length === 0) keep({ sizes, bugsCaught, done: number + 1, seconds: seconds() })
    }
  })
  const { undisturbed } = result
  const count = (kind: Fault["kind"]): number => faults.filter((fault) => fault.kind === kind).length
  const wrong = [...missed, ...result.course, ...result.checked]
  if (wrong.length === 0) rmSync(folder, { recursive: true, force: true })
  return {
    passed: wrong.length === 0 ? faults.length + bugsCaught.length : 0,
    failed: wrong.length,
    notes: [
      `${events} events, ${brokers} brokers, a platform and ${workers} workers: ${count("kill")} kills -9, ${count("broker")} restarts of brokers, ${count("freeze")} freezes of ${freezeMs / 1_000} s`,
      `${Math.round(seconds())} s; before the first fault ${Math.round(undisturbed.events / undisturbed.seconds)} events a second; digest ${result.digest}`,
      `seeded bugs caught: ${bugsCaught.join(", ")}`,
      ...wrong
    ]
  }
}

const say = (text: string): void => void process.stderr.write(`kafka: ${text}\n`)

const keep = (progress: Progress): void => writeFileSync(progressFile, JSON.stringify(progress))

const resumed = (sizes: Sizes): Progress | undefined => {
  try {
    const progress: Progress = JSON.parse(readFileSync(progressFile, "utf8"))
    return JSON.stringify(progress.sizes) === JSON.stringify(sizes) ? progress : undefined
  } catch {
    return undefined
  }
}
