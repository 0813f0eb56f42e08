import { readFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../house/floors.ts"
import { loadedPackages } from "./program.ts"

/** The packages that are published to npm. The first-party plugins travel in `millrace` as archives of its registry. */
export interface PublishedPackage {
  readonly folder: string
  /** Modules of `src` are published as JavaScript in `dist`, one by one. */
  readonly compiled: boolean
  /** Authors import it: it comes with declarations. */
  readonly declared: boolean
  /** Files and folders that go in as they are. */
  readonly plain: readonly string[]
}

export const publishedPackages: readonly PublishedPackage[] = [
  { folder: "sdk", compiled: true, declared: true, plain: ["globals.d.ts"] },
  // With what was compiled for the machine that packs: npm runs no scripts of what it installs unless it is told to.
  { folder: "runtime/sandbox", compiled: true, declared: true, plain: ["native"] },
  { folder: "registry", compiled: true, declared: false, plain: [] },
  { folder: "plugins/ingest/client", compiled: true, declared: true, plain: [] },
  { folder: "runtime", compiled: false, declared: false, plain: ["bin"] },
  { folder: "scaffolds", compiled: false, declared: false, plain: ["bin", "src", "templates"] }
]

/** A module, or (for declarations alone) its conditions. */
interface Exports {
  readonly [path: string]: string | { readonly [condition: string]: string }
}

interface PackageJson {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly bin?: { readonly [name: string]: string }
  readonly exports?: Exports
  readonly dependencies?: { readonly [name: string]: string }
  readonly sideEffects?: boolean
}

const readPackageJson = (folder: string): PackageJson =>
  JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"))

/**
 * The package.json that is published: `exports` lead into `dist`, what only the workspace needs is left out. `engines` is
 * Node 20: the program goes on under the Node 24 that it brings (`runtime/bin/node24.js`).
 */
export const publishedJson = ({ compiled, declared, folder, plain }: PublishedPackage) => {
  const json = readPackageJson(folder)
  const { bin, dependencies, description, license, name, sideEffects, version } = json
  const given = {
    name,
    version,
    description,
    license,
    keywords: ["stream-processing", "data-movement", "plugins", "avro", "typescript"],
    type: "module",
    engines: { node: ">=20" },
    sideEffects,
    bin,
    exports: json.exports === undefined ? undefined : publishedExports(json.exports, declared),
    files: [
      ...(compiled ? ["dist"] : []),
      ...(folder === "runtime" ? ["dist", "plugins", "THIRD_PARTY.md"] : []),
      ...plain
    ],
    dependencies: folder === "runtime" ? loadedOf(dependencies) : dependencies
  }
  return { name, version, text: `${JSON.stringify(given, null, 2)}\n` }
}

const loaded: readonly string[] = loadedPackages
/** The program brings the rest in its bundle; a project brings Node 24 where the machine has an older one. */
const loadedOf = (dependencies: PackageJson["dependencies"] = {}) =>
  Object.fromEntries(Object.entries(dependencies).filter(([name]) => loaded.includes(name)))

const publishedExports = (exports: Exports, declared: boolean) =>
  Object.fromEntries(
    Object.entries(exports).map(([path, target]) => {
      if (typeof target !== "string" || !target.endsWith(".ts")) return [path, target]
      const module = target.replace(/^\.\/src\//, "./dist/").replace(/\.ts$/, "")
      // "types" stands first: the first condition that fits is taken.
      return [path, declared ? { types: `${module}.d.ts`, default: `${module}.js` } : `${module}.js`]
    })
  )
