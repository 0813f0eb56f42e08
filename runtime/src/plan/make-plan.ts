import { schemaText } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import {
  canonicalJson,
  canonicalText,
  type Finding,
  inTextOrder,
  type Pipeline,
  readPipeline,
  referencesOf
} from "../pipeline/index.ts"
import type { SourceMap } from "../pipeline/index.ts"
import { analyseNode } from "./analysis/analyse-node.ts"
import type { LogicalNode } from "./analysis/logical-node.ts"
import { checkCompacted } from "./analysis/check-compacted.ts"
import { checkTopics } from "./check-topics.ts"
import type { CatalogueTopic, PlanDependencies } from "./dependencies.ts"
import type { PhysicalPlan } from "./physical.ts"
import { chainPlans } from "./physical/chain-plans.ts"
import { nodePlans } from "./physical/node-spec.ts"
import { plannedPermissions } from "./physical/permissions.ts"
import { plannedTopics } from "./physical/planned-topics.ts"
import { plannedNodes } from "./planned-nodes.ts"
import { type Plan, PlanFailed, type PlanRequest } from "./plan.ts"
import { sha256Hex } from "./resolution/digest.ts"
import { type ResolvedPlugins, resolvePlugins } from "./resolution/resolve-plugins.ts"
import { layOut } from "./topology/layout.ts"

/**
 * Plans a pipeline: reads it, finds its plugins, derives every schema, checks contracts, config, expressions and keys,
 * and lays it out as chains and topics. Runs nothing but `derive` and manifests, in the sandbox, without capabilities.
 * Fails with every problem that it can find at once. The same request and surroundings give the same plan.
 */
export const makePlan = Effect.fn("makePlan")(function* (
  request: PlanRequest,
  dependencies: PlanDependencies
): Effect.fn.Return<Plan, PlanFailed> {
  const read = readPipeline(request)
  if (!("ok" in read)) return yield* new PlanFailed({ problems: read.problems })
  const { ok: pipeline, order, source } = read
  const resolved = yield* resolvePlugins(pipeline, request, dependencies)
  const analysed = yield* analyse(pipeline, order, resolved, dependencies)
  yield* refuse([...resolved.findings, ...analysed.findings], source)
  const { nodes } = analysed
  const layout = layOut(pipeline.pipeline, nodes)
  const topics = plannedTopics(pipeline.pipeline, nodes, layout)
  yield* refuse([...checkCompacted(nodes), ...(yield* checkTopics(pipeline, topics, dependencies))], source)
  const made = yield* nodePlans(nodes, layout.topics, request.baseFolder)
  yield* refuse(made.findings, source)
  const logical = {
    pipeline,
    lock: resolved.lock,
    nodes: plannedNodes(nodes),
    topics,
    permissions: nodes.flatMap((node) => plannedPermissions(node, request))
  }
  const physical: PhysicalPlan = {
    pipeline: pipeline.pipeline,
    hash: hashOf(logical, nodes, request),
    ...(pipeline.durability === undefined ? {} : { durability: pipeline.durability }),
    topics: topics.map(({ name, partitions, internal, retainBytes, compact }) => ({
      name,
      partitions,
      internal,
      ...(retainBytes === undefined ? {} : { retainBytes }),
      ...(compact === undefined ? {} : { compact })
    })),
    schemas: schemasOf(nodes, topics),
    chains: chainPlans(pipeline.pipeline, layout, made.plans)
  }
  return { ...logical, warnings: [...resolved.warnings, ...warningsOf(nodes, layout.edges)], physical }
})

const refuse = (findings: readonly Finding[], source: SourceMap): Effect.Effect<void, PlanFailed> =>
  findings.length === 0
    ? Effect.void
    : Effect.fail(new PlanFailed({ problems: inTextOrder(findings.map(source.problem)) }))

interface Analysed {
  readonly nodes: readonly LogicalNode[]
  readonly findings: readonly Finding[]
}

const analyse = Effect.fnUntraced(function* (
  pipeline: Pipeline,
  order: readonly string[],
  { plugins }: ResolvedPlugins,
  dependencies: PlanDependencies
) {
  const streams = yield* streamsRead(pipeline, dependencies)
  const streamNames = yield* dependencies.streams
  const nodes = new Map<string, LogicalNode>()
  const findings: Finding[] = []
  for (const name of order) {
    const plugin = plugins.get(name)
    if (plugin === undefined) continue
    const analysed = yield* analyseNode(name, plugin, { pipeline, nodes, streams, streamNames }, dependencies)
    findings.push(...analysed.findings)
    if (analysed.node !== undefined) nodes.set(name, analysed.node)
  }
  const result: Analysed = { nodes: [...nodes.values()], findings }
  return result
})

const streamsRead = Effect.fnUntraced(function* (pipeline: Pipeline, dependencies: PlanDependencies) {
  const names = new Set(
    Object.entries(pipeline.nodes).flatMap(([name, node]) =>
      referencesOf(name, node).flatMap(({ reference }) => ("stream" in reference ? [reference.stream] : []))
    )
  )
  const streams = new Map<string, CatalogueTopic | undefined>()
  for (const name of names) streams.set(name, yield* dependencies.topic(name))
  return streams
})

/** Grants are not part of it: a plan stays the same plan when it is granted. */
const hashOf = (
  logical: Omit<Plan, "physical" | "warnings">,
  nodes: readonly LogicalNode[],
  { baseFolder }: PlanRequest
): string =>
  sha256Hex(
    canonicalJson({
      pipeline: canonicalText(logical.pipeline),
      lock: logical.lock,
      bundles: Object.fromEntries(nodes.map((node) => [node.name, node.plugin.digest])),
      nodes: logical.nodes,
      topics: logical.topics,
      permissions: logical.permissions.map(({ granted: _, ...permission }) => permission),
      baseFolder
    })
  )

const schemasOf = (nodes: readonly LogicalNode[], topics: Plan["topics"]): readonly string[] => {
  const outputs = nodes.flatMap((node) =>
    Object.values(node.outputs).map((output) => schemaText(output.schema))
  )
  const state = nodes.flatMap((node) => node.resolved.state.map((one) => schemaText(one.schema)))
  const read = topics.flatMap((topic) => topic.schema ?? [])
  return [...new Set([...outputs, ...state, ...read])].toSorted()
}

const warningsOf = (
  nodes: readonly LogicalNode[],
  edges: ReturnType<typeof layOut>["edges"]
): readonly string[] => [...unread(nodes, edges), ...unreadable(nodes)]

/** What will fail where it is met is told before it is. */
const unreadable = (nodes: readonly LogicalNode[]): readonly string[] =>
  nodes.flatMap(({ name, resolved }) =>
    Object.values(resolved.inputs).flatMap((input) =>
      input.unreadable.map(
        (what) =>
          `${name} cannot read all of its input, and records with it fail: ${what}; convert it before (project, CAST)`
      )
    )
  )

const unread = (
  nodes: readonly LogicalNode[],
  edges: ReturnType<typeof layOut>["edges"]
): readonly string[] =>
  nodes.flatMap((node) =>
    Object.entries(node.outputs).flatMap(([name, output]) => {
      const isRead = edges.some(
        ({ feed: { producer } }) =>
          "node" in producer && producer.node === node.name && producer.output === name
      )
      if (isRead || output.options.stream !== undefined) return []
      const which = Object.keys(node.outputs).length > 1 ? `${node.name}.${name}` : node.name
      return [`nothing reads ${which}, and it has no stream name: its records are dropped`]
    })
  )
