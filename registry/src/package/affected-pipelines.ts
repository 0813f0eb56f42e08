import { type AffectedNode, type AffectedPipeline, DesiredState } from "@millrace/sdk/api"
import {
  expandPointer,
  nodeKind,
  type PackageChange,
  packageChanges,
  type PackageManifest,
  type PluginManifest
} from "@millrace/sdk/manifest"
import { describePermission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { canonicalJson } from "../canonical-json.ts"
import { decodedRows } from "../store/database.ts"
import { planOf } from "../pipeline/pipeline-rows.ts"
import { versionDetail, versionsOf } from "./package-rows.ts"
import { type Candidate, resolveRange } from "./version-order.ts"

const UsingNode = Schema.Struct({
  kind: Schema.String,
  plugin: Schema.Struct({
    package: Schema.optionalKey(Schema.String),
    range: Schema.optionalKey(Schema.String),
    plugin: Schema.optionalKey(Schema.String)
  }),
  with: Schema.Unknown
})
type UsingNode = typeof UsingNode.Type

const PipelineRow = Schema.Struct({
  pipeline: Schema.String,
  owner: Schema.NullOr(Schema.String),
  desired: DesiredState,
  canonical: Schema.fromJsonString(
    Schema.Struct({ nodes: Schema.optionalKey(Schema.Record(Schema.String, UsingNode)) })
  )
})

const LockOfPlan = Schema.fromJsonString(
  Schema.Struct({
    lock: Schema.optionalKey(
      Schema.Struct({ packages: Schema.Record(Schema.String, Schema.Struct({ version: Schema.String })) })
    )
  })
)

/** The pipelines that use a package, and what a new version of it would mean for each of their nodes. */
export const affectedPipelines = Effect.fnUntraced(function* (next: PackageManifest) {
  const rows = yield* decodedRows(
    PipelineRow,
    `SELECT name AS pipeline, owner, desired, canonical FROM pipelines
      JOIN revisions ON revisions.pipeline = pipelines.name AND revisions.revision = pipelines.revision
      WHERE desired <> 'deleted' ORDER BY name`,
    []
  )
  const published: readonly Candidate[] = yield* versionsOf(next.name)
  const known = new Map<string, Before>()
  const affected: AffectedPipeline[] = []
  for (const { canonical, desired, owner, pipeline } of rows) {
    const using = Object.entries(canonical.nodes ?? {}).filter(
      ([, { plugin }]) => plugin.package === next.name
    )
    if (using.length === 0) continue
    const locked = yield* lockOf(pipeline)
    const nodes: AffectedNode[] = []
    for (const [node, use] of using) {
      const range = use.plugin.range ?? "*"
      const from = locked.get(`${next.name}@${range}`)
      const before = yield* beforeOf(from, next, known)
      nodes.push({ node, range, from: from ?? null, ...effectOn(use, { next, published, range, before }) })
    }
    affected.push({ pipeline, owner, desired, nodes })
  }
  return affected
})

/** The versions that a pipeline runs, by `name@range`. A plan that cannot be read says nothing of them. */
const lockOf = Effect.fnUntraced(function* (pipeline: string) {
  const stored = yield* Effect.option(planOf(pipeline, undefined))
  if (stored._tag === "None") return new Map<string, string>()
  const plan = yield* Effect.option(Schema.decodeUnknownEffect(LockOfPlan)(stored.value.planJson))
  const packages = plan._tag === "None" ? {} : (plan.value.lock?.packages ?? {})
  return new Map(Object.entries(packages).map(([key, { version }]) => [key, version]))
})

/** A version that pipelines run, and what changes for them. */
interface Before {
  readonly manifest: PackageManifest
  readonly changes: readonly PackageChange[]
}

/** Undefined for whoever runs none that is known: there is nothing to tell against. */
const beforeOf = Effect.fnUntraced(function* (
  from: string | undefined,
  next: PackageManifest,
  known: Map<string, Before>
) {
  if (from === undefined) return undefined
  const found = known.get(from)
  if (found !== undefined) return found
  const detail = yield* versionDetail(next.name, from)
  if (detail === undefined) return undefined
  const before = { manifest: detail.manifest, changes: packageChanges(detail.manifest, next) }
  known.set(from, before)
  return before
})

interface Upgrade {
  readonly next: PackageManifest
  readonly published: readonly Candidate[]
  readonly range: string
  readonly before: Before | undefined
}

const effectOn = (
  use: UsingNode,
  { before, next, published, range }: Upgrade
): Pick<AffectedNode, "effect" | "why"> => {
  const candidate = { version: next.version, deprecated: null, yanked: null }
  if (resolveRange([...published, candidate], range) !== candidate) return { effect: "stays", why: [] }
  if (before === undefined) return { effect: "keeps", why: [] }
  const used = pluginsOf(use, before.manifest)[0]
  const breaking = [
    ...before.changes.filter(
      (change) =>
        change.plugin === used?.name &&
        change.bump === "major" &&
        !change.widens &&
        concerns(change, use.with)
    ),
    ...ambiguous(use, next)
  ]
  if (breaking.length > 0) return { effect: "breaks", why: breaking.map(({ text }) => text) }
  const asked = newPermissions(used, pluginsOf(use, next)[0])
  return asked.length > 0
    ? { effect: "asks", why: asked.map((permission) => `asks to ${describePermission(permission)}`) }
    : { effect: "keeps", why: [] }
}

/** The plugins that the node may mean: the one that it names, or all of the package's of its kind. */
const pluginsOf = (use: UsingNode, manifest: PackageManifest): readonly PluginManifest[] =>
  manifest.plugins.filter((plugin) =>
    use.plugin.plugin === undefined ? nodeKind(plugin) === use.kind : plugin.name === use.plugin.plugin
  )

const ambiguous = (use: UsingNode, next: PackageManifest): readonly { readonly text: string }[] => {
  const names = pluginsOf(use, next).map(({ name }) => name)
  return names.length > 1 ? [{ text: `the node must say which it means: ${names.join(", ")}` }] : []
}

/** A grant is for exactly one permission: also a narrower one must be granted anew. */
const newPermissions = (
  before: PluginManifest | undefined,
  next: PluginManifest | undefined
): readonly PluginManifest["permissions"][number]["permission"][] => {
  const had = new Set((before?.permissions ?? []).map(({ permission }) => canonicalJson(permission)))
  return (next?.permissions ?? [])
    .map(({ permission }) => permission)
    .filter((permission) => !had.has(canonicalJson(permission)))
}

const concerns = ({ concerns: whom }: PackageChange, config: unknown): boolean =>
  whom === undefined || expandPointer(config, whom.pointer).length > 0 === (whom.when === "given")
