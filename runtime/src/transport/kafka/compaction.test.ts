import { createHash, randomUUID } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeAll, beforeEach, describe, it } from "vitest"
import { sharedClusterPatience, sharedClusters } from "../../../../test/kafka/shared.ts"
import { hasKafka } from "../../../../test/tools.ts"
import { appendKeyed, compactionAcceptance } from "../acceptance-compaction.ts"
import { compacted } from "../embedded/testing/compacted.ts"
import { Transport } from "../transport.ts"
import type { TransportError, TransportShape } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { kafkajsClient } from "./client/kafkajs-client.ts"
import { platformaticClient } from "./client/platformatic-client.ts"
import { kafkaTransport } from "./layer.ts"
import { idsInMemory } from "./testing/ids-in-memory.ts"

const clients = { kafkajs: kafkajsClient, "@platformatic/kafka": platformaticClient }
/** A cleaner that takes up every segment, and segments that end with each transaction. */
const eager = { "min.cleanable.dirty.ratio": "0.001", "segment.ms": "1", "min.compaction.lag.ms": "0" }

describe.skipIf(!hasKafka)("compacted streams on Kafka", { timeout: 240_000 }, () => {
  for (const cluster of sharedClusters)
    for (const [library, makeClient] of Object.entries(clients))
      describe(`over ${library}, on ${cluster.name}`, () => {
        let folder = ""
        let own = ""
        let bootstrap: readonly string[] = []
        beforeAll(async () => {
          bootstrap = await cluster.bootstrap()
        }, sharedClusterPatience)
        beforeEach(() => {
          folder = mkdtempSync(join(tmpdir(), "millrace-kafka-"))
          own = `${createHash("sha256").update(randomUUID()).digest("hex").slice(0, 12)}.`
        })
        afterEach(() => rmSync(folder, { recursive: true, force: true }))
        const run = <A>(effect: Effect.Effect<A, TransportError, Transport>): Promise<A> =>
          Effect.runPromise(
            Effect.provide(
              effect,
              kafkaTransport({
                folder,
                client: () => Promise.resolve(makeClient({ bootstrap })),
                ids: idsInMemory(),
                prefixes: { own, streams: `s.${own}` },
                compactedConfigs: eager
              })
            )
          )
        const policyOf = async (): Promise<string | null | undefined> => {
          const client: KafkaClient = makeClient({ bootstrap })
          try {
            const [found] = await client.describeConfigs([`s.${own}customers`])
            return found?.configs["cleanup.policy"]
          } finally {
            await client.close()
          }
        }
        // The marker of a commit's transaction stands behind its records.
        for (const acceptance of compactionAcceptance(compacted, { perCommit: 1, stride: 11 }))
          it(acceptance.name, () => run(acceptance.run))

        const all = { name: "customers", partitions: 1, internal: false }
        const inTransport = <A>(use: (transport: TransportShape) => Effect.Effect<A, TransportError>) =>
          run(Effect.flatMap(Transport, use))

        it("may be said of a stream that holds nothing yet, and be taken back", async () => {
          await inTransport((transport) => transport.ensureTopic(all))
          assert.strictEqual(await policyOf(), "delete")
          await inTransport((transport) => transport.ensureTopic({ ...all, compact: true }))
          assert.strictEqual(await policyOf(), "compact")
          await inTransport((transport) => transport.ensureTopic(all))
          assert.strictEqual(await policyOf(), "delete")
        })

        it("are not made of a stream that has kept every record", async () => {
          const refused = await inTransport((transport) =>
            Effect.gen(function* () {
              yield* transport.putSchema('"bytes"')
              yield* transport.ensureTopic(all)
              const log = yield* transport.openTask({ pipeline: "p", node: "writer", partition: 0 })
              yield* appendKeyed(log, [{ key: "a", value: "1" }])
              return yield* Effect.match(transport.ensureTopic({ ...all, compact: true }), {
                onSuccess: () => undefined,
                onFailure: (error) => error
              })
            })
          )
          assert.strictEqual(refused?.reason, "unsupported")
          assert.match(refused?.message ?? "", /customers.*another name/)
        })
      })
})
