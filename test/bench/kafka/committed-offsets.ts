import type { KafkaClient } from "../../../runtime/src/transport/kafka/client/kafka-client.ts"

export interface CommittedOffsetsOptions {
  readonly group: string
  readonly topic: string
  /** By partition: where its input ends. */
  readonly ends: readonly bigint[]
}

/**
 * How far a group has come, by partition: 0 where it has committed nothing, and never beyond the input's end. Each is asked for by itself:
 * what is asked together is answered when no partition's commit is under way, which may be in seconds.
 */
export const committedOffsets = async (
  client: KafkaClient,
  { ends, group, topic }: CommittedOffsetsOptions
): Promise<readonly number[]> => {
  const asked = ends.map(async (end, partition) => {
    const [found] = await client.fetchOffsets(group, [{ topic, partition }])
    return Math.max(0, Math.min(Number(found?.offset ?? 0n), Number(end)))
  })
  return Promise.all(asked)
}
