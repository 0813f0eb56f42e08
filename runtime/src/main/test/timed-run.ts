import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { CommandError } from "../terminal/command-error.ts"
import { printLines } from "../terminal/print.ts"
import { fileLines } from "./print-run.ts"
import { type FileRun, runFiles, type RunOptions } from "./run-files.ts"

/** Runs files, printing each as it comes unless a program reads; ms is the whole time. */
export const timedRun = Effect.fnUntraced(function* (
  files: readonly string[],
  options: RunOptions,
  json: boolean
) {
  const started = yield* Clock.currentTimeMillis
  const runs: FileRun[] = []
  yield* Stream.runForEach(runFiles(files, options), (run) => {
    runs.push(run)
    return json ? Effect.void : printLines(fileLines(run))
  })
  return { runs, ms: (yield* Clock.currentTimeMillis) - started }
})

/** A module that cannot be bundled is said once, not for each of its fixtures. */
export const distinct = (errors: readonly CommandError[]): readonly CommandError[] => [
  ...new Map(errors.map((error) => [`${error.code} ${error.where} ${error.message}`, error])).values()
]
