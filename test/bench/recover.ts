import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { createInterface } from "node:readline"
import { setTimeout as delay } from "node:timers/promises"
import { PipelineStatus } from "@millrace/sdk/api"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { readCheckpoint } from "../../runtime/src/transport/checkpoint-text.ts"
import { openStore } from "../../runtime/src/transport/embedded/store.ts"
import { openValue } from "../../runtime/src/transport/embedded/value.ts"
import { root, until, up } from "../input/program.ts"
import { installPacked } from "../prove/state/installed.ts"
import { noteBytes } from "./plugins/kept.ts"
import { type BenchRow, machine, median } from "./row.ts"

// kill -9 of a platform that works, with 1 GB of keyed state, until a new output is committed. The clock starts with the new
// process: Node's own start, the program's, the log's and the sandbox's are all in it. The packed program, as users start it.

const rounds = 5
/** `BENCH_SCALE=0.1` for a tenth of the state. */
const users = Math.round(1_000_000 * Number(process.env["BENCH_SCALE"] ?? 1))
const budgetMs = 2_000
const pipeline = "kept"
/** Between two looks. */
const lookMs = 4
const fillSeconds = 1_800

export const run = async (): Promise<readonly BenchRow[]> => {
  const place = join(root, ".millrace/bench/recover")
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  const bin = await installPacked(place)
  const data = join(place, "data")
  const taken: Recovery[] = []
  let pid = await fill(place, bin, data)
  try {
    for (let round = 0; round < rounds; round++) {
      process.kill(pid, "SIGKILL")
      await until(() => !existsSync(`/proc/${pid}`), Boolean)
      const recovery = await recover(bin, data, await committedOutputs(join(data, "log")))
      pid = recovery.pid
      taken.push(recovery)
      // Under load again, with something that is not folded yet.
      await delay(3_000)
    }
    return [rowOf(taken)]
  } finally {
    process.kill(pid, "SIGKILL")
    await until(() => !existsSync(`/proc/${pid}`), Boolean)
    rmSync(place, { recursive: true, force: true })
  }
}

/** ms from the start of the process until it was up, and until it had committed a new output. */
interface Recovery {
  readonly pid: number
  readonly up: number
  readonly output: number
}

const rowOf = (taken: readonly Recovery[]): BenchRow => {
  const ours = median(taken.map(({ output }) => output))
  const up = median(taken.map((each) => each.up))
  return {
    name: `recover: kill -9 to new committed output, ${Math.round((users * noteBytes) / 1e6)} MB of state (up after ${Math.round(up)} ms)`,
    ours,
    peer: budgetMs,
    peerName: "budget",
    ratio: budgetMs / ours,
    unit: "ms",
    rounds: taken.length,
    verified: true,
    machine: machine()
  }
}

/** Starts a platform and has every user come once; answers the process, which goes on. */
const fill = async (place: string, bin: string, data: string): Promise<number> => {
  const platform = await up({ bin, data })
  const file = join(place, `${pipeline}.pipeline.yaml`)
  const plugins = relative(place, join(root, "test/bench/plugins/kept.ts"))
  writeFileSync(
    file,
    `pipeline: ${pipeline}
owner: bench
nodes:
  visits: { source: "${plugins}#visits", with: { users: ${users} } }
  seen: { use: "${plugins}#seen", from: visits, stream: bench.seen }
`
  )
  const { exit, stderr } = await platform.command("apply", file, "--grant")
  if (exit !== 0) throw new Error(stderr)
  await until(
    async () => totalOf((await platform.get(statusPath)).body, "in"),
    (seen) => seen >= users * 1.05,
    fillSeconds
  )
  return platform.pid
}

const statusPath = `/api/status/${pipeline}`

const decodeStatus = Schema.decodeUnknownOption(PipelineStatus)

/** Of the node that keeps state; 0 while the platform does not know the pipeline yet. */
const totalOf = (body: unknown, name: "in" | "out"): number => {
  const status = Option.getOrUndefined(decodeStatus(body))
  if (status?.state === "failed") throw new Error(`the pipeline failed: ${JSON.stringify(status.tasks)}`)
  return status?.nodes.find(({ node }) => node === "seen")?.totals[name] ?? 0
}

/** What the killed process had committed, by the log itself. */
const committedOutputs = async (folder: string): Promise<number> => {
  const store = openStore(folder, { readOnly: true })
  try {
    return store.read(() =>
      [...store.checkpoints.entries({})].reduce((sum, { value }) => {
        const stored = openValue(value)
        return stored === undefined ? sum : sum + (readCheckpoint(stored).counts["seen"]?.out ?? 0)
      }, 0)
    )
  } finally {
    await store.close()
  }
}

const recover = async (bin: string, data: string, committed: number): Promise<Recovery> => {
  const began = performance.now()
  const child = spawn(process.execPath, [bin, "up", "--data", data, "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  const { pid, url } = await new Promise<{ readonly pid: number; readonly url: string }>((done, fail) => {
    createInterface({ input: child.stdout }).once("line", (line) => done(JSON.parse(line)))
    child.once("close", (code) => fail(new Error(`up ended with ${code}`)))
  })
  const isUp = performance.now() - began
  const token = readFileSync(join(data, "token"), "utf8").trim()
  for (;;) {
    const reply = await fetch(`${url}${statusPath}`, { headers: { authorization: `Bearer ${token}` } })
    if (totalOf(await reply.json(), "out") > committed)
      return { pid, up: isUp, output: performance.now() - began }
    if (performance.now() - began > 60_000) throw new Error("no new output after 60 s")
    await delay(lookMs)
  }
}
