import type { KafkaClient } from "../../../runtime/src/transport/kafka/client/kafka-client.ts"

export interface CommittedOffsetsOptions {
  readonly group: string
  readonly topic: string
  /** By partition: where its input ends. */
  readonly ends: readonly bigint[]
}

/** How far a group has come, by partition: 0 where it has committed nothing, and never beyond the input's end. */
export const committedOffsets = async (
  client: KafkaClient,
  { ends, group, topic }: CommittedOffsetsOptions
): Promise<readonly number[]> => {
  const places = ends.map((_, partition) => ({ topic, partition }))
  const committed = ends.map(() => 0)
  for (const { offset, partition } of await client.fetchOffsets(group, places))
    committed[partition] = Math.max(0, Math.min(Number(offset), Number(ends[partition] ?? 0n)))
  return committed
}
