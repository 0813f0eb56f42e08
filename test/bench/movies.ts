import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { PlanAnswer, PlatformStatus } from "@millrace/sdk/api"
import * as Schema from "effect/Schema"
import { compareMovies } from "../../examples/movies/compare.ts"
import { prepareMovies } from "../../examples/movies/prepare.ts"
import { planRequest, untilState } from "../input/pipelines.ts"
import { root, temporaryFolder, up } from "../input/program.ts"
import type { Platform } from "../input/program.ts"
import { machine, median } from "./row.ts"
import type { BenchRow } from "./row.ts"

// The movies example end to end in a platform that is up: plan, apply, sandboxes started, 3,201 films from the file to both
// sinks, every step through the log and fsynced. The peer is a script for this one job in a warm file cache. Neither's
// start-up of Node counts. A job this small shows what a job costs, not what a record costs.

const rounds = 5
const records = 3_201
const example = join(root, "examples/movies")

interface Measured {
  readonly seconds: number
  readonly cpuSeconds: number
  readonly verified: boolean
}

export const run = async (): Promise<readonly BenchRow[]> => {
  prepareMovies()
  const folder = temporaryFolder()
  const platform = await up({ data: join(folder.path, "data"), publish: [join(root, "plugins")] })
  try {
    const ours: Measured[] = []
    const peers: Measured[] = []
    // The first round is a rehearsal.
    for (let round = 0; round <= rounds; round++) {
      const turns = [
        async () => ours.push(await runOurs(platform, round, join(folder.path, `ours-${round}`))),
        async () => peers.push(runPeer(join(folder.path, `peer-${round}`)))
      ]
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
    }
    return [row(ours, peers)]
  } finally {
    await platform.stop()
    folder.remove()
  }
}

const decodePlan = Schema.decodeUnknownSync(PlanAnswer)
const decodeStatus = Schema.decodeUnknownSync(PlatformStatus)

/** The example under names of this round's own, for a stream belongs to one pipeline. */
const runOurs = async (platform: Platform, round: number, folder: string): Promise<Measured> => {
  mkdirSync(folder)
  for (const name of ["data", "ratings.csv"])
    cpSync(join(example, name), join(folder, name), { recursive: true })
  const text = readFileSync(join(example, "movies.pipeline.yaml"), "utf8")
    .replace("pipeline: movies", `pipeline: movies-${round}`)
    .replaceAll("stream: studio.", `stream: round${round}.`)
  const request = { ...planRequest(text), base: folder }
  const before = await cpuSecondsOf(platform)
  const started = performance.now()
  const planned = decodePlan((await platform.send("POST", "/api/plan", request)).body)
  if (!("plan" in planned)) throw new Error(JSON.stringify(planned.problems))
  await platform.send("POST", "/api/apply", { ...request, hash: planned.plan.hash, grant: true })
  await untilState(platform, `movies-${round}`)
  const seconds = (performance.now() - started) / 1_000
  const cpuSeconds = (await cpuSecondsOf(platform)) - before
  return { seconds, cpuSeconds, verified: isExpected(join(folder, "out")) }
}

/** Of the platform's process, its children that have ended, and its sandbox processes. */
const cpuSecondsOf = async (platform: Platform): Promise<number> => {
  const { sandboxes } = decodeStatus((await platform.get("/api/status")).body)
  const fields = readFileSync(`/proc/${platform.pid}/stat`, "utf8")
    .replace(/\(.*\)/, "x")
    .split(" ")
  const ticks = fields.slice(13, 17).reduce((sum, each) => sum + Number(each), 0)
  return ticks / 100 + sandboxes.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / 1e6
}

const PeerFigures = Schema.fromJsonString(
  Schema.Struct({ records: Schema.Number, cpuSeconds: Schema.Number, seconds: Schema.Number })
)

const runPeer = (folder: string): Measured => {
  mkdirSync(folder)
  const program = join(import.meta.dirname, "movies-peer.ts")
  const figures = Schema.decodeUnknownSync(PeerFigures)(
    execFileSync(process.execPath, [program, example, folder], { encoding: "utf8" })
  )
  const { cpuSeconds, seconds } = figures
  return { seconds, cpuSeconds, verified: figures.records === records && isExpected(folder) }
}

const isExpected = (folder: string): boolean =>
  compareMovies(folder)
    .filter(({ name }) => name !== "prolific")
    .every(({ equal }) => equal)

const row = (ours: readonly Measured[], peers: readonly Measured[]): BenchRow => {
  const rate = (all: readonly Measured[], of: (one: Measured) => number) =>
    records / median(all.slice(1).map(of))
  const cpu = ({ cpuSeconds }: Measured) => cpuSeconds
  return {
    name: "movies: 3,201 films end to end",
    ours: rate(ours, cpu),
    peer: rate(peers, cpu),
    peerName: "a script with avsc",
    ratio: rate(ours, cpu) / rate(peers, cpu),
    unit: "records per CPU-second",
    rounds,
    verified: [...ours, ...peers].every(({ verified }) => verified),
    machine: machine(),
    wall: rate(ours, ({ seconds }) => seconds)
  }
}
