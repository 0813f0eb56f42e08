import { type AffectedNode, type AffectedPipeline, DesiredState } from "@millrace/sdk/api"
import {
  expandPointer,
  type PackageChange,
  packageChanges,
  type PackageManifest
} from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
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
  const known = new Map<string, readonly PackageChange[]>()
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
      const changes = yield* changesSince(from, next, known)
      nodes.push({ node, range, from: from ?? null, ...effectOn(use, { next, published, range, changes }) })
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

/** What changes for whoever runs that version; everything is new to whoever runs none that is known. */
const changesSince = Effect.fnUntraced(function* (
  from: string | undefined,
  next: PackageManifest,
  known: Map<string, readonly PackageChange[]>
) {
  if (from === undefined) return []
  const found = known.get(from)
  if (found !== undefined) return found
  const before = yield* versionDetail(next.name, from)
  const changes = before === undefined ? [] : packageChanges(before.manifest, next)
  known.set(from, changes)
  return changes
})

interface Upgrade {
  readonly next: PackageManifest
  readonly published: readonly Candidate[]
  readonly range: string
  readonly changes: readonly PackageChange[]
}

const effectOn = (
  use: UsingNode,
  { changes, next, published, range }: Upgrade
): Pick<AffectedNode, "effect" | "why"> => {
  const candidate = { version: next.version, deprecated: null, yanked: null }
  if (resolveRange([...published, candidate], range) !== candidate) return { effect: "stays", why: [] }
  const used = pluginOf(use, next)
  const felt = changes.filter((change) => change.plugin === used && concerns(change, use.with))
  const breaking = felt.filter(({ bump, widens }) => bump === "major" && !widens)
  const asking = felt.filter(({ widens }) => widens)
  const why = (breaking.length > 0 ? breaking : asking).map(({ text }) => text)
  return { effect: breaking.length > 0 ? "breaks" : asking.length > 0 ? "asks" : "keeps", why }
}

/** The plugin that the node names; by itself a package names its only one of the node's kind. */
const pluginOf = (use: UsingNode, manifest: PackageManifest): string | undefined => {
  if (use.plugin.plugin !== undefined) return use.plugin.plugin
  const kinds = use.kind === "processor" ? ["processor", "function"] : [use.kind]
  return manifest.plugins.find(({ kind }) => kinds.includes(kind))?.name
}

const concerns = ({ concerns: whom }: PackageChange, config: unknown): boolean =>
  whom === undefined || expandPointer(config, whom.pointer).length > 0 === (whom.when === "given")
