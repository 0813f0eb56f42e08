import type { KafkaClient } from "./kafka-client.ts"
import type { KafkaClientOptions } from "./open-client.ts"

/** Whose connections a client uses. */
export type KafkaLibrary = "kafkajs" | "@platformatic/kafka"

/** Loads the one library alone: either takes its time and memory to load. */
export const openKafkaClient = async (
  library: KafkaLibrary,
  options: KafkaClientOptions
): Promise<KafkaClient> => {
  if (library === "kafkajs") {
    const { kafkajsClient } = await import("./kafkajs-client.ts")
    return kafkajsClient(options)
  }
  const { platformaticClient } = await import("./platformatic-client.ts")
  return platformaticClient(options)
}
