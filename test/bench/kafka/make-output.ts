import type { KafkaClient } from "../../../runtime/src/transport/kafka/client/kafka-client.ts"

/** A topic for what comes out, as ours makes it. */
export const makeOutput = async (client: KafkaClient, name: string, partitions: number): Promise<void> => {
  const configs = {
    "retention.ms": "-1",
    "segment.ms": `${2n ** 63n - 1n}`,
    "max.message.bytes": `${16 << 20}`
  }
  const [made] = await client.createTopics([{ name, partitions, configs }])
  if (made?.error !== undefined) throw made.error
}
