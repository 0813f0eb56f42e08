import type { GraphFeed, PipelineGraph, TraceSpanView } from "@millrace/sdk/api"

/** A span, and what stood before it. */
export interface TraceRow {
  readonly span: TraceSpanView
  /** Absent where the trace began, and where nothing that is known fed the node. */
  readonly from?: {
    /** The span that gave the record. */
    readonly spanId: string
    readonly node: string
    /** The topic that it waited in; null: it was handed on within the same batch. */
    readonly topic: string | null
    readonly waitedMs: number
  }
}

/** Graphs of the pipelines that a trace went through, by name; one that runs no more has none. */
export type Graphs = ReadonlyMap<string, PipelineGraph>

interface Feeder {
  readonly pipeline: string
  readonly node: string
  readonly topic: string | null
}

/** Spans as they came, each with the one that fed it and the time between. */
export const traceRows = (spans: readonly TraceSpanView[], graphs: Graphs): readonly TraceRow[] =>
  spans.map((span) => {
    const found = feedersOf(span, graphs).flatMap((feeder) => spanBefore(span, feeder, spans))
    const [last] = found.toSorted((one, other) => other.before.endedAt - one.before.endedAt)
    if (last === undefined) return { span }
    const { before, topic } = last
    const waitedMs = topic === null ? 0 : Math.max(0, span.beganAt - before.endedAt)
    return { span, from: { spanId: before.spanId, node: before.node, topic, waitedMs } }
  })

/** The feeder's span that the record came from: in the same batch within a task, else the last that had begun before. */
const spanBefore = (
  span: TraceSpanView,
  { node, pipeline, topic }: Feeder,
  spans: readonly TraceSpanView[]
) => {
  const isBefore = (each: TraceSpanView): boolean =>
    topic === null
      ? each.partition === span.partition && each.beganAt === span.beganAt
      : each.beganAt <= span.beganAt && each.spanId !== span.spanId
  const before = spans.findLast((each) => each.pipeline === pipeline && each.node === node && isBefore(each))
  return before === undefined ? [] : [{ before, topic }]
}

const feedersOf = ({ node, pipeline }: TraceSpanView, graphs: Graphs): readonly Feeder[] => {
  const graph = graphs.get(pipeline)
  const own = graph?.nodes.find((each) => each.node === node)
  if (graph === undefined || own === undefined) return []
  return own.inputs.flatMap(({ feeds }) =>
    feeds.flatMap((feed) =>
      feed.node === null
        ? streamFeeders(graph, own.chain, feed, graphs)
        : [{ pipeline, node: feed.node, topic: topicBetween(graph, own.chain, feed) }]
    )
  )
}

/** Nodes of any pipeline that write a stream. */
const streamFeeders = (
  graph: PipelineGraph,
  chain: string,
  feed: GraphFeed,
  graphs: Graphs
): readonly Feeder[] =>
  [...graphs.values()].flatMap(({ nodes, pipeline }) =>
    nodes
      .filter(({ outputs }) => outputs.some(({ stream }) => stream === feed.stream))
      .map(({ node }) => ({ pipeline, node, topic: topicBetween(graph, chain, feed) ?? feed.stream }))
  )

/** The topic that a chain reads a feed from: the feed's own, or the one that it is repartitioned into. Null within a chain. */
const topicBetween = (graph: PipelineGraph, chain: string, feed: GraphFeed): string | null => {
  if (graph.nodes.some(({ chain: other, node }) => node === feed.node && other === chain)) return null
  const holds = (name: string): boolean =>
    name === feed.stream ||
    graph.topics.some(
      ({ producer, topic }) =>
        topic === name && producer?.node === feed.node && producer?.output === feed.output
    )
  const reads = graph.chains.find(({ head }) => head === chain)?.reads ?? []
  const repartitions = graph.chains.filter(
    ({ reads: read, segments }) => segments.length === 0 && read.some(holds)
  )
  return (
    reads.find(holds) ??
    reads.find((name) => repartitions.some(({ writes }) => writes.includes(name))) ??
    reads[0] ??
    null
  )
}

/** Round times from 0 to the end of a trace, five at most, ms. */
export const ticksOf = (durationMs: number): readonly number[] => {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, durationMs)))
  // Nothing is measured finer than a millisecond.
  const steps = [power / 5, power / 2, power, power * 2].filter((each) => each >= 1)
  const step = steps.find((each) => durationMs / each <= 4) ?? power * 5
  return Array.from({ length: Math.floor(durationMs / step) + 1 }, (_, tick) => tick * step)
}
