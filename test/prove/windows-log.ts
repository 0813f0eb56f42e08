import { join } from "node:path"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { killSandboxes } from "../streams/joins/kill-sandboxes.ts"
import type { Stage } from "../streams/stage.ts"
import { checkWindows, runWindows } from "../streams/windows/run-log.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "windows-log"
export const describe =
  "windows through plugin, sandbox and log, at 1 and 8 partitions, by batches of 1 and 5,000, with kills of sandboxes and platform, against the oracle"

/** Seeds in one pipeline. */
const together = 5

/**
 * 200 seeds unless told otherwise, five in a pipeline; every second pipeline has eight partitions, two of four lose sandboxes, and
 * one of four the platform itself. `--seed N --count 1` repeats one.
 */
export const run = async ({ seed, count = 200 }: ProofOptions): Promise<ProofResult> => {
  const folder = temporaryFolder()
  const data = join(folder.path, "data")
  let platform = await up({ data, publish: [join(root, "plugins/window")] })
  const stage: Stage = { folder: folder.path, platform: () => platform }
  const notes: string[] = []
  try {
    for (let first = seed; first < seed + count; first += together) {
      const group = Math.floor(first / together)
      const seeds = Array.from({ length: Math.min(together, seed + count - first) }, (_, n) => first + n)
      const pipeline = `group-${first}`
      const restart = async (): Promise<void> => {
        platform = await killed(platform, data)
      }
      const kills = killSandboxes(platform, 3)
      const meanwhile = [async () => {}, kills.run, restart, kills.run][group % 4]
      await runWindows(stage, pipeline, group % 2 === 0 ? 1 : 8, seeds, meanwhile)
      for (const one of seeds) {
        const complaint = await checkWindows(platform, pipeline, one).then(
          () => undefined,
          (error: unknown) => String(error)
        )
        if (complaint !== undefined)
          notes.push(
            `${complaint}\n  again: npm run prove -- windows-log --seed ${first} --count ${together}`
          )
      }
      process.stderr.write(
        `windows-log: seeds ${seeds.join(", ")}: ${notes.length} differ so far, ${kills.count()} sandboxes killed\n`
      )
      await platform.command("pipeline", "delete", pipeline)
    }
  } finally {
    await platform.stop()
    folder.remove()
  }
  return { passed: count - notes.length, failed: notes.length, notes }
}

/** The platform that goes on in the data folder of one that was killed. */
const killed = async (platform: Platform, data: string): Promise<Platform> => {
  process.kill(platform.pid, "SIGKILL")
  await until(
    () => platform.command("status"),
    ({ exit }) => exit !== 0
  )
  return up({ data })
}
