import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Kafka, logLevel } from "kafkajs"
import type { AclEntry } from "kafkajs"
import { openCluster } from "./running-cluster.ts"
import type { ClusterOptions, RunningCluster } from "./running-cluster.ts"
import { KafkaSetupError } from "./setup-error.ts"

/** A cluster for tests; its brokers go by their ids, from 1. Each effect answers when it has happened. */
export interface Cluster extends Pick<
  RunningCluster,
  "bootstrap" | "certificates" | "folder" | "inside" | "version"
> {
  /** SIGKILL. */
  readonly kill: (id: number) => Effect.Effect<void>
  /** SIGTERM: its leaders move away first. */
  readonly stop: (id: number) => Effect.Effect<void>
  /** Brings up again what was killed or stopped, on the same ports and data. */
  readonly start: (id: number) => Effect.Effect<void>
  /** SIGSTOP: it keeps its connections, and answers nothing until it is resumed. */
  readonly pause: (id: number) => Effect.Effect<void>
  readonly resume: (id: number) => Effect.Effect<void>
  /** Adds rules, where there is an authorizer. */
  readonly allow: (rules: readonly AclEntry[]) => Effect.Effect<void>
}

/** A cluster of its own for the scope, which kills it and removes its data. */
export const startCluster = (
  options: ClusterOptions = {}
): Effect.Effect<Cluster, KafkaSetupError, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.tryPromise({
        try: (signal) => openCluster({ ...options, signal }),
        catch: (cause) =>
          cause instanceof KafkaSetupError
            ? cause
            : new KafkaSetupError({ message: String(cause), remedy: "Run it again." })
      }),
      (cluster) => Effect.promise(() => cluster.close(options.folder === undefined ? "hard" : "softly"))
    ),
    face
  )

const face = (cluster: RunningCluster): Cluster => ({
  bootstrap: cluster.bootstrap,
  certificates: cluster.certificates,
  folder: cluster.folder,
  inside: cluster.inside,
  version: cluster.version,
  kill: (id) => Effect.promise(() => cluster.kill(id)),
  stop: (id) => Effect.promise(() => cluster.stop(id)),
  start: (id) => Effect.promise(() => cluster.start(id)),
  pause: (id) => Effect.sync(() => cluster.pause(id)),
  resume: (id) => Effect.sync(() => cluster.resume(id)),
  allow: (rules) => Effect.promise(() => addRules(cluster, rules))
})

const addRules = async (cluster: RunningCluster, rules: readonly AclEntry[]): Promise<void> => {
  const admin = new Kafka({ brokers: [...cluster.inside], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  try {
    await admin.createAcls({ acl: [...rules] })
  } finally {
    await admin.disconnect()
  }
}
