import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { build, type BuildOptions, type Plugin } from "esbuild"

/** The esbuild namespace of library text that is held in memory. */
export const libraryNamespace = "millrace-library"

/**
 * A source map that says the same of all of the text: that it is the libraries'. It makes the bundle's map a fifth as long, and
 * what makes, reads and writes it is quicker.
 */
const oneSource = btoa('{"version":3,"sources":["node_modules/@millrace/sdk"],"mappings":"AAAA"}')
// In two parts: tools that read this file would take it for its own.
const libraryMap = `\n//# source${"MappingURL"}=data:application/json;base64,${oneSource}`

const library = /^(?:@millrace\/sdk|effect)(?:\/|$)/

/**
 * The SDK and Effect, bundled once for many builds: they are most of a bundle's modules, and linking them anew would take most
 * of the time between an edit and its bundle. Split into chunks, so that modules imported from several places stay one.
 */
export class LibraryChunks {
  private readonly options: BuildOptions
  private readonly folder: string
  private readonly entries: string[] = ["@millrace/sdk", "@millrace/sdk/guest", "effect/Schema"]
  private readonly missing = new Set<string>()
  private isWhole = false
  private files: ReadonlyMap<string, string> = new Map()

  /** `options` must name how modules are resolved; `folder` is where from. */
  constructor(options: BuildOptions, folder: string) {
    this.options = options
    this.folder = folder
  }

  /** True when a build has imported what the chunks have not: they are then to be made again, and the build with them. */
  get areIncomplete(): boolean {
    return this.files.size === 0 || this.missing.size > 0
  }

  /** An import asks for a namespace that was left out; false when nothing was. */
  takeWhole(): boolean {
    if (this.isWhole) return false
    this.isWhole = true
    return true
  }

  async make(): Promise<void> {
    this.entries.push(...this.missing)
    this.missing.clear()
    const { outputFiles } = await build({
      ...this.options,
      plugins: [...(this.isWhole ? [] : [withoutNamespaces]), ...(this.options.plugins ?? [])],
      absWorkingDir: this.folder,
      entryPoints: Object.fromEntries(this.entries.map((path, index) => [`entry-${index}`, path])),
      bundle: true,
      write: false,
      format: "esm",
      splitting: true,
      outdir: this.folder,
      logLevel: "silent"
    })
    this.files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
  }

  /** Answers imports of the libraries with the chunks; goes before other resolvers. */
  readonly plugin: Plugin = {
    name: "millrace-library",
    setup: (setup) => {
      setup.onResolve({ filter: library }, ({ kind, path, pluginData }) => {
        if (kind !== "import-statement" || pluginData !== undefined) return undefined
        const index = this.entries.indexOf(path)
        if (index >= 0) return { path: `entry-${index}.js`, namespace: libraryNamespace, sideEffects: false }
        this.missing.add(path)
        return undefined
      })
      setup.onResolve({ filter: /^\.\//, namespace: libraryNamespace }, ({ path }) => ({
        path: basename(path),
        namespace: libraryNamespace,
        sideEffects: false
      }))
      setup.onLoad({ filter: /.*/, namespace: libraryNamespace }, ({ path }) => ({
        contents: (this.files.get(path) ?? "") + libraryMap,
        loader: "js"
      }))
    }
  }
}

/**
 * Leaves the namespaces out that the SDK's entry re-exports: esbuild could not drop what of them is not used. Imports of them by name
 * are rewritten to imports of their modules before.
 */
const withoutNamespaces: Plugin = {
  name: "millrace-namespaces",
  setup: (setup) => {
    setup.onLoad({ filter: /[\\/]sdk[\\/](?:src|dist)[\\/]index\.[jt]s$/ }, ({ path }) => ({
      contents: readFileSync(path, "utf8").replaceAll(/^export \* as \w+ from "effect\/\w+";?$/gm, ""),
      loader: path.endsWith(".ts") ? "ts" : "js"
    }))
  }
}
