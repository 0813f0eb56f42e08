import { createHash, randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, beforeAll, beforeEach, describe, it } from "vitest"
import { sharedClusterPatience, sharedClusters } from "../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../test/tools.ts"
import { transportAcceptance } from "../acceptance.ts"
import { upgradeAcceptance } from "../acceptance-upgrade.ts"
import { kafkajsClient } from "./client/kafkajs-client.ts"
import { platformaticClient } from "./client/platformatic-client.ts"
import { kafkaTransport } from "./layer.ts"
import { idsInMemory } from "./testing/ids-in-memory.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }

describe.skipIf(!hasKafka)("the transport on Kafka", () => {
  for (const cluster of sharedClusters)
    for (const [library, makeClient] of Object.entries(clients))
      describe(`over ${library}, on ${cluster.name}`, () => {
        let folder = ""
        let bootstrap: readonly string[] = []
        beforeAll(async () => {
          bootstrap = await cluster.bootstrap()
        }, sharedClusterPatience)
        beforeEach(() => {
          folder = mkdtempSync(join(tmpdir(), "millrace-kafka-"))
        })
        afterEach(() => rmSync(folder, { recursive: true, force: true }))
        for (const { name, run } of [...transportAcceptance, ...upgradeAcceptance])
          it(name, () => {
            const own = `${createHash("sha256").update(randomUUID()).digest("hex").slice(0, 12)}.`
            const transport = kafkaTransport({
              folder,
              client: () => Promise.resolve(makeClient({ bootstrap })),
              ids: idsInMemory(),
              prefixes: { own, streams: `s${own}` }
            })
            return Effect.runPromise(Effect.provide(run, transport))
          })
      })
})
