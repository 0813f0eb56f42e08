import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { seededBugVariable } from "../kills/seeded-bugs.ts"
import { runOnKafka } from "./prove-on-kafka.ts"
import { bugFaults } from "./seeded-bugs.ts"

const seeder = join(import.meta.dirname, "../kills/seed-bug.ts")
/** A bug may keep what is waited for from coming. */
const patience = 40

/** A small run with a bug in the program; answers what the checker says: nothing would be a hole in the proof. */
export const runSeededBug = async (name: string, seed: number): Promise<readonly string[]> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-kafka-bug-"))
  try {
    const { checked } = await runOnKafka({
      folder,
      seed,
      brokers: 1,
      workers: 0,
      events: 9_000,
      faults: bugFaults,
      patience,
      imports: [seeder],
      variables: { [seededBugVariable]: name }
    })
    return checked
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
