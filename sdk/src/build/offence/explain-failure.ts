import { dirname } from "node:path"
import { build, type BuildOptions, type Plugin } from "esbuild"
import { BundleError, type Offence } from "../build-error.ts"
import { packageOfFile, projectFolder } from "../package-scope.ts"
import { groupOffences } from "./group-offences.ts"
import { ImportGraph } from "./import-graph.ts"
import { isBuildFailure, rawOffence, type RawOffence } from "./raw-offence.ts"

/** What was to be built: `entryName` is how esbuild names the module that all begins with. */
export interface FailedBuild {
  readonly entry: string
  readonly options: BuildOptions
  readonly entryName: string
}

/** Every offence of a build that failed, each with its place, its remedy and how it came in. */
export const explainFailure = async (error: unknown, failed: FailedBuild): Promise<BundleError> => {
  if (!isBuildFailure(error)) return new BundleError({ offences: [unknown(error)] })
  const folder = dirname(failed.entry)
  const raw = error.errors.map((message) => rawOffence(message, folder))
  const isForeign = raw.some(({ file }) => packageOfFile(file) !== undefined)
  const graph = isForeign ? await graphOf(failed, folder, raw) : undefined
  return new BundleError({ offences: groupOffences(raw, graph, projectFolder(folder)) })
}

/** Who imports whom, by a build in which what was refused stays outside; undefined where a source cannot even be read. */
const graphOf = async (
  { options, entryName }: FailedBuild,
  folder: string,
  raw: readonly RawOffence[]
): Promise<ImportGraph | undefined> => {
  try {
    const { metafile } = await build({
      ...options,
      metafile: true,
      write: false,
      sourcemap: false,
      plugins: [tolerance(raw)],
      logOverride: {
        "direct-eval": "silent",
        "unsupported-dynamic-import": "silent",
        "unsupported-require-call": "silent"
      }
    })
    return new ImportGraph(metafile.inputs, entryName, folder)
  } catch {
    return undefined
  }
}

const passed = "millrace-tolerated"

/** Leaves outside what was refused, and what cannot be found. */
const tolerance = (raw: readonly RawOffence[]): Plugin => {
  const modules = new Set(raw.flatMap(({ module }) => module ?? []))
  return {
    name: "millrace-tolerance",
    setup: (setup) => {
      setup.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === passed) return undefined
        if (modules.has(path) || path.endsWith(".node") || path.endsWith(".wasm")) {
          return { path, external: true }
        }
        const own = await setup.resolve(path, { kind, importer, resolveDir, pluginData: passed })
        return own.errors.length === 0 ? own : { path, external: true }
      })
    }
  }
}

const unknown = (error: unknown): Offence => ({
  code: "SYNTAX",
  file: "",
  line: 0,
  column: 0,
  message: error instanceof Error ? error.message : String(error),
  remedy: "Report this fault."
})
