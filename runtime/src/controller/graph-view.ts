import type { GraphFeed, GraphNode, PipelineGraph } from "@millrace/sdk/api"
import { label, parseAvro } from "@millrace/sdk/avro"
import { describePermission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import { explain } from "../plan/explain.ts"
import type { Plan, PlannedNode } from "../plan/index.ts"
import { runOf } from "./status.ts"

/** The plan that a pipeline runs by, as a graph; fails with PIPELINE_UNKNOWN. */
export const pipelineGraph = Effect.fn("pipelineGraph")(function* (pipeline: string) {
  const { plan, stored } = yield* runOf(pipeline)
  return graphView(plan, stored.revision)
})

/** A plan as the API shows it to those who look at what runs. */
export const graphView = (plan: Plan, revision: number): PipelineGraph => ({
  pipeline: plan.pipeline.pipeline,
  owner: plan.pipeline.owner ?? null,
  revision,
  hash: plan.physical.hash,
  nodes: plan.nodes.map((node) => nodeView(node, plan)),
  topics: plan.topics.map(({ internal, key, name, partitions, producer, why }) => ({
    topic: name,
    partitions,
    internal,
    producer: producer ?? null,
    key,
    why
  })),
  chains: plan.physical.chains.map((chain) => ({
    head: chain.head,
    partitions: chain.partitions === "source" ? null : chain.partitions,
    reads: chain.inputs.map(({ topic }) => topic),
    writes: chain.outputs.map(({ topic }) => topic),
    segments: chain.segments.map(({ domain, nodes }) => ({
      domain,
      nodes: nodes.map(({ spec }) => spec.node)
    }))
  })),
  explanation: explain(plan)
})

const nodeView = (node: PlannedNode, plan: Plan): GraphNode => {
  const feeds = feedsOf(plan)
  return {
    node: node.name,
    kind: node.kind,
    plugin: node.plugin,
    digest: node.digest,
    onError: node.onError,
    config: JSON.parse(node.configJson),
    ...placeOf(node.name, plan),
    bounded: node.bounded,
    inputs: Object.entries(node.inputs).map(([input, { from, keyBy = [], schema }]) => ({
      input,
      feeds: from.map(feeds),
      keyBy,
      fields: fieldsOf(schema)
    })),
    tables: Object.entries(node.tables).map(([handle, from]) => ({ handle, feed: feeds(from) })),
    outputs: Object.entries(node.outputs).map(([output, each]) => ({
      output,
      stream: each.stream ?? null,
      key: each.key,
      fields: fieldsOf(each.schema).map((field) => ({
        ...field,
        inputs: own(each.lineage, field.name),
        origins: own(each.origins, field.name)
      }))
    })),
    state: node.state.map(({ kind, name }) => ({ name, kind })),
    stateKey: node.stateKey ?? null,
    permissions: plan.permissions
      .filter((each) => each.node === node.name)
      .map(({ granted, handle, permission }) => ({
        handle,
        permission: describePermission(permission),
        granted
      }))
  }
}

/** Chain and trust domain of a node. */
const placeOf = (node: string, { physical }: Plan): { readonly chain: string; readonly domain: string } => {
  for (const { head, segments } of physical.chains)
    for (const { domain, nodes } of segments)
      if (nodes.some(({ spec }) => spec.node === node)) return { chain: head, domain }
  return { chain: node, domain: "" }
}

/** Reads `node.output` where a node of the plan has that output; whatever else feeds a node is a stream. */
const feedsOf = (plan: Plan): ((from: string) => GraphFeed) => {
  const outputs = new Map<string, { readonly node: string; readonly output: string }>(
    plan.nodes.flatMap((node) =>
      Object.keys(node.outputs).map(
        (output) => [`${node.name}.${output}`, { node: node.name, output }] as const
      )
    )
  )
  return (from) => {
    const found = outputs.get(from)
    return found === undefined ? { node: null, output: null, stream: from } : { ...found, stream: null }
  }
}

const fieldsOf = (schema: string) => {
  const parsed = parseAvro(schema)
  if (!("ok" in parsed) || parsed.ok.kind !== "record") return []
  return parsed.ok.fields.map(({ attributes, doc, name, type }) => ({
    name,
    type: label(type),
    ...(doc === undefined ? {} : { doc }),
    sensitive: attributes["millrace.sensitive"] === true
  }))
}

const own = (record: { readonly [field: string]: readonly string[] }, field: string): readonly string[] =>
  Object.hasOwn(record, field) ? record[field]! : []
