import { readFileSync } from "node:fs"
import { relative } from "node:path"
import type { Offence } from "../build-error.ts"
import { packageOfFile } from "../package-scope.ts"
import { modulesRemedy } from "./builtin-remedy.ts"
import type { ImportGraph } from "./import-graph.ts"
import { packageRemedy } from "./package-remedy.ts"
import type { RawOffence } from "./raw-offence.ts"
import { placeIn } from "./source-place.ts"
import { tokensOf } from "./source-tokens.ts"

/** A package's offence, and how the package came in. */
interface Foreign {
  readonly offence: RawOffence
  /** The author's module and the specifier by which it imports the first package. */
  readonly file: string
  readonly specifier: string
  /** The first package. */
  readonly name: string
  /** As in {@link Offence}. */
  readonly chain: readonly string[]
}

/**
 * The offences as an author can act on them: his own where they stand, those inside packages gathered at his import that
 * brought them in, one for each kind. In the order of his sources.
 */
export const groupOffences = (
  raw: readonly RawOffence[],
  graph: ImportGraph | undefined,
  project: string
): readonly Offence[] => {
  const groups = new Map<string, Foreign[]>()
  const own: Offence[] = []
  for (const offence of raw) {
    const foreign = graph === undefined ? undefined : foreignOf(offence, graph, project)
    if (foreign === undefined) {
      own.push(ownOffence(offence, project))
      continue
    }
    const native: readonly Offence["code"][] = isNative(foreign) ? ["NATIVE"] : []
    for (const code of new Set([offence.code, ...native])) {
      const key = [foreign.file, foreign.specifier, code].join("\n")
      groups.set(key, [...(groups.get(key) ?? []), { ...foreign, offence: { ...offence, code } }])
    }
  }
  const gathered = [...groups.values()].map((group) => gather(group, project))
  return [...own, ...gathered].toSorted(
    (left, right) =>
      left.file.localeCompare(right.file) || left.line - right.line || left.column - right.column
  )
}

const ownOffence = ({ module: _, ...offence }: RawOffence, project: string): Offence => ({
  ...offence,
  file: offence.file === "" ? "" : relative(project, offence.file)
})

const foreignOf = (offence: RawOffence, graph: ImportGraph, project: string): Foreign | undefined => {
  if (packageOfFile(offence.file) === undefined) return undefined
  const way = graph.wayTo(offence.file)
  const at = way.findLastIndex(({ from }) => packageOfFile(from) === undefined)
  const last = way[at]
  if (last === undefined) return undefined
  const files = [...way.map(({ from }) => from), offence.file]
  const packages = files.slice(at + 1).map((file) => packageOfFile(file) ?? relative(project, file))
  const ownFiles = files.slice(0, at + 1).filter((file) => !file.endsWith("millrace-entry.js"))
  const chain = [...ownFiles.map((file) => relative(project, file)), ...packages]
  return {
    offence,
    file: last.from,
    specifier: last.specifier,
    name: packages[0] ?? last.specifier,
    chain: [...chain.filter((name, index) => name !== chain[index - 1]), ...lastLink(offence, project)]
  }
}

/** What is asked for; for anything but a module, the package's own file and line. */
const lastLink = ({ module, file, line }: RawOffence, project: string): readonly string[] =>
  module === undefined ? [`${relative(project, file)}:${line}`] : [plainName(module)]

const plainName = (module: string): string => module.replace(/^node:/, "")

/** Packages that load native code for others. */
const loaders: ReadonlySet<string> = new Set([
  "@mapbox/node-pre-gyp",
  "bindings",
  "detect-libc",
  "node-gyp-build",
  "node-gyp-build-optional-packages",
  "node-pre-gyp",
  "prebuild-install"
])

const isNative = ({ chain }: Foreign): boolean => chain.some((name) => loaders.has(name))

const gather = (group: readonly Foreign[], project: string): Offence => {
  const [first] = group
  if (first === undefined) throw new Error("an empty group")
  return {
    code: first.offence.code,
    ...importPlace(first, project),
    ...wording(first.name, group),
    chains: chainsOf(group)
  }
}

/** The ways in, shortest first; what one package asks for in several places stands at the end of one. */
const chainsOf = (group: readonly Foreign[]): readonly (readonly string[])[] => {
  const ends = new Map<string, { readonly way: readonly string[]; readonly asked: Set<string> }>()
  for (const { chain } of group) {
    const way = chain.slice(0, -1)
    const known = ends.get(way.join("\n")) ?? { way, asked: new Set() }
    known.asked.add(chain.at(-1) ?? "")
    ends.set(way.join("\n"), known)
  }
  return [...ends.values()]
    .map(({ way, asked }) => [...way, listed([...asked].toSorted(), 6)])
    .toSorted((left, right) => left.length - right.length)
}

/** Where the author imports the package. */
const importPlace = ({ file, specifier }: Foreign, project: string) => {
  const source = readFileSync(file, "utf8")
  const token = tokensOf(source).find(({ kind, text }) => kind === "string" && text === specifier)
  const place = token === undefined ? { line: 0, column: 0 } : placeIn(source, token.at)
  return { file: relative(project, file), ...place }
}

const wording = (
  name: string,
  group: readonly Foreign[]
): { readonly message: string; readonly remedy: string } => {
  const [first] = group
  const own = packageRemedy(name)
  switch (first?.offence.code) {
    case "BUILTIN": {
      const modules = [...new Set(group.flatMap(({ offence }) => offence.module ?? []).map(plainName))]
      return {
        message: `${name} needs ${listed(modules.toSorted(), 8)} of Node.js, which the sandbox is not`,
        remedy: own ?? `${modulesRemedy(modules)}.`
      }
    }
    case "NATIVE":
      return { message: `${name} is native code`, remedy: own ?? "Use a package of JavaScript alone." }
    case "DYNAMIC_CODE":
      return {
        message: `${name} runs code made of text, or loads it at run time, which the sandbox does not`,
        remedy: own ?? "Use a package that does not, or a build of it for a strict Content Security Policy."
      }
    default:
      return {
        message: `${name}: ${first?.offence.message ?? ""}`,
        remedy: own ?? first?.offence.remedy ?? "Use another package."
      }
  }
}

const listed = (names: readonly string[], most: number): string =>
  names.length <= most
    ? names.join(", ")
    : `${names.slice(0, most).join(", ")} and ${names.length - most} more`
