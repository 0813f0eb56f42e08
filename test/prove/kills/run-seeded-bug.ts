import { join } from "node:path"
import { runEpisode } from "./episode.ts"
import { seededBugVariable } from "./seeded-bugs.ts"
import type { SeededBug } from "./seeded-bugs.ts"

const seeder = join(import.meta.dirname, "seed-bug.ts")
const size = { perKey: 12, perRead: 60 }

/** Runs a small load with a bug in the program; answers what the checker says: nothing would be a hole in the proof. */
export async function runSeededBug(bug: SeededBug, seed: number): Promise<readonly string[]> {
  const { faults, findings } = await runEpisode({
    size: { seed, ...size },
    kills: bug.kills,
    program: { imports: [seeder], variables: { [seededBugVariable]: bug.name } }
  })
  // A load that does not end is no catch of the checker's.
  if (faults.length > 0)
    throw new Error(`with "${bug.name}" the load did not come to its end: ${faults.join("; ")}`)
  return findings.faults
}
