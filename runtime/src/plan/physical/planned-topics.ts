import { schemaText } from "@millrace/sdk/avro"
import type { LogicalNode } from "../analysis/logical-node.ts"
import type { PlannedTopic } from "../plan.ts"
import type { Layout } from "../topology/layout.ts"
import { deadLetterTopic } from "./chain-plans.ts"

/** Every topic of the pipeline with why it is there; the dead letters last. */
export const plannedTopics = (
  pipeline: string,
  nodes: readonly LogicalNode[],
  layout: Layout
): readonly PlannedTopic[] => {
  const headOf = new Map(
    layout.lines.flatMap((line) => line.nodes.map((node) => [node.name, line.head] as const))
  )
  const outputs = layout.topics.map(
    ({ name, partitions, internal, producer, key, retainBytes, compact, why }) => {
      const output = nodes.find((node) => node.name === producer.node)!.outputs[producer.output]!
      const producers = [`${pipeline}/${headOf.get(producer.node)!}`]
      const schema = schemaText(output.schema)
      const kept = {
        ...(retainBytes === undefined ? {} : { retainBytes }),
        ...(compact === undefined ? {} : { compact })
      }
      return {
        name,
        partitions,
        internal,
        ...kept,
        producer,
        producers,
        schema,
        key,
        bounded: output.bounded,
        why
      }
    }
  )
  const repartitions = layout.repartitions.map(({ name, partitions, key, edge, from, head, why }) => ({
    name,
    partitions,
    internal: true,
    producers: [`${pipeline}/${head}`],
    schema: schemaText(edge.feed.stream.schema),
    key: key ?? from.key,
    bounded: from.bounded,
    why
  }))
  const deadLetters: PlannedTopic = {
    name: deadLetterTopic(pipeline),
    partitions: 1,
    internal: true,
    producers: [],
    key: [],
    bounded: false,
    why: "records that failed"
  }
  return [...outputs, ...repartitions, deadLetters]
}
