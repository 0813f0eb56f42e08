import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { describe } from "vitest"
import { kafkajsClient } from "../../runtime/src/transport/kafka/client/kafkajs-client.ts"
import { platformaticClient } from "../../runtime/src/transport/kafka/client/platformatic-client.ts"
import { makeStage, write } from "../../runtime/src/transport/kafka/client/testing/stage.ts"
import { startCluster } from "./cluster.ts"
import { canRunKafka } from "./requirements.ts"
import { unsecuredToken } from "./security-cases.ts"
import { sharedClusterPatience } from "./shared.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }

/** Sessions that are renewed while the test looks; kafkajs does it ten seconds before their end. */
const sessionMs = "14000"
/** Tokens for the first connections, and for renewals. */
const enoughTokens = 6

describe.skipIf(!canRunKafka())("a session with a broker that ends", () => {
  for (const [library, makeClient] of Object.entries(clients))
    it.live(
      `is renewed over ${library} among writes that do not wait for each other`,
      () =>
        Effect.scoped(
          Effect.gen(function* () {
            const cluster = yield* startCluster({
              security: { sasl: ["OAUTHBEARER"] },
              config: { "connections.max.reauth.ms": sessionMs }
            })
            let tokens = 0
            const token = () => {
              tokens += 1
              return Promise.resolve(unsecuredToken("alice"))
            }
            const { bootstrap } = cluster
            const client = makeClient({ bootstrap, sasl: { mechanism: "OAUTHBEARER", token } })
            yield* Effect.promise(async () => {
              const topic = await makeStage(client, client).topic()
              const writer = async () => {
                while (tokens < enoughTokens) await write(client, topic, ["through"])
              }
              await Promise.all(Array.from({ length: 5 }, writer))
              await client.close()
            })
          })
        ),
      sharedClusterPatience
    )
})
