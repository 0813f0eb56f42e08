import { moduleLoader } from "@millrace/sdk/testing"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { sandboxOptions } from "../sandbox-options.ts"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { endWith } from "../terminal/ending.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { runConformance } from "./run-conformance.ts"
import { findFixtures } from "./find-fixtures.ts"
import { countsOf, runJson, summaryLine } from "./print-run.ts"
import type { TestOptions } from "./test-options.ts"
import { distinct, timedRun } from "./timed-run.ts"
import { watchTests } from "./watch-tests.ts"

/** `millrace test`: runs the fixtures at its paths in one warm sandbox. */
export const runTests = (options: TestOptions) =>
  Effect.scoped(
    Effect.gen(function* () {
      if (options.conformance) return yield* runConformance(options)
      const files = yield* findFixtures(options.paths)
      if (files.length === 0)
        return yield* missing(
          "there is no fixture",
          options.paths.join(", "),
          "write one: `src/index.fixture.yaml`"
        )
      return yield* options.watch ? watchTests(files, options) : runOnce(files, options)
    })
  ).pipe(Effect.provide(SandboxPool.layer(sandboxOptions)))

const runOnce = Effect.fnUntraced(function* (files: readonly string[], options: TestOptions) {
  const { filter, json, runs: batches, seed, update } = options
  const { ms, runs } = yield* timedRun(
    files,
    { filter, update, runs: batches, seed, load: moduleLoader() },
    json
  )
  yield* json ? printJson(runJson(runs, ms)) : printLines([summaryLine(runs, ms)])
  const errors = distinct(runs.flatMap((run) => run.errors))
  if (errors.length > 0) return yield* new CommandErrors({ errors })
  const cases = runs.flatMap(({ results }) => results)
  if (cases.length === 0 && filter !== undefined)
    return yield* missing("no case has this text", filter, "name a part of a file, case or plugin")
  if (countsOf(runs).failed > 0) yield* endWith(exitCode.failed)
})

const missing = (message: string, where: string, remedy: string) =>
  new CommandError({ code: "FIXTURE_MISSING", message, where, remedy, exit: exitCode.badInput })
