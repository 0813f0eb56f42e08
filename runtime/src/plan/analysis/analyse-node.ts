import type { Json } from "@millrace/sdk/avro"
import {
  decodeDeriveReply,
  isBoundedSource,
  deriveRequest,
  needsDerive,
  type NodeRequest,
  type NodeStream,
  type ResolvedNode,
  resolveNode,
  withConfigOutputs
} from "@millrace/sdk/manifest"
import * as Effect from "effect/Effect"
import type { Finding, OutputOptions, PipelineNode } from "../../pipeline/index.ts"
import { suggest } from "../../pipeline/index.ts"
import type { PlanDependencies } from "../dependencies.ts"
import type { ResolvedPlugin } from "../resolution/resolve-plugins.ts"
import { gatherFeeds, type Surroundings } from "./gather-feeds.ts"
import { checkJson, withDefaults } from "./json-schema.ts"
import type { Feed, LogicalNode, LogicalOutput } from "./logical-node.ts"
import { checkKey, checkKeysMeet, type KeyedInput, sameNames } from "./key.ts"
import { configPath, nodeFinding } from "./node-finding.ts"

export interface AnalysedNode {
  /** Absent when there are findings, or when something upstream is not settled. */
  readonly node: LogicalNode | undefined
  readonly findings: readonly Finding[]
}

/** Settles one node: its feeds, config, contracts, schemas, expressions, keys and lineage. */
export const analyseNode = Effect.fnUntraced(function* (
  name: string,
  plugin: ResolvedPlugin,
  surroundings: Surroundings,
  dependencies: PlanDependencies
) {
  const node = surroundings.pipeline.nodes[name]!
  const gathered = gatherFeeds(name, node, plugin, surroundings)
  const findings = [
    ...gathered.findings,
    ...checkConfig(name, node, plugin),
    ...checkOutputNames(name, node, plugin)
  ]
  if (findings.length > 0 || gathered.incomplete) return refused(findings)
  const config = withDefaults(plugin.manifest.config, node.with)
  const request = requestOf(plugin, config, gathered.feeds)
  const resolved = yield* resolveKeyed(request, plugin, dependencies)
  const place = { name, node, feeds: gathered.feeds, config }
  if (!("ok" in resolved)) return refused(resolved.problems.map((problem) => problem(place)))
  const outputs = outputsOf(name, node, resolved.ok, gathered.feeds, plugin)
  const keys = checkKeysMeet(keyedInputs(resolved.ok, gathered.feeds))
  if (outputs.findings.length + keys.length > 0) return refused([...outputs.findings, ...keys])
  const settled: LogicalNode = {
    name,
    node,
    plugin,
    configJson: JSON.stringify(config),
    resolved: resolved.ok,
    feeds: gathered.feeds,
    outputs: outputs.outputs,
    bounded: isBounded(plugin, node.with, gathered.feeds)
  }
  return { node: settled, findings: [] } satisfies AnalysedNode
})

const refused = (findings: readonly Finding[]): AnalysedNode => ({ node: undefined, findings })

const isBounded = ({ manifest }: ResolvedPlugin, config: Json, feeds: readonly Feed[]): boolean =>
  manifest.kind === "source"
    ? isBoundedSource(manifest, config)
    : feeds.every((feed) => feed.via === "table" || feed.stream.bounded)

const checkConfig = (name: string, node: PipelineNode, { manifest }: ResolvedPlugin): readonly Finding[] =>
  checkJson(manifest.config, node.with).map((finding) => ({
    ...finding,
    path: ["nodes", name, "with", ...finding.path]
  }))

const checkOutputNames = (
  name: string,
  node: PipelineNode,
  { manifest }: ResolvedPlugin
): readonly Finding[] => {
  const names = withConfigOutputs(manifest, node.with).outputs.map((output) => output.name)
  const unknown = Object.keys(node.outputs)
    .filter((output) => !names.includes(output))
    .map((output): Finding => ({
      code: "UNKNOWN_OUTPUT",
      message: `${manifest.name} has no output ${output}`,
      path: ["nodes", name, "outputs", output],
      at: "key",
      remedy: suggest(output, names, "output")
    }))
  const [option] = Object.keys(node.output)
  if (option === undefined || names.length === 1) return unknown
  const remedy = `Say it for each: outputs: { ${names.map((one) => `${one}: { ${option}: … }`).join(", ")} }.`
  const message = `${manifest.name} has several outputs`
  return [...unknown, { code: "UNKNOWN_OUTPUT", message, path: ["nodes", name, option], at: "key", remedy }]
}

const requestOf = (plugin: ResolvedPlugin, config: Json, feeds: readonly Feed[]): NodeRequest => {
  const inputs: { [name: string]: NodeStream } = {}
  const tables: { [name: string]: NodeStream } = {}
  for (const { via, name, stream } of feeds) {
    const slots = via === "input" ? inputs : tables
    const sameKey = slots[name] === undefined || sameNames(slots[name].key, stream.key)
    slots[name] = { schema: slots[name]?.schema ?? stream.schema, key: sameKey ? stream.key : [] }
  }
  return { plugin: plugin.manifest, config, inputs, tables }
}

interface Place {
  readonly name: string
  readonly node: PipelineNode
  readonly feeds: readonly Feed[]
  readonly config: Json
}
type Resolution =
  | { readonly ok: ResolvedNode }
  | { readonly problems: readonly ((place: Place) => Finding)[] }

/**
 * A stream comes to a keyed node with the key that the node asks for, whatever key it has by itself; what the node's
 * outputs are keyed by follows from that. So a node that asks is resolved again with what it asked for.
 */
const resolveKeyed = Effect.fnUntraced(function* (
  request: NodeRequest,
  plugin: ResolvedPlugin,
  dependencies: PlanDependencies
) {
  const first = yield* resolveWithDerived(request, plugin, dependencies)
  if (!("ok" in first)) return first
  const rekeyed = Object.entries(request.inputs).map(([name, stream]) => {
    const keyBy = first.ok.inputs[name]?.keyBy
    return [name, keyBy === undefined ? stream : { ...stream, key: keyBy }] as const
  })
  const changed = rekeyed.some(([name, stream]) => !sameNames(stream.key, request.inputs[name]!.key))
  if (!changed) return first
  return yield* resolveWithDerived({ ...request, inputs: Object.fromEntries(rekeyed) }, plugin, dependencies)
})

const resolveWithDerived = Effect.fnUntraced(function* (
  request: NodeRequest,
  plugin: ResolvedPlugin,
  dependencies: PlanDependencies
) {
  const derived = needsDerive(plugin.manifest)
    ? yield* derive(request, plugin, dependencies)
    : { ok: undefined }
  if (!("ok" in derived)) return derived
  const resolved = resolveNode({ ...request, derived: derived.ok })
  return "ok" in resolved ? resolved : problemsOf(resolved.problems)
})

type Problems = Parameters<typeof nodeFinding>[0]
const problemsOf = (problems: readonly Problems[]) => ({
  problems: problems.map((problem) => (place: Place) => nodeFinding(problem, place))
})

type Derived = { readonly ok: NodeRequest["derived"] } | Exclude<Resolution, { readonly ok: ResolvedNode }>

const derive = Effect.fnUntraced(function* (
  request: NodeRequest,
  plugin: ResolvedPlugin,
  dependencies: PlanDependencies
): Effect.fn.Return<Derived> {
  const asked = deriveRequest(request)
  if (!("ok" in asked)) return problemsOf(asked.problems)
  const answer = yield* Effect.result(
    dependencies.derive(plugin.bundle, plugin.manifest.name, JSON.stringify(asked.ok))
  )
  if (answer._tag === "Failure") return deriveFailed("DERIVE_FAILED", answer.failure.message, "")
  const reply = decodeDeriveReply(answer.success)
  if ("invalid" in reply) return deriveFailed("DERIVE_INVALID", reply.invalid, "")
  if ("error" in reply) return deriveFailed("DERIVE_FAILED", reply.error.message, reply.error.path)
  return reply
})

const deriveFailed = (code: "DERIVE_FAILED" | "DERIVE_INVALID", message: string, pointer: string) => ({
  problems: [
    ({ name, config }: Place): Finding => ({
      code,
      message,
      path: ["nodes", name, ...(pointer === "" ? [] : ["with", ...configPath(pointer, config)])],
      remedy: code === "DERIVE_FAILED" ? "Correct the node's config." : "Tell the plugin's author."
    })
  ]
})

const keyedInputs = ({ inputs }: ResolvedNode, feeds: readonly Feed[]): readonly KeyedInput[] =>
  feeds.flatMap(({ via, name, stream, path }) => {
    const key = via === "input" ? inputs[name]?.keyBy : undefined
    return key === undefined ? [] : [{ name, schema: stream.schema, key, path }]
  })

interface Outputs {
  readonly outputs: { readonly [output: string]: LogicalOutput }
  readonly findings: readonly Finding[]
}

const outputsOf = (
  name: string,
  node: PipelineNode,
  resolved: ResolvedNode,
  feeds: readonly Feed[],
  plugin: ResolvedPlugin
): Outputs => {
  const outputs: { [output: string]: LogicalOutput } = {}
  const findings: Finding[] = []
  const several = Object.keys(resolved.outputs).length > 1
  for (const [output, settled] of Object.entries(resolved.outputs)) {
    const own = Object.hasOwn(node.outputs, output) ? node.outputs[output]! : {}
    const options: OutputOptions = several ? own : { ...node.output, ...own }
    const path = ["nodes", name, ...(own.key === undefined ? [] : ["outputs", output]), "key"]
    findings.push(...checkKey(settled.schema, options.key ?? [], path))
    outputs[output] = { ...settled, options, bounded: isBounded(plugin, node.with, feeds) }
  }
  return { outputs, findings }
}
