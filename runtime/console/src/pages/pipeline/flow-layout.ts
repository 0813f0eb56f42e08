import { graphlib, layout } from "@dagrejs/dagre"
import type { PipelineGraph } from "@millrace/sdk/api"

/** Size of a node on the canvas, in pixels; its style must keep to it. */
export const nodeSize = { width: 172, height: 88 } as const

export interface FlowPlace {
  /** A node's name, or `stream:NAME` of another pipeline's stream. */
  readonly id: string
  readonly stream: string | null
  readonly x: number
  readonly y: number
}

export interface FlowEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  /** Node and output that it carries; `node` is null for another pipeline's stream. */
  readonly output: string
  /** The slot that it feeds, where it is no plain `input`. */
  readonly slot: string
  readonly isTable: boolean
  /** The topic between the two; null where they hand over within one task. */
  readonly topic: string | null
}

/** The edges of a plan, in the order of the data. */
export const edgesOf = (graph: PipelineGraph): readonly FlowEdge[] =>
  graph.nodes.flatMap((node) =>
    [
      ...node.inputs.flatMap(({ feeds, input }) =>
        feeds.map((feed) => ({ feed, slot: input, isTable: false }))
      ),
      ...node.tables.map(({ feed, handle }) => ({ feed, slot: handle, isTable: true }))
    ].map(({ feed, isTable, slot }) => {
      const source = feed.node ?? `stream:${feed.stream}`
      const output = feed.output ?? ""
      const topic = graph.topics.find(
        ({ producer }) => producer?.node === feed.node && producer.output === output
      )
      return {
        id: `${source}.${output}>${node.node}.${slot}`,
        source,
        target: node.node,
        output,
        slot,
        isTable,
        topic: feed.stream ?? topic?.topic ?? null
      }
    })
  )

/** Where each node stands: data flows to the right, or down where there is little room. */
export const placesOf = (graph: PipelineGraph, direction: "LR" | "TB"): readonly FlowPlace[] => {
  const edges = edgesOf(graph)
  const drawing = new graphlib.Graph()
  drawing.setGraph({ rankdir: direction, nodesep: 20, ranksep: 38 })
  drawing.setDefaultEdgeLabel(() => ({}))
  const streams = new Set(edges.map(({ source }) => source).filter((source) => source.startsWith("stream:")))
  const ids = [...streams, ...graph.nodes.map(({ node }) => node)]
  for (const id of ids) drawing.setNode(id, { ...nodeSize })
  for (const { source, target } of edges) drawing.setEdge(source, target)
  layout(drawing)
  return ids.map((id) => {
    const { x = 0, y = 0 } = drawing.node(id)
    return {
      id,
      stream: streams.has(id) ? id.slice("stream:".length) : null,
      x: x - nodeSize.width / 2,
      y: y - nodeSize.height / 2
    }
  })
}
