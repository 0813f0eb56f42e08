import { type AffectedNode, type AffectedPipeline, DesiredState } from "@millrace/sdk/api"
import { type PackageChange, type PackageManifest, valueAt } from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import semver from "semver"
import { decodedRows } from "../store/database.ts"

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
  canonical: Schema.fromJsonString(Schema.Struct({ nodes: Schema.Record(Schema.String, UsingNode) }))
})

/** The pipelines that use a package, and what a new version of it would mean for each of their nodes. */
export const affectedPipelines = Effect.fnUntraced(function* (
  manifest: PackageManifest,
  changes: readonly PackageChange[]
) {
  const rows = yield* decodedRows(
    PipelineRow,
    `SELECT name AS pipeline, owner, desired, canonical FROM pipelines
      JOIN revisions ON revisions.pipeline = pipelines.name AND revisions.revision = pipelines.revision
      WHERE desired <> 'deleted' ORDER BY name`,
    []
  )
  return rows.flatMap(({ canonical, desired, owner, pipeline }): readonly AffectedPipeline[] => {
    const nodes = Object.entries(canonical.nodes).flatMap(([node, use]) =>
      use.plugin.package === manifest.name ? [affectedNode(node, use, manifest, changes)] : []
    )
    return nodes.length === 0 ? [] : [{ pipeline, owner, desired, nodes }]
  })
})

const affectedNode = (
  node: string,
  use: UsingNode,
  manifest: PackageManifest,
  changes: readonly PackageChange[]
): AffectedNode => {
  const range = use.plugin.range ?? "*"
  if (!semver.satisfies(manifest.version, range)) return { node, range, effect: "stays", why: [] }
  const used = pluginOf(use, manifest)
  const felt = changes.filter((change) => change.plugin === used && concerns(change, use.with))
  const breaking = felt.filter(({ bump, widens }) => bump === "major" && !widens)
  const asking = felt.filter(({ widens }) => widens)
  const effect = breaking.length > 0 ? "breaks" : asking.length > 0 ? "asks" : "keeps"
  const why = (breaking.length > 0 ? breaking : asking).map(({ text }) => text)
  return { node, range, effect, why }
}

/** The plugin that the node names; by itself a package names its only one of the node's kind. */
const pluginOf = (use: UsingNode, manifest: PackageManifest): string | undefined => {
  if (use.plugin.plugin !== undefined) return use.plugin.plugin
  const kinds = use.kind === "processor" ? ["processor", "function"] : [use.kind]
  return manifest.plugins.find(({ kind }) => kinds.includes(kind))?.name
}

const concerns = ({ concerns: whom }: PackageChange, config: unknown): boolean =>
  whom === undefined || (valueAt(config, whom.pointer) !== undefined) === (whom.when === "given")
