import { createHash } from "node:crypto"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { openKafkaClient } from "../transport/kafka/client/choose-client.ts"
import { type HostServices, workerRequests } from "../worker/handlers/host-services.ts"
import { httpDriver, type ResolveName } from "../worker/handlers/http/http-driver.ts"
import { KafkaClusters } from "../worker/handlers/kafka/kafka-clusters.ts"
import type { SecretSource } from "../worker/handlers/secret-source.ts"
import type { Refusals } from "../worker/handlers/refusals.ts"
import { secretSource } from "./registry/secret-source.ts"

/** What looks hosts' names up for plugins' requests; undefined: the system. A test answers in its place. */
export const HostResolver = Context.Reference<ResolveName | undefined>("millrace/main/HostResolver", {
  defaultValue: () => undefined
})

/** What the worker serves plugins' requests to the outside with, for as long as the scope is open. `seed`: the installation's. */
export const makeHostServices = (refusals: Refusals, seed: Uint8Array) =>
  Effect.flatMap(secretSource, (secrets) => hostServicesWith(refusals, seed, secrets))

/** The same, with secrets from somewhere else than this process's registry. */
export const hostServicesWith = Effect.fn("hostServicesWith")(function* (
  refusals: Refusals,
  seed: Uint8Array,
  secrets: SecretSource
) {
  const resolve = yield* HostResolver
  const driver = yield* Effect.acquireRelease(
    Effect.sync(() => httpDriver(resolve)),
    (open) => Effect.promise(() => open.destroy())
  )
  const clusters = yield* Effect.acquireRelease(
    Effect.sync(() => new KafkaClusters((options) => openKafkaClient("kafkajs", options))),
    (open) => Effect.promise(() => open.close())
  )
  return {
    driver,
    kafka: {
      clusters,
      installation: createHash("sha256")
        .update("millrace kafka sinks")
        .update(seed)
        .digest("hex")
        .slice(0, 12),
      slots: yield* Semaphore.make(workerRequests)
    },
    slots: yield* Semaphore.make(workerRequests),
    secrets,
    variable: (name) => process.env[name],
    refusals
  } satisfies HostServices
})
