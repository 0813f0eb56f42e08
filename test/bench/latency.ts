import { spawn } from "node:child_process"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { root, temporaryFolder } from "../input/program.ts"
import { type BenchRow, machine, median } from "./row.ts"

// From when a record is given to a named stream until what a node made of it can be read from another: two durable commits, a
// wake-up each, and the sandbox between. 20,000 records a second, each due by itself; what a stall holds up counts in full.
// All rounds take a quarter of an hour. The platform has the flags of `bin/node24.js`, under which benches run.

const rounds = 5
const perSecond = 20_000
/** V8 compiles what is hot in four fifths of the first half minute: with 15 s ahead p99 is 5.2 to 6.8 ms, with 60 3.9 to 4.2. */
const warmSeconds = 60
/** `BENCH_SECONDS=5` for short rounds, to try it. */
const seconds = Number(process.env["BENCH_SECONDS"] ?? 20)
/** What is to be kept with each durability, ms. */
const budgets = { async: 5, fsync: 5 } as const

const Measured = Schema.fromJsonString(
  Schema.Struct({
    p50: Schema.Number,
    p99: Schema.Number,
    p999: Schema.Number,
    most: Schema.Number,
    verified: Schema.Boolean
  })
)
type Measured = typeof Measured.Type

/** `BENCH_PROFILE=FOLDER` for CPU profiles of the platform's process there. */
const profile = process.env["BENCH_PROFILE"]

export const run = async (): Promise<readonly BenchRow[]> => {
  const taken = { async: Array.of<Measured>(), fsync: Array.of<Measured>() }
  for (let round = 0; round < rounds; round++)
    for (const durability of ["async", "fsync"] as const) taken[durability].push(await measure(durability))
  return (["async", "fsync"] as const).map((durability) => rowOf(durability, taken[durability]))
}

const rowOf = (durability: keyof typeof budgets, taken: readonly Measured[]): BenchRow => {
  const of = (part: "p50" | "p99" | "p999" | "most"): number =>
    median(taken.map((each) => each[part])) / 1_000
  const ours = of("p99")
  const text = `p50 ${of("p50").toFixed(2)}, p99 ${ours.toFixed(2)}, p99.9 ${of("p999").toFixed(2)}, most ${of("most").toFixed(1)} ms`
  return {
    name: `latency: ${perSecond.toLocaleString("en")} records/s, ${durability}, p99 (${text})`,
    ours,
    peer: budgets[durability],
    peerName: "budget",
    ratio: budgets[durability] / ours,
    unit: "ms",
    rounds: taken.length,
    verified: taken.every(({ verified }) => verified),
    machine: machine()
  }
}

const measure = async (durability: string): Promise<Measured> => {
  const folder = temporaryFolder()
  const settings = [join(folder.path, "data"), durability, perSecond, seconds, warmSeconds].map(String)
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]
  try {
    const child = spawn(
      process.execPath,
      [...process.execArgv, ...profiling, join(import.meta.dirname, "latency/program.ts"), ...settings],
      { cwd: root, stdio: ["ignore", "pipe", "inherit"] }
    )
    let printed = ""
    child.stdout.on("data", (bytes: Buffer) => (printed += bytes.toString("utf8")))
    const exit = await new Promise((done) => child.on("close", done))
    if (exit !== 0) throw new Error(`the platform ended with ${String(exit)}`)
    return Schema.decodeUnknownSync(Measured)(printed.trim().split("\n").at(-1))
  } finally {
    folder.remove()
  }
}
