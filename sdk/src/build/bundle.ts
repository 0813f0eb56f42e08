import { existsSync } from "node:fs"
import { withOwnSources } from "./own-sources.ts"
import { dirname, resolve } from "node:path"
import * as Effect from "effect/Effect"
import { build, type BuildFailure, type BuildOptions, type BuildResult, type Message } from "esbuild"
import { libraryNamespace } from "./library-chunks.ts"
import { BundleError, type Offence } from "./build-error.ts"
import { sandboxResolver } from "./sandbox-resolver.ts"

/** A bundle: one script that leaves a `GuestBundle` under the global `__millrace_bundle` (docs/formats/package.md). */
export interface Bundle {
  readonly code: string
  readonly sourceMap: string
  /** Absolute paths of every file that went into it: what `dev` watches. */
  readonly files: readonly string[]
}

export const bundleGlobal = "__millrace_bundle"

/** Bundles the plugins that a module exports. Fails with every offence at once. The same files give the same bytes. */
export const bundlePlugins = Effect.fn("bundlePlugins")(function* (options: { readonly entry: string }) {
  const entry = resolve(options.entry)
  const folder = dirname(entry)
  if (!existsSync(entry)) return yield* new BundleError({ offences: [missingEntry(options.entry)] })
  const result = yield* Effect.tryPromise({
    try: () => build(buildOptions(entry, folder)),
    catch: buildFailed
  })
  return bundleOf(result, folder)
})

export const buildFailed = (error: unknown): BundleError =>
  new BundleError({ offences: isBuildFailure(error) ? error.errors.map(offenceOf) : [unknown(error)] })

export const buildOptions = (entry: string, folder: string) =>
  ({
    absWorkingDir: folder,
    stdin: { contents: entryText(entry), resolveDir: folder, sourcefile: "millrace-entry.js", loader: "js" },
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
    charset: "utf8",
    legalComments: "none",
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "silent",
    logOverride: {
      "direct-eval": "error",
      "unsupported-dynamic-import": "error",
      "unsupported-require-call": "error"
    },
    plugins: [sandboxResolver()]
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
    .filter((path) => path !== "millrace-entry.js" && !path.startsWith(`${libraryNamespace}:`))
    .map((path) => resolve(folder, path))
  const sourceMap = withOwnSources(text("bundle.js.map"), folder)
  return { code: text("bundle.js"), sourceMap, files: files.toSorted() }
}

const isBuildFailure = (error: unknown): error is BuildFailure => error instanceof Error && "errors" in error

const offenceOf = ({ text, location, detail, id }: Message): Offence => {
  const place = {
    file: location?.file ?? "",
    line: location?.line ?? 0,
    column: location === null || location === undefined ? 0 : location.column + 1
  }
  if (isDetail(detail)) return { ...place, code: detail.code, message: text, remedy: detail.remedy }
  const { code, remedy } = judge(text, id)
  return { ...place, code, message: text.replace(/\.$/, ""), remedy }
}

const isDetail = (detail: unknown): detail is { readonly code: Offence["code"]; readonly remedy: string } =>
  typeof detail === "object" && detail !== null && "code" in detail && "remedy" in detail

/** esbuild's own complaints. */
const judge = (text: string, id: string): { readonly code: Offence["code"]; readonly remedy: string } => {
  if (id === "direct-eval") {
    return { code: "DYNAMIC_CODE", remedy: "The sandbox runs no code made from text: write it out." }
  }
  if (id === "unsupported-dynamic-import" || id === "unsupported-require-call") {
    return { code: "DYNAMIC_CODE", remedy: "Import it by its name at the top of the file." }
  }
  if (text.startsWith("Could not resolve")) {
    return { code: "UNRESOLVED", remedy: "Correct the path, or install the package." }
  }
  if (text.startsWith("No loader is configured")) {
    return { code: "UNSUPPORTED_FILE", remedy: "A bundle holds JavaScript, TypeScript, JSON and text only." }
  }
  if (text.startsWith("Top-level await")) {
    return { code: "SYNTAX", remedy: "A plugin's module is read without waiting: move it into the body." }
  }
  return { code: "SYNTAX", remedy: "Correct the source." }
}

export const missingEntry = (entry: string): Offence => ({
  code: "UNRESOLVED",
  file: entry,
  line: 0,
  column: 0,
  message: "there is no such file",
  remedy: "Name the module that exports the plugins."
})

const unknown = (error: unknown): Offence => ({
  code: "SYNTAX",
  file: "",
  line: 0,
  column: 0,
  message: error instanceof Error ? error.message : String(error),
  remedy: "Report this fault."
})
