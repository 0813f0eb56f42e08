import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild"

/** The esbuild namespace of modules that are held in memory. */
export const libraryNamespace = "millrace-library"

/** Where the library's script leaves its modules, by number. The script that takes them takes the name away. */
const libraryGlobal = "__millrace_library"

const library = /^(?:@millrace\/sdk|effect)(?:\/|$)/

/**
 * The SDK and Effect as one script, linked once for many builds: they are most of a bundle, and linking, printing and compiling them
 * anew would take most of the time between an edit and its first record. Builds of the author's modules take from it what they import.
 */
export class LinkedLibrary {
  private readonly options: BuildOptions
  private readonly folder: string
  private readonly entries: string[] = ["@millrace/sdk", "@millrace/sdk/guest", "effect/Schema"]
  private readonly missing = new Set<string>()
  private isWhole = false
  /** By number, what the module exports. */
  private exports: readonly (readonly string[])[] = []
  private script = ""

  /** `options` must name how modules are resolved and how scripts are printed; `folder` is where from. */
  constructor(options: BuildOptions, folder: string) {
    this.options = options
    this.folder = folder
  }

  /** To be run before the author's script. It exports all that the modules do: nothing knows yet what of it will be used. */
  get text(): string {
    return this.script
  }

  /** True when a build has imported what the library lacks: it is then to be made again, and the build with it. */
  get isIncomplete(): boolean {
    return this.script === "" || this.missing.size > 0
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
    const { metafile, outputFiles } = await this.chunks()
    this.exports = this.entries.map((_, index) => exportsOf(metafile, index))
    const files = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
    const modules = this.entries.map((_, index) => `export * as module${index} from "./entry-${index}.js"`)
    const linked = await build({
      ...this.options,
      plugins: [fromMemory(files)],
      stdin: { contents: modules.join("\n"), loader: "js" },
      bundle: true,
      write: false,
      format: "iife",
      globalName: "modules",
      logLevel: "silent"
    })
    const text = linked.outputFiles[0]?.text.trim() ?? ""
    this.script = `globalThis.${libraryGlobal}=(()=>{${text}return modules})();`
  }

  /** The entries, and chunks for what several of them import, so that it stays one. */
  private chunks() {
    return build({
      ...this.options,
      plugins: [...(this.isWhole ? [] : [withoutNamespaces]), ...(this.options.plugins ?? [])],
      absWorkingDir: this.folder,
      entryPoints: Object.fromEntries(this.entries.map((path, index) => [`entry-${index}`, path])),
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      splitting: true,
      outdir: this.folder,
      logLevel: "silent"
    })
  }

  /** Answers imports of the library; goes before other resolvers. */
  readonly plugin: Plugin = {
    name: "millrace-library",
    setup: (setup) => {
      setup.onResolve({ filter: library }, ({ kind, path, pluginData }) => {
        if (kind !== "import-statement" || pluginData !== undefined) return undefined
        const index = this.entries.indexOf(path)
        if (index >= 0) return { path: `${index}`, namespace: libraryNamespace, sideEffects: false }
        this.missing.add(path)
        return undefined
      })
      setup.onLoad({ filter: /.*/, namespace: libraryNamespace }, ({ path }) => ({
        contents: importsOf(Number(path), this.exports[Number(path)] ?? []),
        loader: "js"
      }))
    }
  }
}

/** What follows the author's script: nothing of it is to be found where a published bundle has nothing. */
export const afterLibrary = `delete globalThis.${libraryGlobal};`

/** A module that takes each name from the library; those that nobody imports are dropped, and a name that is not there is an error. */
const importsOf = (index: number, names: readonly string[]): string =>
  [
    `function take(name) { return globalThis.${libraryGlobal}.module${index}[name] }`,
    ...names.flatMap((name, at) => [
      `const value${at} = /* @__PURE__ */ take(${JSON.stringify(name)})`,
      `export { value${at} as ${name} }`
    ])
  ].join("\n")

const exportsOf = ({ outputs }: Metafile, index: number): readonly string[] =>
  Object.entries(outputs).find(([path]) => basename(path) === `entry-${index}.js`)?.[1].exports ?? []

const fromMemory = (files: ReadonlyMap<string, string>): Plugin => ({
  name: "millrace-chunks",
  setup: (setup) => {
    setup.onResolve({ filter: /^\.\// }, ({ path }) => ({
      path: basename(path),
      namespace: libraryNamespace,
      sideEffects: false
    }))
    setup.onLoad({ filter: /.*/, namespace: libraryNamespace }, ({ path }) => ({
      contents: files.get(path) ?? "",
      loader: "js"
    }))
  }
})

/**
 * Leaves the namespaces out that the SDK's entry re-exports: they are most of Effect, and would be linked and run for nothing. Imports of
 * them by name are rewritten to imports of their modules before.
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
