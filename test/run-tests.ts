import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join, resolve } from "node:path"
import { programVariable } from "./input/program.ts"
import { bundleTestedProgram } from "./tested-program.ts"
import { missingTools } from "./tools.ts"

// `npm test`: every suite, in the Node 24 that the project brings. What this machine cannot run is named, never passed
// over in silence; where MILLRACE_REQUIRE_ALL=1 (CI), a missing tool is a failure.
const root = resolve(import.meta.dirname, "..")
const missing = missingTools()
for (const tool of missing)
  process.stdout.write(`not run here: ${tool.suite} (needs ${tool.name}: ${tool.remedy})\n`)
if (missing.length > 0 && process.env["MILLRACE_REQUIRE_ALL"] === "1") {
  process.stderr.write("tests: a tool is missing and MILLRACE_REQUIRE_ALL=1 refuses the skip\n")
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), "millrace-tests-"))
const report = join(folder, "report.json")
const run = spawnSync(
  process.execPath,
  [
    join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...process.argv.slice(2)
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      [programVariable]: await bundleTestedProgram(root),
      PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`
    }
  }
)

const counts = ((): { passed: number; failed: number } => {
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"))
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    return { passed: 0, failed: 1 }
  }
})()
rmSync(folder, { recursive: true, force: true })
const failed = run.status === 0 ? counts.failed : Math.max(1, counts.failed)
process.stdout.write(`\n${counts.passed} passed, ${failed} failed\n`)
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1)
