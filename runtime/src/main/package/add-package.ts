import type { Resolution } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { projectFolder, readLock, writeLock } from "../project/lock-file.ts"
import { writeWhole } from "../project/write-whole.ts"
import { CommandError } from "../terminal/command-error.ts"
import { exitCode } from "../terminal/exit-code.ts"
import { insertNode, nodePlaces } from "./insert-node.ts"
import { nodeLines } from "./node-text.ts"
import type { PackageReference } from "./package-reference.ts"

/** What is to be added, and where. */
export interface PackageAddition {
  readonly reference: PackageReference
  /** The version that its range means. */
  readonly resolved: Resolution
  /** A pipeline file; undefined: the node's text is only answered. */
  readonly to: string | undefined
  /** Name of the node; the plugin's, unless told. */
  readonly as: string | undefined
}

/** Adds a node of a package to a pipeline file, and the package to the lock. */
export const addPackage = Effect.fn("addPackage")(function* (addition: PackageAddition) {
  const { reference, resolved, to } = addition
  const plugin = yield* chosenPlugin(reference, resolved)
  const range = reference.range ?? `^${resolved.version}`
  const text = to === undefined ? undefined : yield* readPipeline(to)
  const places = text === undefined ? { names: [], lastOutput: undefined } : nodePlaces(text)
  const hash =
    resolved.manifest.plugins.filter(({ kind }) => kind === plugin.kind).length > 1 ? `#${plugin.name}` : ""
  const name = yield* freeName(addition.as, plugin.name, places?.names ?? [])
  const from = plugin.kind === "source" ? undefined : places?.lastOutput
  const lines = nodeLines({ name, plugin, from, reference: `${reference.full}${hash}@${range}` })
  if (to !== undefined && text !== undefined) {
    const inserted = places === undefined ? undefined : insertNode(text, lines)
    if (inserted === undefined) return yield* notBlock(to, lines)
    yield* writeWhole(to, inserted)
  }
  const folder = yield* projectFolder(process.cwd())
  const lock = yield* readLock(folder)
  const { integrity, version } = resolved
  const packages = { ...lock.packages, [reference.full]: { range, version, integrity } }
  yield* writeLock(folder, { ...lock, packages })
  return {
    package: reference.full,
    range,
    version,
    integrity,
    plugin: plugin.name,
    node: name,
    file: to ?? null,
    lines
  }
})

const chosenPlugin = Effect.fnUntraced(function* (
  { full, plugin }: PackageReference,
  { manifest }: Resolution
) {
  const [only, ...others] = manifest.plugins
  const found = plugin === undefined ? only : manifest.plugins.find(({ name }) => name === plugin)
  const names = manifest.plugins.map(({ kind, name }) => `${name} (${kind})`).join(", ")
  if (found !== undefined && (plugin !== undefined || others.length === 0)) return found
  return yield* new CommandError({
    code: plugin === undefined ? "PLUGIN_NOT_CHOSEN" : "PLUGIN_UNKNOWN",
    message: plugin === undefined ? `${full} has several plugins` : `${full} has no plugin ${plugin}`,
    remedy: `name one of ${names} as ${full}#PLUGIN`,
    exit: exitCode.usage
  })
})

const readPipeline = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.mapError(
    fs.readFileString(file),
    (error) =>
      new CommandError({
        code: "FILE_UNREADABLE",
        message: `the pipeline file cannot be read: ${error.reason._tag}`,
        where: file,
        remedy: "name a file that is there and readable",
        exit: exitCode.badInput
      })
  )
})

const freeName = Effect.fnUntraced(function* (
  asked: string | undefined,
  plugin: string,
  taken: readonly string[]
) {
  if (asked !== undefined && (taken.includes(asked) || !/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(asked))) {
    return yield* new CommandError({
      code: "NAME_INVALID",
      message: taken.includes(asked)
        ? `there is a node ${asked} already`
        : `${JSON.stringify(asked)} cannot be the name of a node`,
      remedy: "choose another with --as: letters, digits, - and _, beginning with a letter",
      exit: exitCode.usage
    })
  }
  let name = asked ?? plugin
  for (let number = 2; taken.includes(name); number++) name = `${plugin}-${number}`
  return name
})

const notBlock = (file: string, lines: readonly string[]) =>
  new CommandError({
    code: "PIPELINE_NOT_EDITED",
    message: "the file has no nodes: with a node on lines of its own, so nothing was changed",
    where: file,
    remedy: `correct it with \`millrace plan\`, or write the node yourself:\n${lines.join("\n")}`,
    exit: exitCode.badInput
  })
