import type { SandboxLimits } from "@millrace/sandbox"
import { schemaText } from "@millrace/sdk/avro"
import { passesOf, type View } from "@millrace/sdk/codec"
import { isStateful, type LogicalNode } from "../analysis/logical-node.ts"
import type { ChainInput, ChainOutput, ChainPlan, NodePlan, SegmentPlan, TableFeed } from "../physical.ts"
import type { ChainLine } from "../topology/fusion.ts"
import type { Layout, RepartitionTopic } from "../topology/layout.ts"
import { soleKey } from "./node-spec.ts"

export const deadLetterTopic = (pipeline: string): string => `${pipeline}.dead-letters`

const limits: SandboxLimits = {
  memoryMiB: 128,
  deadlineMs: 10_000,
  maxOutputBytes: 32 * 1024 * 1024,
  maxOutputRecordsPerInput: 10_000
}

/** Pause when more than 1 % of the last 10,000 records failed, once 1,000 were seen. */
const errorBudget = { window: 10_000, minimum: 1_000, ratio: 0.01 }

type NodePlans = ReadonlyMap<string, NodePlan>

/** Chains in an order in which each follows what it reads, as inputs and as lookup tables. */
export const chainPlans = (pipeline: string, layout: Layout, plans: NodePlans): readonly ChainPlan[] =>
  inOrder([
    ...layout.repartitions.map((topic) => repartitionPlan(pipeline, topic)),
    ...layout.lines.map((line) => nodesPlan(pipeline, line, layout, plans))
  ])

/**
 * Chains depend on each other without cycles, since nodes do: within a chain every node but the last has one reader, the
 * next, so that nothing leaves a chain before its end.
 */
const inOrder = (chains: readonly ChainPlan[]): readonly ChainPlan[] => {
  const unwritten = new Set(chains.flatMap((chain) => chain.outputs.map((output) => output.topic)))
  const ordered: ChainPlan[] = []
  let rest = chains
  while (rest.length > 0) {
    const ready = rest.filter((chain) =>
      [...chain.inputs, ...chain.tables].every(({ topic }) => !unwritten.has(topic))
    )
    if (ready.length === 0) return [...ordered, ...rest]
    for (const { outputs } of ready) for (const { topic } of outputs) unwritten.delete(topic)
    ordered.push(...ready)
    rest = rest.filter((chain) => !ready.includes(chain))
  }
  return ordered
}

const repartitionPlan = (pipeline: string, topic: RepartitionTopic): ChainPlan => ({
  head: topic.head,
  partitions: topic.from.partitions,
  inputs: [{ topic: topic.from.name, input: topic.edge.feed.name, producers: topic.from.producers }],
  tables: [],
  segments: [],
  outputs: [
    {
      output: "output",
      topic: topic.name,
      ...(topic.key === undefined ? {} : { key: topic.key })
    }
  ],
  deadLetterTopic: deadLetterTopic(pipeline),
  errorBudget
})

const nodesPlan = (pipeline: string, line: ChainLine, layout: Layout, plans: NodePlans): ChainPlan => {
  const last = line.nodes.at(-1)!
  const inputs = inputsOf(line.nodes[0]!, layout)
  const sink = last.plugin.manifest.sink
  const watermark = line.nodes[0]!.node.watermark
  const every = line.nodes[0]!.plugin.manifest.source?.partitionsEveryMs
  return {
    head: line.head,
    partitions: inputs.length === 0 ? "source" : layout.reads.get(inputs[0]!.edge)!.partitions,
    inputs: inputs.map(({ input }) => input),
    tables: line.nodes.flatMap((node) => tablesOf(node, layout)),
    segments: segmentsOf(line.nodes, plans),
    outputs: outputsOf(last, layout),
    deadLetterTopic: deadLetterTopic(pipeline),
    errorBudget,
    ...(every === undefined ? {} : { partitionsEveryMs: every }),
    ...(watermark === undefined ? {} : { watermark }),
    ...(sink === undefined ? {} : { sink: { node: last.name, ...sink } })
  }
}

const inputsOf = (head: LogicalNode, { edges, reads }: Layout) =>
  edges.flatMap((edge) => {
    const topic = reads.get(edge)
    if (edge.consumer !== head || edge.feed.via !== "input" || topic === undefined) return []
    const view = head.resolved.inputs[edge.feed.name]?.view
    const input: ChainInput = {
      topic: topic.name,
      input: edge.feed.name,
      producers: topic.producers,
      ...(view === undefined ? {} : { schema: schemaText(view.writer) })
    }
    return [{ edge, input }]
  })

const tablesOf = (node: LogicalNode, { edges, reads }: Layout): readonly TableFeed[] =>
  edges.flatMap((edge) => {
    const topic = reads.get(edge)
    if (edge.consumer !== node || edge.feed.via !== "table" || topic === undefined) return []
    const { name, producers, bounded } = topic
    const view = node.resolved.tables[edge.feed.name]?.view
    const schema = view === undefined ? {} : { schema: schemaText(view.writer) }
    return [{ node: node.name, handle: edge.feed.name, topic: name, producers, bounded, ...schema }]
  })

const outputsOf = (last: LogicalNode, { topics }: Layout): readonly ChainOutput[] =>
  topics
    .filter(({ producer }) => producer.node === last.name)
    .map(({ name, producer, key, rekeyed }) => {
      const byGuest = soleKey(last.name, producer.output, topics) !== undefined
      return {
        output: producer.output,
        topic: name,
        ...(rekeyed && !byGuest ? { key } : {})
      }
    })

/**
 * A segment is of one trust domain; a keyed node and a node with tables begin one (see `SegmentSpec`). A source is one by
 * itself: its read cannot be taken apart, so that a record which kills a later node would kill every read anew.
 */
const segmentsOf = (nodes: readonly LogicalNode[], plans: NodePlans): readonly SegmentPlan[] => {
  const segments: { domain: string; nodes: LogicalNode[] }[] = []
  for (const node of nodes) {
    const open = segments.at(-1)
    const follows = open !== undefined && open.domain === node.plugin.domain && !isSource(open.nodes.at(-1))
    if (!follows || beginsSegment(node)) {
      segments.push({ domain: node.plugin.domain, nodes: [node] })
    } else open.nodes.push(node)
  }
  return segments.map(({ domain, nodes: members }) => {
    const nodePlans = members.map((node) => plans.get(node.name)!)
    const passes = passesOf(members.map((node, place) => passView(node, nodePlans[place]!)))
    return { domain, nodes: nodePlans, ...(passes.length === 0 ? {} : { passes }), limits }
  })
}

/** By what a node can be run record by record with its neighbours; undefined: it cannot, for it has more to it than one record in and one out. */
const passView = ({ plugin, resolved }: LogicalNode, { spec }: NodePlan): View | undefined => {
  const [output, ...otherOutputs] = spec.outputs
  const [input, ...otherInputs] = Object.values(resolved.inputs)
  const isPlain =
    spec.kind === "processor" && spec.state.length === 0 && spec.tables.length === 0 && spec.timers !== true
  const isAtOnce = plugin.manifest.bodies.every(({ form, suspends }) => form !== "process" && !suspends)
  const isOne = otherOutputs.length === 0 && otherInputs.length === 0
  if (!isPlain || !isAtOnce || !isOne || output === undefined || output.key !== undefined) return undefined
  return input?.view
}

const isSource = (node: LogicalNode | undefined): boolean => node?.plugin.manifest.kind === "source"

const beginsSegment = (node: LogicalNode): boolean =>
  isStateful(node) ||
  node.plugin.manifest.tables.length > 0 ||
  Object.values(node.resolved.inputs).some((input) => input.keyBy !== undefined)
