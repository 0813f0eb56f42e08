import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { readJournal } from "./journal.ts"
import type { JournalEntry } from "./journal.ts"

const source = join(import.meta.dirname, "recorder.c")
const program = join(import.meta.dirname, "recorded.ts")

/** Name of the recorded log's folder, and of the file of acknowledgements, below the recorded root. */
export const logName = "log"
export const acknowledgementsName = "acknowledged"

/** When commits are acknowledged: each once it is flushed, all before, or one task's before and the others' then. */
export type Recorded = "fsync" | "async" | "mixed"

/** The locks of a machine that has gone are gone. */
const isLock = (name: string): boolean => name.startsWith(`${logName}/lock`)

/**
 * Runs the recorded process to its end and answers the journal of its writes. Needs a C compiler. Throws with the
 * process's own words when it fails.
 */
export function recordJournal(commits: number, durability: Recorded = "fsync"): readonly JournalEntry[] {
  const folder = mkdtempSync(join(tmpdir(), "millrace-power-"))
  try {
    const library = join(folder, "recorder.so")
    run("cc", ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"], {})
    const root = join(folder, "root")
    const journal = join(folder, "journal")
    mkdirSync(root)
    run(
      process.execPath,
      [
        "--no-node-snapshot",
        "--disable-warning=ExperimentalWarning",
        program,
        join(root, logName),
        join(root, acknowledgementsName),
        String(commits),
        durability
      ],
      { LD_PRELOAD: library, RECORD_ROOT: root, RECORD_JOURNAL: journal }
    )
    // Never closed: an image whose data file got the number of the recorded one would be taken for it, left by a kill.
    openSync(join(root, logName, "data.mdb"), "r")
    return readJournal(readFileSync(journal), isLock)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(command: string, args: readonly string[], variables: { readonly [name: string]: string }): void {
  const done = spawnSync(command, args, { env: { ...process.env, ...variables }, encoding: "utf8" })
  if (done.status !== 0)
    throw new Error(
      `${command} ended with ${done.status ?? done.signal}: ${done.stderr || String(done.error)}`
    )
}
