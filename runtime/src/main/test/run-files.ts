import { type BundleError, type ManifestError } from "@millrace/sdk/build"
import {
  type CaseResult,
  FixtureError,
  type LoadedModule,
  type PropertyResult,
  runFixtureFile,
  runProperties
} from "@millrace/sdk/testing"
import type { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { buildFailed } from "../command/build-failure.ts"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"

/** Loads a module for a fixture file. */
export type Load = (
  module: string,
  file: string
) => Effect.Effect<LoadedModule, BundleError | ManifestError, SandboxPool>

/** How a fixture file went; `errors` when it could not be run. */
export interface FileRun {
  readonly file: string
  readonly results: readonly CaseResult[]
  /** Of its processors on generated records. */
  readonly properties: readonly PropertyResult[]
  readonly errors: readonly CommandError[]
}

export interface RunOptions {
  readonly filter: string | undefined
  readonly update: boolean
  readonly runs: number
  readonly seed: number
  readonly load: Load
}

/** Files at work at once: one waits for its sandbox while another is bundled. */
const atOnce = 4

/** Runs fixture files, and tells of each in the order given. */
export const runFiles = (files: readonly string[], options: RunOptions) =>
  Stream.fromIterable(files).pipe(Stream.mapEffect((file) => runFile(file, options), { concurrency: atOnce }))

const runFile = (file: string, options: RunOptions) =>
  Effect.gen(function* () {
    const { filter, runs, seed, update } = options
    const load = (module: string) => options.load(module, file)
    const results = yield* runFixtureFile(file, { filter, update, load })
    // Where a case fails already, there is something nearer to mend.
    const isAsked = runs > 0 && filter === undefined && results.every(({ status }) => status === "passed")
    const properties = isAsked ? yield* runProperties(file, { runs, seed, load }) : []
    const run: FileRun = { file, results, properties, errors: [] }
    return run
  }).pipe(
    Effect.catch((error) =>
      Effect.succeed<FileRun>({ file, results: [], properties: [], errors: fileErrors(error, file) })
    )
  )

/** What is wrong with a fixture file, or with its module. */
export const fileErrors = (
  error: FixtureError | BundleError | ManifestError,
  file: string
): readonly CommandError[] => {
  if (error instanceof FixtureError) return error.problems.map(fixtureProblem)
  const failed = buildFailed(file)(error)
  return failed instanceof CommandErrors ? failed.errors : [failed]
}

const fixtureProblem = (problem: FixtureError["problems"][number]): CommandError => {
  const { code, column, line, message, path, remedy } = problem
  return new CommandError({
    code,
    message: path === "" ? message : `${path}: ${message}`,
    where: `${problem.file}:${line}:${column}`,
    remedy,
    exit: exitCode.badInput
  })
}
