import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { logBytes } from "../../runtime/src/transport/embedded/index.ts"
import { statusOf } from "../input/pipelines.ts"
import { type Platform, root, until, up } from "../input/program.ts"
import type { ProofOptions, ProofResult } from "./main.ts"
import { installPacked } from "./state/installed.ts"
import { courseOf, type MemorySample, memoryOf } from "./state/memory.ts"

export const name = "state"
export const describe =
  "state of 5,000,000 keys with TTL, beyond the memory that the platform may have: memory and disk stay bounded, and a kill costs less than 2 s"

/** Of the platform's heap, MiB; the state is more than twice as much. */
const heapMiB = 256
/** What the platform's process may hold of its own: its heap, batches and buffers beside it. */
const mostOwnMiB = 768
/** What memory may have grown by from the first to the last quarter of the time. */
const mostGrowth = 1.25
const mostRestartMs = 2_000
const restarts = 3
const sampleMs = 5_000
const pipeline = "visits"

/**
 * Runs the packed program, as users start it: of its sources a platform loads 1,100 modules one by one, a second of its own.
 * `--count`: users, 5,000,000 unless told otherwise. `--minutes`: of steady load, 30 unless told otherwise. `--resume` goes on with what an earlier run filled.
 */
export const run = async ({
  count: users = 5_000_000,
  minutes = 30,
  resume
}: ProofOptions): Promise<ProofResult> => {
  const place = join(root, ".millrace/prove/state")
  if (!resume) rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  const notes: string[] = []
  const checks: boolean[] = []
  const check = (isAsItShould: boolean, text: string): void => {
    checks.push(isAsItShould)
    notes.push(`${isAsItShould ? "ok  " : "FAIL"} ${text}`)
    process.stderr.write(`state: ${notes.at(-1)}\n`)
  }
  const bin = await installPacked(place)
  let platform = await start(place, bin)
  try {
    await applyTo(platform, place, users)
    await fill(platform, users)
    const { disk, samples } = await load(platform, place, minutes)
    const stateMiB = Math.round((bytesPerUser * users) / 2 ** 20)
    const memory = courseOf(samples)
    check(stateMiB > heapMiB || users < 5_000_000, `about ${stateMiB} MiB of state, a heap of ${heapMiB} MiB`)
    check(memory.most < mostOwnMiB, `the platform held ${Math.round(memory.most)} MiB at most`)
    check(
      memory.last < memory.first * mostGrowth,
      `it held ${Math.round(memory.first)} MiB in the first quarter of ${minutes} minutes, ${Math.round(memory.last)} MiB in the last`
    )
    check(disk.isBounded, disk.text)
    for (let number = 0; number < restarts; number++) {
      const before = await outOf(platform)
      process.kill(platform.pid, "SIGKILL")
      await until(() => !existsSync(`/proc/${platform.pid}`), Boolean)
      const begun = performance.now()
      platform = await start(place, bin)
      const isUp = Math.round(performance.now() - begun)
      await until(
        () => outOf(platform),
        (out) => out > before,
        120
      )
      const took = Math.round(performance.now() - begun)
      check(took < mostRestartMs, `kill -9: up after ${isUp} ms, new output after ${took} ms`)
    }
  } finally {
    await platform.stop()
  }
  const failed = checks.filter((isAsItShould) => !isAsItShould).length
  if (failed === 0) rmSync(place, { recursive: true, force: true })
  return { passed: checks.length - failed, failed, notes }
}

/** What a user's state takes where it is stored: key, value, and what stands around them. */
const bytesPerUser = 24 + 75 + 25

const start = (place: string, bin: string): Promise<Platform> =>
  up({
    bin,
    data: join(place, "data"),
    wrapper: ["env", `NODE_OPTIONS=--max-old-space-size=${heapMiB}`]
  })

const applyTo = async (platform: Platform, place: string, users: number): Promise<void> => {
  const file = join(place, `${pipeline}.pipeline.yaml`)
  const plugins = relative(place, join(root, "test/prove/state/visits.ts"))
  writeFileSync(
    file,
    `pipeline: ${pipeline}
owner: prove
nodes:
  visits: { source: "${plugins}#visits", with: { users: ${users} } }
  seen: { use: "${plugins}#seen", from: visits, stream: prove.seen }
`
  )
  const { exit, stderr } = await platform.command("apply", file, "--grant")
  if (exit !== 0) throw new Error(stderr)
}

/** Asked again where the connection broke: a platform under load closes those that were idle. */
const totals = async (platform: Platform, tries = 5) => {
  try {
    return (await statusOf(platform, pipeline)).nodes.find(({ node }) => node === "seen")?.totals
  } catch (error) {
    if (tries === 0 || !existsSync(`/proc/${platform.pid}`)) throw error
    await delay(200)
    return totals(platform, tries - 1)
  }
}

const outOf = async (platform: Platform): Promise<number> => (await totals(platform))?.out ?? 0

/** Until every user has come once. */
const fill = async (platform: Platform, users: number): Promise<void> => {
  const wanted = Math.ceil((users * 10) / 9)
  const begun = performance.now()
  let told = begun
  for (;;) {
    const seen = (await totals(platform))?.in ?? 0
    const seconds = (performance.now() - begun) / 1_000
    if (performance.now() - told > 20_000 || seen >= wanted) {
      told = performance.now()
      const { own } = memoryOf(platform.pid)
      process.stderr.write(
        `state: ${seen} of ${wanted} records after ${Math.round(seconds)} s, the platform holds ${Math.round(own)} MiB\n`
      )
    }
    if (seen >= wanted) return
    await delay(500)
  }
}

const mib = 2 ** 20

/** Steady load: how memory and disk go on. */
const load = async (platform: Platform, place: string, minutes: number) => {
  const samples: MemorySample[] = []
  const log = join(place, "data", "log")
  const end = performance.now() + minutes * 60_000
  let told = 0
  const first = (logBytes(log) ?? 0) / mib
  const before = (await totals(platform))?.in ?? 0
  while (performance.now() < end) {
    samples.push(memoryOf(platform.pid))
    if (performance.now() - told > 60_000) {
      told = performance.now()
      const { files = 0, own = 0 } = samples.at(-1) ?? {}
      process.stderr.write(
        `state: ${(await totals(platform))?.in} records, the platform holds ${Math.round(own)} MiB and ${Math.round(files)} MiB of files\n`
      )
    }
    await delay(sampleMs)
  }
  const records = ((await totals(platform))?.in ?? 0) - before
  const grown = ((logBytes(log) ?? 0) / mib - first) * mib
  // The log keeps every record; what guests left must not be among it.
  const perRecord = grown / Math.max(1, records)
  return {
    samples,
    disk: {
      isBounded: perRecord < 400,
      text: `the data file grew by ${Math.round(perRecord)} bytes a record (${Math.round(records / minutes / 60)} a second), of which the log has most`
    }
  }
}
