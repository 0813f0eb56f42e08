import type { LogicalNode } from "./analysis/logical-node.ts"

/** Output field -> where its values come from in the end. */
export type Origins = { readonly [field: string]: readonly string[] }

/**
 * Follows the field lineage of every node back to sources (`node.field`) and to streams of other pipelines
 * (`stream.field`). Nodes must come in the order of the data. Keys of the answer: `node.output`.
 */
export const traceOrigins = (nodes: readonly LogicalNode[]): ReadonlyMap<string, Origins> => {
  const origins = new Map<string, Origins>()
  for (const node of nodes) {
    for (const [name, output] of Object.entries(node.outputs)) {
      const traced = output.schema.fields.map(({ name: field }) => {
        if (node.plugin.manifest.kind === "source") return [field, [`${node.name}.${field}`]] as const
        const sources = Object.hasOwn(output.lineage, field) ? output.lineage[field]! : []
        return [
          field,
          [...new Set(sources.flatMap((source) => originsOf(source, node, origins)))].toSorted()
        ] as const
      })
      origins.set(`${node.name}.${name}`, Object.fromEntries(traced))
    }
  }
  return origins
}

/** `slot.field`: an input or a lookup table of the node, and a field of what feeds it. */
const originsOf = (
  source: string,
  node: LogicalNode,
  origins: ReadonlyMap<string, Origins>
): readonly string[] => {
  const dot = source.indexOf(".")
  const slot = source.slice(0, dot)
  const field = source.slice(dot + 1)
  return node.feeds
    .filter((feed) => feed.name === slot)
    .flatMap(({ producer }) => {
      if ("topic" in producer) return [`${producer.topic.name}.${field}`]
      const upstream = origins.get(`${producer.node}.${producer.output}`) ?? {}
      return Object.hasOwn(upstream, field) ? upstream[field]! : []
    })
}
