import { join } from "node:path"
import { temporaryFolder, up } from "../input/program.ts"
import { killSandboxes } from "../streams/joins/kill-sandboxes.ts"
import { runLog } from "../streams/joins/run-log.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "joins-log"
export const describe =
  "joins and dedupe through plugins, sandbox and log, at 1 and 8 partitions, by batches of 1 and 5,000, with kills, against oracles"

const cuts = [
  { partitions: 1, batch: 1 },
  { partitions: 8, batch: 1 },
  { partitions: 1, batch: 5_000 },
  { partitions: 8, batch: 5_000 }
] as const

/** 20 seeds unless told otherwise, each cut in one of four ways, every second with kills. `--seed N --count 1` repeats one. */
export const run = async ({ seed, count = 20 }: ProofOptions): Promise<ProofResult> => {
  const folder = temporaryFolder()
  const platform = await up({ data: join(folder.path, "data") })
  const notes: string[] = []
  let failed = 0
  try {
    for (let number = seed; number < seed + count; number++) {
      const { partitions, batch } = cuts[number % cuts.length] ?? cuts[0]
      const kills = killSandboxes(platform, number % 2 === 0 ? 0 : 3)
      const one = { seed: number, perPartition: batch === 1 ? 60 : 300, partitions, batch }
      const { given, expected } = await runLog(platform, folder.path, `seed-${number}`, one, kills.run)
      const isSame = JSON.stringify(given) === JSON.stringify(expected)
      if (!isSame) {
        failed += 1
        notes.push(`seed ${number}: ${JSON.stringify({ given, expected }).slice(0, 2_000)}`)
      }
      const size = `${expected.pairs.length} pairs, ${expected.late[0]} late, ${kills.count()} kills`
      process.stderr.write(`joins-log: seed ${number}: ${isSame ? "same" : "DIFFERS"} (${size})\n`)
      await platform.command("pipeline", "delete", `seed-${number}`)
    }
  } finally {
    await platform.stop()
    folder.remove()
  }
  return { passed: count - failed, failed, notes }
}
