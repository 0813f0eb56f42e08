import { afterAll, beforeAll, describe, it } from "vitest"
import { sharedClusterPatience, sharedClusters } from "../../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../../test/tools.ts"
import { acceptanceCases } from "./acceptance.ts"
import type { KafkaClient } from "./kafka-client.ts"
import { kafkajsClient } from "./kafkajs-client.ts"
import { platformaticClient } from "./platformatic-client.ts"
import { makeStage } from "./testing/stage.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }

describe.skipIf(!hasKafka)("a client of Kafka", () => {
  for (const cluster of sharedClusters)
    for (const [library, makeClient] of Object.entries(clients))
      describe(`over ${library}, on ${cluster.name}`, () => {
        let client: KafkaClient
        let other: KafkaClient
        beforeAll(async () => {
          const bootstrap = await cluster.bootstrap()
          client = makeClient({ bootstrap })
          other = makeClient({ bootstrap })
        }, sharedClusterPatience)
        afterAll(async () => {
          await client.close()
          await other.close()
        })

        for (const { name, run } of acceptanceCases) it(name, () => run(makeStage(client, other)))
      })
})
