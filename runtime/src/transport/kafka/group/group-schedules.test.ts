import { randomUUID } from "node:crypto"
import { assert, beforeAll, describe, it } from "vitest"
import { sharedClusterPatience, sharedClusters } from "../../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../../test/tools.ts"
import { kafkajsClient } from "../client/kafkajs-client.ts"
import { platformaticClient } from "../client/platformatic-client.ts"
import { Crew } from "./testing/crew.ts"
import { runSchedule } from "./testing/random-schedule.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }
const first = Number(process.env["SEED"] ?? 1)
const seeds = Array.from({ length: Number(process.env["SEEDS"] ?? 4) }, (_, index) => first + index)

describe.skipIf(!hasKafka)("workers of one group, as it may happen", () => {
  for (const cluster of sharedClusters)
    for (const [library, makeClient] of Object.entries(clients))
      describe(`over ${library}, on ${cluster.name}`, () => {
        let bootstrap: readonly string[] = []
        beforeAll(async () => {
          bootstrap = await cluster.bootstrap()
        }, sharedClusterPatience)

        for (const seed of seeds)
          it(`never do the same at once, and in the end all is done, by seed ${seed}`, async () => {
            const sessionTimeoutMs = 2_000
            const crew = new Crew({
              group: `group-${randomUUID().slice(0, 8)}`,
              openClient: () => Promise.resolve(makeClient({ bootstrap })),
              batchMs: 20,
              terms: { sessionTimeoutMs, graceMs: 1_000 }
            })
            try {
              await runSchedule(crew, { seed, steps: 30, sessionMs: sessionTimeoutMs, patienceMs: 60_000 })
            } finally {
              await crew.end()
            }
            assert.deepStrictEqual(crew.faults, [])
          })
      })
})
