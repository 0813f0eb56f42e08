import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { at } from "../input/pipelines.ts"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { faults, missedBy, runFault } from "../ledger/faults.ts"
import type { ProofOptions, ProofResult } from "./main.ts"
import { drawsOf } from "./power-cut/prove-images.ts"

export const name = "ledger"
export const describe =
  "the ledger: every seeded loss and repetition alarmed, and none in an hour of clean running with 20 kills -9"

const pipeline = "ticks"

/** `--minutes`: of clean running, 60 unless told otherwise; `--count`: kills meanwhile, 20 unless told otherwise. */
export const run = async ({ count = 20, minutes = 60, seed }: ProofOptions): Promise<ProofResult> => {
  process.env["MILLRACE_ALERT_SCALE"] = "0.001"
  const random = drawsOf(seed)
  const draw = (below: number): number => Math.floor(random() * below)
  const notes: string[] = []
  let passed = 0
  for (const fault of [undefined, ...faults]) {
    const folder = temporaryFolder()
    const missed = missedBy(await runFault(folder.path, fault, draw), fault)
    folder.remove()
    process.stderr.write(`ledger: ${fault?.name ?? "nothing harmed"}: ${missed[0] ?? "told"}\n`)
    notes.push(...missed)
    if (missed.length === 0) passed += 1
  }
  const faultsFound = passed
  delete process.env["MILLRACE_ALERT_SCALE"]
  const alarms = await runClean(minutes, count, draw)
  notes.push(...alarms)
  if (alarms.length === 0) passed += 1
  return { passed, failed: faults.length + 2 - passed, notes: [`${faultsFound} faults`, ...notes] }
}

const text = (plugins: string): string => `pipeline: ${pipeline}
owner: prove
nodes:
  ticking: { source: "${plugins}#ticking", with: { each: 500 } }
  each: { use: "${plugins}#spread", from: ticking }
  counted: { use: "${plugins}#counted", from: each, stream: prove.counted }
  out: { sink: "${plugins}#nowhere", from: counted }
`

/** What alarmed, or was not balanced; empty when all went well. */
const runClean = async (
  minutes: number,
  kills: number,
  draw: (below: number) => number
): Promise<readonly string[]> => {
  const place = join(root, ".millrace/prove/ledger")
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place, { recursive: true })
  const file = join(place, `${pipeline}.pipeline.yaml`)
  writeFileSync(file, text(relative(place, join(root, "test/ledger/fixtures/numbers.ts"))))
  let platform = await up({ data: join(place, "data") })
  const found: string[] = []
  try {
    const { exit, stderr } = await platform.command("apply", file, "--grant")
    if (exit !== 0) throw new Error(stderr)
    const spanMs = (minutes * 60_000) / (kills + 1)
    for (let kill = 0; kill <= kills; kill++) {
      const end = performance.now() + spanMs * (0.5 + draw(1_000) / 1_000)
      while (performance.now() < end) {
        await delay(5_000)
        found.push(...(await wrongIn(platform)))
      }
      process.stderr.write(`ledger: ${await tale(platform)}, ${found.length} alarms\n`)
      if (kill === kills) break
      process.kill(platform.pid, "SIGKILL")
      await until(() => !existsSync(`/proc/${platform.pid}`), Boolean)
      platform = await up({ data: join(place, "data") })
    }
  } finally {
    await platform.stop()
  }
  if (found.length === 0) rmSync(place, { recursive: true, force: true })
  return [...new Set(found)]
}

const wrongIn = async (platform: Platform): Promise<readonly string[]> => {
  const ledger = await platform.get(`/api/status/${pipeline}/ledger`)
  const metrics = await (await fetch(`${platform.url}/metrics`)).text()
  const alarms = metrics
    .split("\n")
    .filter((line) => /^millrace_ledger_imbalance_records\{.*\} (?!0$)/.test(line))
  return [...(at(ledger, "balanced") === true ? [] : [JSON.stringify(ledger.body)]), ...alarms]
}

const tale = async (platform: Platform): Promise<string> => {
  const ledger = await platform.get(`/api/status/${pipeline}/ledger`)
  return `${String(at(ledger, "nodes", 0, "in"))} records in, ${String(at(ledger, "nodes", 3, "in"))} at the sink`
}
