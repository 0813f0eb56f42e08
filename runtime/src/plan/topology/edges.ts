import type { Feed, LogicalNode, LogicalOutput } from "../analysis/logical-node.ts"

/** One node reading one stream. */
export interface Edge {
  readonly consumer: LogicalNode
  readonly feed: Feed
  /** Fields that the records must be keyed by when they arrive, none: all by one key; undefined: any key will do. */
  readonly needs: readonly string[] | undefined
}

/** All that is read, in the order of the nodes. A table's rows are found by their record key, so that it needs its own. */
export const edgesOf = (nodes: readonly LogicalNode[]): readonly Edge[] =>
  nodes.flatMap((consumer) =>
    consumer.feeds.map((feed) => ({
      consumer,
      feed,
      needs:
        feed.via === "table"
          ? tableKey(consumer.resolved.tables[feed.name]?.key)
          : consumer.resolved.inputs[feed.name]?.keyBy
    }))
  )

const tableKey = (key: readonly string[] | undefined): readonly string[] | undefined =>
  key === undefined || key.length === 0 ? undefined : key

export const readersOf = (edges: readonly Edge[], node: string, output: string): readonly Edge[] =>
  edges.filter(
    ({ feed: { producer } }) => "node" in producer && producer.node === node && producer.output === output
  )

/** The key that records of an output leave with, and whether it is made anew from their values. */
export const ownKey = (
  output: LogicalOutput
): { readonly fields: readonly string[]; readonly anew: boolean } => ({
  fields: output.options.key ?? output.key,
  anew: output.options.key !== undefined || output.rekey
})
