import { schemaText } from "@millrace/sdk/avro"
import { nodeKind } from "@millrace/sdk/manifest"
import { type LogicalNode, producerLabel } from "./analysis/logical-node.ts"
import { stateKeyForms, stateKeyOf } from "./analysis/state-key.ts"
import { traceOrigins } from "./lineage.ts"
import type { PlannedNode } from "./plan.ts"
import { ownKey } from "./topology/edges.ts"

/** What is shown, compared and hashed of each node. */
export const plannedNodes = (nodes: readonly LogicalNode[]): readonly PlannedNode[] => {
  const origins = traceOrigins(nodes)
  return nodes.map((node) => ({
    name: node.name,
    kind: nodeKind(node.plugin.manifest),
    plugin: `${node.plugin.label}#${node.plugin.manifest.name}`,
    digest: node.plugin.digest,
    configJson: node.configJson,
    onError: onErrorText(node),
    ...(node.node.watermark === undefined ? {} : { watermark: node.node.watermark }),
    inputs: Object.fromEntries(
      Object.entries(node.resolved.inputs).map(([name, input]) => [
        name,
        {
          from: feedsOf(node, "input", name),
          schema: schemaText(input.reader),
          ...(input.keyBy === undefined ? {} : { keyBy: input.keyBy }),
          ...(readsStream(node, "input", name) ? { writer: schemaText(input.view.writer) } : {})
        }
      ])
    ),
    tables: Object.fromEntries(
      Object.keys(node.resolved.tables).map((handle) => [handle, feedsOf(node, "table", handle).join(", ")])
    ),
    ...tableWriters(node),
    outputs: Object.fromEntries(
      Object.entries(node.outputs).map(([name, output]) => [
        name,
        {
          schema: schemaText(output.schema),
          ...(output.subject === undefined ? {} : { subject: output.subject }),
          key: ownKey(output).fields,
          ...(output.options.stream === undefined ? {} : { stream: output.options.stream }),
          lineage: output.lineage,
          origins: origins.get(`${node.name}.${name}`) ?? {}
        }
      ])
    ),
    state: node.resolved.state.map(({ name, kind, schema, mapKey, migrate, ttlMs }) => ({
      name,
      kind,
      schema: schemaText(schema),
      ...(mapKey === undefined ? {} : { mapKey: schemaText(mapKey) }),
      ...(ttlMs === undefined ? {} : { ttlMs }),
      ...(migrate.length === 0 ? {} : { migrate: migrate.map((from) => schemaText(from)) })
    })),
    ...stateKeyPart(node),
    bounded: node.bounded
  }))
}

const stateKeyPart = (node: LogicalNode): Pick<PlannedNode, "keyForms" | "stateKey"> => {
  const stateKey = stateKeyOf(node)
  return stateKey === undefined ? {} : { stateKey, keyForms: stateKeyForms(node) }
}

const feedsOf = (node: LogicalNode, via: "input" | "table", name: string): readonly string[] =>
  node.feeds
    .filter((feed) => feed.via === via && feed.name === name)
    .map((feed) => producerLabel(feed.producer))

const readsStream = (node: LogicalNode, via: "input" | "table", name: string): boolean =>
  node.feeds.some((feed) => feed.via === via && feed.name === name && "topic" in feed.producer)

const tableWriters = (node: LogicalNode): Pick<PlannedNode, "tableWriters"> => {
  const writers = Object.entries(node.resolved.tables).flatMap(([handle, { view }]) =>
    readsStream(node, "table", handle) ? [[handle, schemaText(view.writer)] as const] : []
  )
  return writers.length === 0 ? {} : { tableWriters: Object.fromEntries(writers) }
}

const onErrorText = ({ node: { onError } }: LogicalNode): string =>
  onError.retries === 0 ? onError.policy : `${onError.policy} after ${onError.retries} retries`
