import { nodeKind, PluginManifest } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type {
  Finding,
  PackageReference,
  PathReference,
  Pipeline,
  PipelineNode
} from "../../pipeline/index.ts"
import { suggest } from "../../pipeline/index.ts"
import type { PackageUnavailable, PlanDependencies, ResolvedPackage } from "../dependencies.ts"
import type { PlanRequest } from "../plan.ts"
import { integrityOf } from "./digest.ts"
import { type Lock, lockKey } from "./lock.ts"

/** A node's plugin, found. */
export interface ResolvedPlugin {
  readonly package:
    | { readonly name: string; readonly version: string; readonly integrity: string }
    | { readonly path: string }
  /** `name@version`, or the path. */
  readonly label: string
  /** Trust domain: the publisher's scope, or the project's folder. */
  readonly domain: string
  readonly digest: string
  readonly bundle: string
  readonly manifest: PluginManifest
}

export interface ResolvedPlugins {
  /** By node; one with a finding is absent. */
  readonly plugins: ReadonlyMap<string, ResolvedPlugin>
  readonly lock: Lock
  readonly findings: readonly Finding[]
  /** What publishers have to say of the versions that were found. */
  readonly warnings: readonly string[]
}

/** What a package or a path leads to, before a plugin of it is chosen. */
interface Found {
  readonly package: ResolvedPlugin["package"]
  readonly label: string
  readonly domain: string
  readonly digest: string
  readonly bundle: string
  readonly plugins: readonly PluginManifest[]
  readonly warning: string | undefined
}
type Lookup = { readonly ok: Found } | { readonly problem: Pick<Finding, "code" | "message" | "remedy"> }

const concurrency = 4

/** Finds every node's plugin: packages by the lock or the registry, paths in the request. */
export const resolvePlugins = Effect.fnUntraced(function* (
  pipeline: Pipeline,
  request: PlanRequest,
  dependencies: PlanDependencies
) {
  const wanted = new Map(
    Object.values(pipeline.nodes).map((node) => [referenceKey(node.plugin), node.plugin])
  )
  const found = yield* Effect.forEach(
    wanted,
    ([key, reference]) =>
      Effect.map(lookUp(reference, request, dependencies), (lookup) => [key, lookup] as const),
    { concurrency }
  )
  const lookups = new Map(found)
  const plugins = new Map<string, ResolvedPlugin>()
  const findings: Finding[] = []
  for (const [name, node] of Object.entries(pipeline.nodes)) {
    const choice = choosePlugin(node, lookups.get(referenceKey(node.plugin))!)
    if ("ok" in choice) plugins.set(name, choice.ok)
    else findings.push({ ...choice.problem, path: ["nodes", name, keyOfKind(node.kind)] })
  }
  const result: ResolvedPlugins = {
    plugins,
    lock: lockOf(wanted.values(), lookups),
    findings,
    warnings: warningsOf(lookups.values())
  }
  return result
})

const warningsOf = (lookups: Iterable<Lookup>): readonly string[] => [
  ...new Set([...lookups].flatMap((lookup) => ("ok" in lookup ? (lookup.ok.warning ?? []) : [])))
]

const keyOfKind = (kind: PipelineNode["kind"]): string => (kind === "processor" ? "use" : kind)

const referenceKey = (reference: PackageReference | PathReference): string =>
  "path" in reference ? `path ${reference.path}` : lockKey(reference.package, reference.range)

const lookUp = (
  reference: PackageReference | PathReference,
  request: PlanRequest,
  dependencies: PlanDependencies
): Effect.Effect<Lookup> =>
  "path" in reference
    ? lookUpPath(reference.path, request, dependencies)
    : lookUpPackage(reference, request, dependencies)

const lookUpPackage = (
  { package: name, range }: PackageReference,
  request: PlanRequest,
  dependencies: PlanDependencies
): Effect.Effect<Lookup> => {
  const packages = request.lock?.packages ?? {}
  const key = lockKey(name, range)
  const locked = !request.upgrade && Object.hasOwn(packages, key) ? packages[key] : undefined
  return dependencies.resolvePackage({ name, range, locked }).pipe(
    Effect.map((resolved): Lookup => ({ ok: foundPackage(name, resolved) })),
    Effect.catch((error) => Effect.succeed<Lookup>({ problem: unavailable(name, range, error) }))
  )
}

const foundPackage = (name: string, resolved: ResolvedPackage): Found => ({
  package: { name, version: resolved.version, integrity: resolved.integrity },
  label: `${name}@${resolved.version}`,
  domain: name.startsWith("@") ? name.slice(0, name.indexOf("/")) : name,
  digest: resolved.manifest.bundle,
  bundle: resolved.bundle,
  plugins: resolved.manifest.plugins,
  warning: resolved.warning === undefined ? undefined : `${name}@${resolved.version} ${resolved.warning}`
})

const unavailable = (name: string, range: string, error: PackageUnavailable) => {
  switch (error.reason) {
    case "unknownPackage":
      return {
        code: "UNKNOWN_PACKAGE" as const,
        message: `There is no package ${name}`,
        remedy:
          error.candidates.length === 0
            ? "Publish it with `millrace publish`; this registry has no packages yet."
            : suggest(name, error.candidates, "package")
      }
    case "unknownVersion":
      return {
        code: "UNKNOWN_VERSION" as const,
        message: `No version of ${name} satisfies ${range}`,
        remedy: suggest(range, error.candidates, "version")
      }
    case "lockMismatch":
      return {
        code: "LOCK_MISMATCH" as const,
        message: error.message,
        remedy: "Plan with --upgrade to resolve the range anew, if the change is meant."
      }
    default:
      return {
        code: "RESOLVE_FAILED" as const,
        message: error.message,
        remedy: "Try again; see the registry's log."
      }
  }
}

const Plugins = Schema.fromJsonString(Schema.Array(PluginManifest))

const lookUpPath = (
  path: string,
  request: PlanRequest,
  dependencies: PlanDependencies
): Effect.Effect<Lookup> => {
  const module = Object.hasOwn(request.modules, path) ? request.modules[path] : undefined
  if (module === undefined) return Effect.succeed({ problem: moduleMissing(path) })
  const { bundle } = module
  const failed = (message: string): Lookup => ({
    problem: {
      code: "RESOLVE_FAILED",
      message: `${path} does not load: ${message}`,
      remedy: "Run millrace build on it; that says more."
    }
  })
  return dependencies.readManifest(bundle).pipe(
    Effect.flatMap((text) => Schema.decodeUnknownEffect(Plugins)(text)),
    Effect.map((plugins): Lookup => ({ ok: foundPath(path, bundle, plugins, request.baseFolder) })),
    Effect.catch((error) => Effect.succeed(failed(error.message)))
  )
}

const foundPath = (
  path: string,
  bundle: string,
  plugins: readonly PluginManifest[],
  baseFolder: string
): Found => ({
  package: { path },
  label: path,
  domain: `path:${baseFolder}`,
  digest: integrityOf(bundle),
  bundle,
  plugins,
  warning: undefined
})

const moduleMissing = (path: string) => ({
  code: "MODULE_MISSING" as const,
  message: `There is no module ${path}`,
  remedy: "Write the path from the pipeline file's folder, with its extension."
})

type Choice =
  | { readonly ok: ResolvedPlugin }
  | { readonly problem: Pick<Finding, "code" | "message" | "remedy"> }

/** The plugin that is named, or the package's only one of the node's kind. */
const choosePlugin = (node: PipelineNode, lookup: Lookup): Choice => {
  if (!("ok" in lookup)) return lookup
  const { plugins, warning: _, ...found } = lookup.ok
  const name = node.plugin.plugin
  const ofKind = plugins.filter((plugin) => nodeKind(plugin) === node.kind)
  const named = name === undefined ? ofKind : plugins.filter((plugin) => plugin.name === name)
  const [manifest] = named
  if (manifest === undefined) return { problem: noPlugin(node, lookup.ok) }
  if (named.length > 1) {
    const names = named.map((plugin) => `${packageOf(found)}#${plugin.name}`)
    const message = `${found.label} has several plugins of the kind ${node.kind}`
    return { problem: { code: "UNKNOWN_PLUGIN", message, remedy: `Choose one of: ${names.join(", ")}.` } }
  }
  if (nodeKind(manifest) !== node.kind) {
    const message = `${manifest.name} is a ${manifest.kind}, not a ${node.kind}`
    return {
      problem: { code: "WRONG_KIND", message, remedy: `Write it after ${keyOfKind(nodeKind(manifest))}:.` }
    }
  }
  return { ok: { ...found, manifest } }
}

const packageOf = (found: Pick<Found, "package">): string =>
  "path" in found.package ? found.package.path : found.package.name

const noPlugin = (node: PipelineNode, found: Found) => {
  const name = node.plugin.plugin
  const names = found.plugins.map((plugin) => plugin.name)
  if (name !== undefined) {
    return {
      code: "UNKNOWN_PLUGIN" as const,
      message: `${found.label} has no plugin ${name}`,
      remedy: suggest(name, names, "plugin")
    }
  }
  const kinds = found.plugins.map((plugin) => `${plugin.name} (${plugin.kind})`)
  return {
    code: "WRONG_KIND" as const,
    message: `${found.label} has no plugin of the kind ${node.kind}`,
    remedy: kinds.length === 0 ? "Choose another package." : `It has: ${kinds.join(", ")}.`
  }
}

const lockOf = (
  references: Iterable<PackageReference | PathReference>,
  lookups: ReadonlyMap<string, Lookup>
): Lock => {
  const packages: { [key: string]: { version: string; integrity: string } } = {}
  for (const reference of references) {
    const key = referenceKey(reference)
    const lookup = lookups.get(key)
    if (lookup === undefined || !("ok" in lookup) || "path" in lookup.ok.package) continue
    const { version, integrity } = lookup.ok.package
    packages[key] = { version, integrity }
  }
  const sorted = Object.entries(packages).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return { lock: 1, packages: Object.fromEntries(sorted) }
}
