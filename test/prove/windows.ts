import { checkCase } from "../../plugins/window/src/core/testing/check-case.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "windows"
export const describe =
  "random event sequences through the core of windows, however partitions are read, against a naive oracle"

/** Seeds from `seed` on; `--seed N --count 1` repeats one. */
export async function run({ count = 10_000, seed }: ProofOptions): Promise<ProofResult> {
  const notes: string[] = []
  for (let one = seed; one < seed + count; one++) {
    const complaint = checkCase(one)
    if (complaint === undefined) continue
    notes.push(`${complaint}\n  again: npm run prove -- windows --seed ${one} --count 1`)
  }
  return { passed: count - notes.length, failed: notes.length, notes }
}
