import { faultsOfSeed } from "../streams/joins/check-seed.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "joins"
export const describe =
  "joins, dedupe and rate limits on random histories, interleavings, idleness and restarts, against oracles that see all records at once"

/** 10,000 seeds unless told otherwise. `--seed N --count 1` repeats one. */
export const run = async ({ seed, count = 10_000 }: ProofOptions): Promise<ProofResult> => {
  const notes: string[] = []
  let failed = 0
  for (let number = seed; number < seed + count; number++) {
    const faults = faultsOfSeed(number)
    if (faults.length > 0) {
      failed += 1
      if (failed <= 10) notes.push(`seed ${number}: ${faults.join("; ")}`)
    }
    if ((number - seed + 1) % 1_000 === 0)
      process.stderr.write(`joins: ${number - seed + 1} of ${count} seeds, ${failed} failed\n`)
  }
  if (failed > 0) notes.push("repeat one: npm run prove -- joins --seed N --count 1")
  return { passed: count - failed, failed, notes }
}
