import { hostname } from "node:os"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { GroupOptions } from "../../transport/kafka/group/group-options.ts"
import { openClient } from "./kafka-layer.ts"
import { prefixOf } from "./kafka-settings.ts"
import type { KafkaSettings } from "./kafka-settings.ts"
import { platformId } from "./platform-id.ts"
import { joinWorkerGroup } from "./worker-group.ts"

export interface WorkersOptions {
  /** This worker's own, which no other process has. */
  readonly folder: string
  readonly settings: KafkaSettings
  readonly traits: readonly string[]
  /** The platform's, which its workers know it by: platforms may share a cluster. */
  readonly seedKey: Uint8Array
}

/** Joins the workers of a platform on Kafka, under the name of this machine. */
export const joinWorkers = Effect.fn("joinWorkers")(function* (options: WorkersOptions) {
  const { folder, seedKey, settings, traits } = options
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, "member")
  const membership: GroupOptions = {
    group: `${prefixOf(settings)}workers.${platformId(seedKey)}`,
    client: (patience) => openClient(settings, patience),
    label: `${hostname()}:${process.pid}`,
    traits,
    weight: settings.weight,
    memberId: {
      load: () => Effect.runPromise(Effect.orElseSucceed(fs.readFileString(file), () => undefined)),
      save: (id) => Effect.runPromise(Effect.ignore(fs.writeFileString(file, id)))
    }
  }
  return yield* joinWorkerGroup(membership, { keepsCopies: settings.standby })
})
