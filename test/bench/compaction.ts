import { execFileSync } from "node:child_process"
import { join } from "node:path"
import * as Schema from "effect/Schema"
import { logBytes } from "../../runtime/src/transport/embedded/index.ts"
import { root, temporaryFolder } from "../input/program.ts"
import { type BenchRow, machine, median } from "./row.ts"

// A stream of which each of 20,000 keys is written ten times, 10,000 records a second in batches of 200, each batch durable; compacted
// and not, by turns. What compaction costs the appends that go on meanwhile, and what it leaves of the space.

const rounds = 5
const keys = Number(process.env["BENCH_KEYS"] ?? 20_000)
const times = 10
const batch = 200
const everyMs = 20

const Measured = Schema.fromJsonString(
  Schema.Struct({
    p50: Schema.Number,
    p99: Schema.Number,
    p999: Schema.Number,
    most: Schema.Number,
    cpuSeconds: Schema.Number,
    bytes: Schema.Number,
    verified: Schema.Boolean
  })
)
type Measured = typeof Measured.Type & { readonly fileBytes: number }

export const run = async (): Promise<readonly BenchRow[]> => {
  const taken = { on: Array.of<Measured>(), off: Array.of<Measured>() }
  for (let round = 0; round < rounds; round++)
    for (const compact of round % 2 === 0 ? (["on", "off"] as const) : (["off", "on"] as const))
      taken[compact].push(measure(compact))
  const of = (compact: keyof typeof taken, part: Exclude<keyof Measured, "verified">): number =>
    median(taken[compact].map((each) => each[part]))
  const text = (compact: keyof typeof taken): string =>
    `p50 ${of(compact, "p50").toFixed(2)}, p99.9 ${of(compact, "p999").toFixed(1)}, most ${of(compact, "most").toFixed(1)} ms, ${of(compact, "cpuSeconds").toFixed(1)} CPU-s`
  const common = {
    peerName: "not compacted",
    rounds,
    verified: [...taken.on, ...taken.off].every(({ verified }) => verified),
    machine: machine()
  }
  return [
    {
      ...common,
      name: `compaction: durable appends meanwhile, p99 (on: ${text("on")}; off: ${text("off")})`,
      ours: of("on", "p99"),
      peer: of("off", "p99"),
      ratio: of("on", "p99") / of("off", "p99"),
      unit: "ms"
    },
    {
      ...common,
      name: `compaction: frames that are left of ${times} times the keys (data file ${megabytes(of("on", "fileBytes"))}, not compacted ${megabytes(of("off", "fileBytes"))})`,
      ours: of("on", "bytes") / 1e6,
      peer: of("off", "bytes") / 1e6,
      ratio: of("on", "bytes") / of("off", "bytes"),
      unit: "MB"
    }
  ]
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

const measure = (compact: "on" | "off"): Measured => {
  // On the disk that the project stands on: what a flush takes is part of it.
  const folder = temporaryFolder(join(root, ".millrace/bench"))
  const settings = [folder.path, compact, keys, times, batch, everyMs].map(String)
  try {
    const printed = execFileSync(
      process.execPath,
      [
        "--no-node-snapshot",
        "--disable-warning=ExperimentalWarning",
        join(import.meta.dirname, "compaction/program.ts"),
        ...settings
      ],
      { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }
    )
    const fileBytes = logBytes(folder.path) ?? 0
    return { ...Schema.decodeUnknownSync(Measured)(printed.trim().split("\n").at(-1)), fileBytes }
  } finally {
    folder.remove()
  }
}
