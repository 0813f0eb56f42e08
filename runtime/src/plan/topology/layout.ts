import { hasKey, keyStep, repartitionedBy } from "../analysis/key.ts"
import { type LogicalNode, producerLabel } from "../analysis/logical-node.ts"
import { type Edge, edgesOf } from "./edges.ts"
import { type ChainLine, fuse } from "./fusion.ts"
import { type OutputTopic, topicsOfOutput } from "./topics.ts"

/** A topic that is read: one of this pipeline's, or a stream of another. */
export interface ReadTopic {
  readonly name: string
  readonly partitions: number
  readonly key: readonly string[]
  readonly producers: readonly string[]
  readonly bounded: boolean
}

/** A topic written by a chain without nodes, for an input that cannot read what there is. */
export interface RepartitionTopic {
  readonly name: string
  readonly partitions: number
  /** Undefined: the records keep their key. */
  readonly key: readonly string[] | undefined
  readonly edge: Edge
  readonly from: ReadTopic
  readonly head: string
  readonly why: string
}

export interface Layout {
  readonly lines: readonly ChainLine[]
  readonly topics: readonly OutputTopic[]
  readonly repartitions: readonly RepartitionTopic[]
  /** What each edge reads that goes through a topic. */
  readonly reads: ReadonlyMap<Edge, ReadTopic>
  readonly edges: readonly Edge[]
}

/** Lays a pipeline out: which nodes run together, and which topics lie between them. */
export const layOut = (pipeline: string, nodes: readonly LogicalNode[]): Layout => {
  const edges = edgesOf(nodes)
  const fusion = fuse(nodes, edges)
  const topics = nodes.flatMap((node) =>
    Object.keys(node.outputs).flatMap((output) => topicsOfOutput(pipeline, node, output, edges, fusion))
  )
  const headOf = new Map(
    fusion.lines.flatMap((line) => line.nodes.map((node) => [node.name, line.head] as const))
  )
  const reads = new Map<Edge, ReadTopic>()
  for (const topic of topics) {
    const producers = [`${pipeline}/${headOf.get(topic.producer.node)!}`]
    for (const edge of topic.readers) {
      const { name, partitions, key } = topic
      reads.set(edge, { name, partitions, key, producers, bounded: edge.feed.stream.bounded })
    }
  }
  const repartitions: RepartitionTopic[] = []
  const repartition = (
    edge: Edge,
    change: Pick<RepartitionTopic, "key" | "partitions" | "why">,
    from: ReadTopic
  ) => {
    const made = repartitionOf(pipeline, edge, change, from)
    repartitions.push(made)
    const { name, partitions, head } = made
    reads.set(edge, {
      name,
      partitions,
      key: made.key ?? from.key,
      producers: [`${pipeline}/${head}`],
      bounded: from.bounded
    })
  }
  readStreams(edges, reads, repartition)
  alignInputs(nodes, edges, reads, repartition)
  return { lines: fusion.lines, topics, repartitions, reads, edges }
}

type Repartition = (
  edge: Edge,
  change: Pick<RepartitionTopic, "key" | "partitions" | "why">,
  from: ReadTopic
) => void

/** Streams of other pipelines are read as they are, or through a topic of our own where another key is asked for. */
const readStreams = (edges: readonly Edge[], reads: Map<Edge, ReadTopic>, repartition: Repartition): void => {
  for (const edge of edges) {
    const { producer } = edge.feed
    if (!("topic" in producer)) continue
    const { name, partitions, key, producers, bounded } = producer.topic
    const from: ReadTopic = { name, partitions, key, producers, bounded }
    if (edge.needs === undefined || hasKey(key, edge.needs)) {
      reads.set(edge, from)
      continue
    }
    const why = `${repartitionedBy(edge.needs)} for ${edge.consumer.name}`
    repartition(edge, { key: edge.needs, partitions, why }, from)
  }
}

/** A task reads the same partition of every input: so all inputs of a node have as many as its first. */
const alignInputs = (
  nodes: readonly LogicalNode[],
  edges: readonly Edge[],
  reads: ReadonlyMap<Edge, ReadTopic>,
  repartition: Repartition
): void => {
  for (const node of nodes) {
    const inputs = edges.filter(
      (edge) => edge.consumer === node && edge.feed.via === "input" && reads.has(edge)
    )
    const partitions = inputs[0] === undefined ? 0 : reads.get(inputs[0])!.partitions
    for (const edge of inputs) {
      const from = reads.get(edge)!
      if (from.partitions === partitions) continue
      const why = `brought from ${from.partitions} to ${partitions} partitions for ${node.name}`
      repartition(edge, { key: undefined, partitions, why }, from)
    }
  }
}

const repartitionOf = (
  pipeline: string,
  edge: Edge,
  change: Pick<RepartitionTopic, "key" | "partitions" | "why">,
  from: ReadTopic
): RepartitionTopic => {
  const { consumer, feed } = edge
  const alone =
    consumer.feeds.filter((other) => other.via === feed.via && other.name === feed.name).length === 1
  const which = alone ? "" : `.${producerLabel(feed.producer)}`
  const step = change.key === undefined ? `of.${change.partitions}` : keyStep(change.key)
  const slot = `${consumer.name}.${feed.via === "table" ? "table" : "in"}.${feed.name}${which}.${step}`
  return { ...change, name: `${pipeline}.${slot}`, edge, from, head: slot }
}
