import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import * as Schema from "effect/Schema"
import { longSuites } from "../long-suites.ts"
import type { ProofOptions, ProofResult } from "./main.ts"

export const name = "suites"
export const describe = "the suites that are too long for npm test"

const root = resolve(import.meta.dirname, "../..")
const Report = Schema.fromJsonString(
  Schema.Struct({ numPassedTests: Schema.Int, numFailedTests: Schema.Int })
)

/** All of them, whatever the seed. */
export async function run(_options: ProofOptions): Promise<ProofResult> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-suites-"))
  const report = join(folder, "report.json")
  try {
    spawnSync(
      process.execPath,
      [
        join(root, "node_modules/vitest/vitest.mjs"),
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`
      ],
      { cwd: root, stdio: "inherit", env: { ...process.env, MILLRACE_LONG: "1" } }
    )
    const counts = Schema.decodeUnknownSync(Report)(readFileSync(report, "utf8"))
    return {
      passed: counts.numPassedTests,
      failed: counts.numFailedTests,
      notes: [`suites: ${longSuites.join(", ")}`]
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
