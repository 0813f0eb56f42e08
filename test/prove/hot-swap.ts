import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { root, temporaryFolder } from "../input/program.ts"
import { swapUnderLoad } from "../upgrade/swap/swaps.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "hot-swap"
export const describe =
  "a plugin is swapped under load, by other code, another config, and versions that cannot run: no record is lost, repeated or reordered, and a version that fails leaves the one before"

const swapsOfRun = 20

/** `count`: so many swaps, 100 unless told otherwise; in runs of twenty, by seeds from `seed` on. */
export const run = async ({ count = 100, seed }: ProofOptions): Promise<ProofResult> => {
  const notes: string[] = []
  let passed = 0
  for (let done = 0; done < count; done += swapsOfRun) {
    const swaps = Math.min(swapsOfRun, count - done)
    const own = seed + done / swapsOfRun
    const parent = join(root, ".millrace/prove")
    mkdirSync(parent, { recursive: true })
    const folder = temporaryFolder(parent)
    const say = (line: string) => void process.stderr.write(`hot-swap, seed ${own}: ${line}\n`)
    const { faults, ticks, versions } = await swapUnderLoad({ folder: folder.path, seed: own, swaps, say })
    folder.remove()
    notes.push(`seed ${own}: ${swaps} swaps, ${versions} versions, ${ticks} ticks, ${faults.length} faults`)
    if (faults.length === 0) passed += swaps
    else notes.push(...faults, `  again: npm run prove -- hot-swap --seed ${own} --count ${swaps}`)
  }
  return { passed, failed: count - passed, notes }
}
