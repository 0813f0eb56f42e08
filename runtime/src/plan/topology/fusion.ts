import { hasKey, repartitionedBy, sameNames } from "../analysis/key.ts"
import { isStateful, type LogicalNode } from "../analysis/logical-node.ts"
import { type Edge, ownKey, readersOf } from "./edges.ts"

/** A chain as nodes: what runs as one task per partition, with no topic between them. */
export interface ChainLine {
  readonly head: string
  readonly nodes: readonly LogicalNode[]
}

export interface Fusion {
  /** In an order in which each follows what it reads. */
  readonly lines: readonly ChainLine[]
  /** Edges that go through a topic, with why. */
  readonly broken: ReadonlyMap<Edge, string>
}

interface OpenLine {
  readonly nodes: LogicalNode[]
  stateful: boolean
  /** The key that the chain's partitions go by, in the names of the last node's output; undefined: they go by none. */
  placedBy: readonly string[] | undefined
}

/**
 * Cuts the graph into chains. Nodes are fused wherever nothing asks for a topic between them: a stream's name, several
 * readers or outputs, several inputs, another key, a partition count, or the state of two nodes in one chain.
 */
export const fuse = (nodes: readonly LogicalNode[], edges: readonly Edge[]): Fusion => {
  const lineOf = new Map<string, OpenLine>()
  const lines: OpenLine[] = []
  const broken = new Map<Edge, string>()
  for (const node of nodes) {
    const inputs = edges.filter((edge) => edge.consumer === node && edge.feed.via === "input")
    for (const edge of edges)
      if (edge.consumer === node && edge.feed.via === "table") broken.set(edge, "lookup table")
    const upstream = lineBefore(inputs, lineOf)
    const why = upstream === undefined ? whyOutside(inputs) : whyTopic(inputs, edges, nodes, upstream)
    if (upstream !== undefined && why === undefined) {
      extend(upstream, node)
      lineOf.set(node.name, upstream)
      continue
    }
    for (const edge of inputs) broken.set(edge, why ?? "read through a topic")
    const line: OpenLine = { nodes: [], stateful: false, placedBy: placedOnArrival(inputs) }
    extend(line, node)
    lines.push(line)
    lineOf.set(node.name, line)
  }
  return { lines: lines.map((line) => ({ head: line.nodes[0]!.name, nodes: line.nodes })), broken }
}

const lineBefore = (inputs: readonly Edge[], lineOf: ReadonlyMap<string, OpenLine>): OpenLine | undefined => {
  const producer = inputs[0]?.feed.producer
  return producer !== undefined && "node" in producer ? lineOf.get(producer.node) : undefined
}

const whyOutside = (inputs: readonly Edge[]): string | undefined => {
  const producer = inputs[0]?.feed.producer
  return producer !== undefined && "topic" in producer
    ? `a stream of the pipeline ${producer.topic.pipeline}`
    : undefined
}

/** Partitions go by a key once every input came through a topic that was written by it. */
const placedOnArrival = (inputs: readonly Edge[]): readonly string[] | undefined => {
  const keys = inputs.map((edge) => edge.needs ?? edge.feed.stream.key)
  const [first] = keys
  return first !== undefined && first.length > 0 && keys.every((key) => sameNames(key, first))
    ? first
    : undefined
}

const extend = (line: OpenLine, node: LogicalNode): void => {
  line.nodes.push(node)
  line.stateful ||= isStateful(node)
  const [output] = Object.values(node.outputs)
  if (output === undefined) return
  const key = ownKey(output)
  // A key made anew may differ from the one that the partitions go by.
  line.placedBy = key.anew || line.placedBy === undefined || key.fields.length === 0 ? undefined : key.fields
}

/** Undefined: the node goes on in the chain of what it reads. */
const whyTopic = (
  inputs: readonly Edge[],
  edges: readonly Edge[],
  nodes: readonly LogicalNode[],
  line: OpenLine
): string | undefined => {
  const edge = inputs[0]!
  const { consumer, needs, feed } = edge
  if (inputs.length > 1) return `${consumer.name} reads several streams`
  const producer = feed.producer
  if (!("node" in producer)) return undefined
  const upstream = nodes.find((node) => node.name === producer.node)!
  const output = upstream.outputs[producer.output]!
  if (output.options.stream !== undefined) return `named ${output.options.stream}`
  if (Object.keys(upstream.outputs).length > 1) return `one of several outputs of ${upstream.name}`
  const readers = readersOf(edges, producer.node, producer.output).map((reader) => reader.consumer.name)
  if (readers.length > 1) return `read by ${readers.join(" and ")}`
  if (output.options.partitions !== undefined) return `${output.options.partitions} partitions are asked for`
  if (needs !== undefined && !(line.placedBy !== undefined && hasKey(line.placedBy, needs))) {
    return `${repartitionedBy(needs)} for ${consumer.name}`
  }
  if (isStateful(consumer) && line.placedBy === undefined)
    return `the state of ${consumer.name} goes by the record key`
  if (isStateful(consumer) && line.stateful) return `${consumer.name} has state, and a node before it has too`
  return undefined
}
