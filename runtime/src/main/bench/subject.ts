import { type Bundle, bundlePlugins, readPluginManifests } from "@millrace/sdk/build"
import { nodeKind, type PluginManifest } from "@millrace/sdk/manifest"
import { SandboxPool } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import { buildFailed } from "../command/build-failure.ts"
import { type Config, readConfig } from "../dev/config.ts"
import { type Entry, findEntry } from "../dev/entry.ts"
import { type DevInput, devInputs } from "../dev/input/dev-inputs.ts"
import { readOwnRecords } from "../dev/input/own-records.ts"
import { choosePlugin } from "../dev/load/choose-plugin.ts"
import { LoadFailed } from "../dev/load/problem.ts"
import { CommandError, CommandErrors } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import type { BenchOptions } from "./bench-options.ts"

/** The plugin that is measured, with what feeds it. */
export interface Subject {
  readonly entry: Entry
  readonly bundle: Bundle
  readonly manifest: PluginManifest
  readonly config: Config
  /** Of inputs and lookup tables. */
  readonly inputs: readonly DevInput[]
}

/**
 * Bundles the module, reads its manifest in the sandbox, and finds out what each input is fed with: generated records, or those
 * of `--input`. Fails with a `CommandError` for what is no processor, and for an input that nothing can be made for.
 */
export const readSubject = Effect.fn("readSubject")(function* (options: BenchOptions) {
  const entry = yield* findEntry(options.folder)
  const pool = yield* SandboxPool
  const failed = Effect.mapError(buildFailed(entry.module))
  const bundle = yield* bundlePlugins({ entry: entry.module }).pipe(failed)
  const manifests = yield* readPluginManifests(bundle, pool.manifest).pipe(failed)
  const manifest = yield* choose(manifests, options.plugin)
  const config = yield* readConfig(options.config)
  const records = yield* readOwnRecords(options.input)
  const inputs = devInputs({
    manifest,
    config,
    records,
    count: options.records,
    seed: options.seed,
    tapped: undefined
  })
  if (typeof inputs === "string") return yield* unfed(inputs)
  yield* refuseMisfits(inputs)
  return { entry, bundle, manifest, config, inputs } satisfies Subject
})

const choose = (
  manifests: readonly PluginManifest[],
  wanted: string | undefined
): Effect.Effect<PluginManifest, CommandError | CommandErrors> => {
  const processors = manifests.filter((each) => nodeKind(each) === "processor")
  const [only, ...others] = processors
  // Where one alone can be measured, it need not be named.
  if (wanted === undefined && only !== undefined && others.length === 0) return Effect.succeed(only)
  const chosen = choosePlugin(manifests, wanted)
  if (chosen instanceof LoadFailed)
    return Effect.fail(wanted === undefined ? unnamed(chosen, processors) : loadErrors(chosen))
  return nodeKind(chosen) === "processor"
    ? Effect.succeed(chosen)
    : Effect.fail(otherKind(chosen, processors))
}

/** Of several one must be named; what `dev` says of that is `--plugin`. */
const unnamed = (error: LoadFailed, processors: readonly PluginManifest[]): CommandErrors =>
  loadErrors(
    error,
    processors[0] === undefined
      ? "sources and sinks are measured where they run: `millrace cost`, `millrace status`"
      : `name one: millrace bench ${processors[0].name}`
  )

const otherKind = ({ kind, name }: PluginManifest, processors: readonly PluginManifest[]): CommandError =>
  new CommandError({
    code: "BENCH_KIND",
    message: `${name} is a ${kind}, which is as fast as the place that it ${kind === "source" ? "reads" : "writes"}: processors and functions can be measured`,
    remedy:
      processors.length === 0
        ? "run it in a pipeline and look with `millrace cost` and on its page of the console"
        : `measure ${processors.map((each) => each.name).join(" or ")}, or run ${name} in a pipeline and look with \`millrace cost\``,
    exit: exitCode.usage
  })

/** What `dev` says of a plugin, as a command that ends says it. */
export const loadErrors = (error: LoadFailed, remedy?: string): CommandErrors =>
  new CommandErrors({
    errors: error.problems.map(
      ({ code, file, line, message, remedy: usual }) =>
        new CommandError({
          code,
          message,
          ...(file === undefined ? {} : { where: line === undefined ? file : `${file}:${line}` }),
          remedy: remedy ?? usual,
          exit: exitCode.badInput
        })
    )
  })

const unfed = (message: string): CommandError =>
  new CommandError({
    code: "BENCH_UNFED",
    message,
    remedy: "give records of yours with --input FILE (or --input NAME=FILE), and its config with --with",
    exit: exitCode.badInput
  })

const mostMisfits = 5

const refuseMisfits = (inputs: readonly DevInput[]): Effect.Effect<void, CommandErrors> => {
  const errors = inputs.flatMap(({ misfits, name }) =>
    misfits.slice(0, mostMisfits).map(
      ({ line, message }) =>
        new CommandError({
          code: "RECORD_MISFIT",
          message: `record ${line} for ${name} does not fit: ${message}`,
          remedy: "correct the record, or the contract",
          exit: exitCode.badInput
        })
    )
  )
  return errors.length === 0 ? Effect.void : Effect.fail(new CommandErrors({ errors }))
}
