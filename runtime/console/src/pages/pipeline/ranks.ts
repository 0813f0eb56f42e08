import type { PipelineGraph } from "@millrace/sdk/api"

/** How many nodes stand between each node and the first of its way, itself included. Nodes come in the order of the data. */
const ranksOf = (graph: PipelineGraph): ReadonlyMap<string, number> => {
  const ranks = new Map<string, number>()
  for (const { inputs, node, tables } of graph.nodes) {
    const feeds = [...inputs.flatMap((input) => input.feeds), ...tables.map(({ feed }) => feed)]
    const before = feeds.map((feed) => (feed.node === null ? 1 : (ranks.get(feed.node) ?? 0)))
    ranks.set(node, 1 + Math.max(0, ...before))
  }
  return ranks
}

/** Nodes of the longest way through the graph. */
export const longestPath = (graph: PipelineGraph): number => Math.max(1, ...ranksOf(graph).values())

/** Most nodes that are equally far from their sources. */
export const widestRank = (graph: PipelineGraph): number => {
  const groups = Map.groupBy(ranksOf(graph).values(), (rank) => rank)
  return Math.max(1, ...[...groups.values()].map((group) => group.length))
}
