import { existsSync } from "node:fs"
import { withOwnSources } from "./own-sources.ts"
import { dirname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { build, type BuildOptions, type BuildResult } from "esbuild"
import { BundleError, type Offence } from "./build-error.ts"
import { absentModule } from "./offence/absent-module.ts"
import { explainFailure } from "./offence/explain-failure.ts"
import { ownSourceCheck } from "./offence/own-source-check.ts"
import { sandboxResolver } from "./sandbox-resolver.ts"

/** A bundle: one script that leaves a `GuestBundle` under the global `__millrace_bundle` (docs/formats/package.md). */
export interface Bundle {
  readonly code: string
  readonly sourceMap: string
  /** Absolute paths of every file that went into it: what `dev` watches. */
  readonly files: readonly string[]
}

export const bundleGlobal = "__millrace_bundle"

/** The module that a bundle begins with. esbuild inputs whose name begins with `millrace-` are no files. */
const entryName = "millrace-entry.js"

/** Bundles the plugins that a module exports. Fails with every offence at once. The same files give the same bytes. */
export const bundlePlugins = Effect.fn("bundlePlugins")(function* (options: { readonly entry: string }) {
  const entry = resolve(options.entry)
  const folder = dirname(entry)
  if (!existsSync(entry)) return yield* new BundleError({ offences: [missingEntry(options.entry)] })
  const result = yield* attemptBuild(entry, () => build(buildOptions(entry, folder)))
  return bundleOf(result, folder)
})

/** A build of the entry by esbuild, its failure explained. */
export const attemptBuild = <A>(entry: string, run: () => Promise<A>): Effect.Effect<A, BundleError> =>
  Effect.tryPromise({ try: run, catch: (error) => ({ error }) }).pipe(
    Effect.catch(({ error }) =>
      Effect.flatMap(
        Effect.promise(() =>
          explainFailure(error, { entry, options: buildOptions(entry, dirname(entry)), entryName })
        ),
        (explained) => Effect.fail(explained)
      )
    )
  )

export const buildOptions = (entry: string, folder: string) =>
  ({
    absWorkingDir: folder,
    stdin: { contents: entryText(entry), resolveDir: folder, sourcefile: entryName, loader: "js" },
    bundle: true,
    write: false,
    metafile: true,
    outfile: "bundle.js",
    format: "iife",
    globalName: bundleGlobal,
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["import", "module", "worker", "default"],
    target: "es2024",
    sourcemap: "external",
    sourcesContent: false,
    // A character beyond ASCII would double what each isolate holds of the text.
    charset: "ascii",
    legalComments: "none",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "silent",
    logOverride: {
      "direct-eval": "error",
      "unsupported-dynamic-import": "error",
      "unsupported-require-call": "error"
    },
    // What libraries ask of their surroundings and bundlers commonly answer.
    define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
    plugins: [ownSourceCheck, sandboxResolver(), absentModule]
  }) satisfies BuildOptions & { readonly write: false; readonly metafile: true }

const entryText = (entry: string): string =>
  [
    `import * as plugins from ${JSON.stringify(entry)}`,
    `import { guestEntry } from "@millrace/sdk/guest"`,
    `export const { abi, manifest, derive, open } = guestEntry(plugins)`
  ].join("\n")

type Outcome = BuildResult<{ write: false; metafile: true }>

export const bundleOf = ({ outputFiles, metafile }: Outcome, folder: string): Bundle => {
  const text = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ""
  const files = Object.keys(metafile.inputs)
    .filter((path) => !path.startsWith("millrace-"))
    .map((path) => resolve(folder, path))
  const sourceMap = withOwnSources(text("bundle.js.map"), folder)
  return { code: text("bundle.js"), sourceMap, files: files.toSorted() }
}

export const missingEntry = (entry: string): Offence => ({
  code: "UNRESOLVED",
  file: entry,
  line: 0,
  column: 0,
  message: "there is no such file",
  remedy: "Name the module that exports the plugins."
})
