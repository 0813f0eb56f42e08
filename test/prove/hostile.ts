import { allCases } from "../hostile/all-cases.ts"
import { guardProofs, proveGuard } from "../hostile/guards.ts"
import { sampleOf } from "../hostile/sample.ts"
import { platformGuards, runTrial } from "../hostile/trial.ts"
import { complaintsOf } from "../hostile/verdict.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "hostile"
export const describe =
  "every hostile plugin in a sandbox of its own, held while its neighbour is served; and each guard off, not held"

/** `count`: so many cases, chosen by the seed; default all. */
export async function run({ seed, count }: ProofOptions): Promise<ProofResult> {
  const latencies: number[] = []
  const notes: string[] = []
  let passed = 0
  let failed = 0
  const cases = sampleOf(allCases, count ?? allCases.length, seed)
  const present = await platformGuards()
  for (const hostile of cases) {
    if (hostile.needs !== undefined && !present.includes(hostile.needs)) {
      notes.push(`not shown here: ${hostile.id} (this platform has no ${hostile.needs})`)
      continue
    }
    const observed = await runTrial(hostile)
    const complaints = complaintsOf(hostile, observed)
    latencies.push(...observed.neighbour.latenciesMs)
    if (complaints.length > 0) failed += 1
    else passed += 1
    tell(complaints.length === 0, `${hostile.id}: ${hostile.title}`, complaints)
  }
  let guards = 0
  for (const proof of count === undefined ? guardProofs : []) {
    const shown = await proveGuard(proof)
    if (shown === undefined) {
      notes.push(`not shown here: ${proof.guard} (this platform has no ${proof.hostile.needs})`)
      continue
    }
    const isShown = shown.held.length === 0 && shown.off.length > 0
    if (isShown) passed += 1
    else failed += 1
    guards += 1
    tell(
      isShown,
      `without ${proof.guard}: ${proof.hostile.title}`,
      isShown ? [] : [...shown.held, "held without it"]
    )
  }
  notes.push(
    `${cases.length} cases, ${guards} guards; neighbours: ${latencies.length} calls, median ${at(latencies, 0.5)} ms, p99 ${at(latencies, 0.99)} ms`
  )
  return { passed, failed, notes }
}

function tell(isHeld: boolean, title: string, complaints: readonly string[]): void {
  process.stdout.write(
    `${isHeld ? "held" : "FAILED"}  ${title}${complaints.map((one) => `\n        ${one}`).join("")}\n`
  )
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)
}
