import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlanProblem, PlanRequest } from "@millrace/sdk/api"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { readCanaryFlags } from "./life/canary-flags.ts"
import { loadPathModules } from "./load.ts"

const maxPipelineBytes = 1_048_576

/** Reads a pipeline file and bundles the plugins that it names by path: what `plan` and `apply` send. */
export const readPipelineFile = Effect.fn("readPipelineFile")(function* (
  file: string,
  options: {
    readonly vars: { readonly [name: string]: string }
    readonly upgrade: boolean
    readonly discardState?: boolean
    readonly from?: Option.Option<string>
    readonly canary?: Option.Option<string>
    readonly canaryPartitions?: Option.Option<string>
  }
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const absolute = path.resolve(file)
  const text = yield* readText(fs, absolute)
  const base = path.dirname(absolute)
  const modules: { [name: string]: { bundle: string; sourceMap?: string } } = {}
  // Only a text that could name a module asks for the bundler.
  if (/\.[cm]?[jt]sx?\b/.test(text)) {
    const { bundleModule, pathModules } = yield* loadPathModules
    for (const name of pathModules(text, options.vars))
      modules[name] = yield* bundleModule(path.resolve(base, name))
  }
  const { discardState = false, upgrade, vars } = options
  const from = options.from === undefined ? undefined : Option.getOrUndefined(options.from)
  const canary = yield* readCanaryFlags(options)
  const request: PlanRequest = { text, base, file, vars, modules, upgrade, discardState }
  return {
    ...request,
    ...(from === undefined ? {} : { from }),
    ...(canary === undefined ? {} : { canary })
  } satisfies PlanRequest
})

const readText = (fs: FileSystem.FileSystem, file: string): Effect.Effect<string, CommandError> =>
  Effect.gen(function* () {
    const info = yield* fs.stat(file)
    if (Number(info.size) > maxPipelineBytes) return yield* tooLarge(file)
    return yield* fs.readFileString(file)
  }).pipe(
    Effect.catchTag("PlatformError", (error) =>
      Effect.fail(
        new CommandError({
          code: "FILE_UNREADABLE",
          message: `the pipeline file cannot be read: ${error.reason._tag}`,
          where: file,
          remedy: "name a file that is there and readable",
          exit: exitCode.badInput
        })
      )
    )
  )

const tooLarge = (file: string) =>
  new CommandError({
    code: "PIPELINE_TOO_LARGE",
    message: `the pipeline file is larger than ${maxPipelineBytes} bytes`,
    where: file,
    remedy: "split it into several pipelines",
    exit: exitCode.badInput
  })

/** The problems that a plan met, each at its line. */
export const problemsOf = (file: string, problems: readonly PlanProblem[]): CommandErrors =>
  new CommandErrors({
    errors: problems.map(
      (problem) =>
        new CommandError({
          code: problem.code,
          message: problem.message,
          where: `${file}${problem.line === undefined ? "" : `:${problem.line}:${problem.column ?? 1}`}${problem.path === "" ? "" : ` (${problem.path})`}`,
          remedy: problem.remedy,
          exit: exitCode.badInput
        })
    )
  })
