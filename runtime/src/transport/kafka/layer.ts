import { join } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { embeddedTransport } from "../embedded/layer.ts"
import { Transport } from "../transport.ts"
import type { TransportError } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { KafkaLog } from "./kafka-log.ts"
import type { SchemaIds } from "./schema-ids.ts"
import type { Prefixes } from "./topic-name.ts"

export interface KafkaTransportOptions<E = never> {
  /** For what lies beside the log: state, which Kafka has in changelogs too. */
  readonly folder: string
  readonly client: () => Promise<KafkaClient>
  /** Done with the client before anything is asked of the cluster; default: nothing. */
  readonly reach?: (client: KafkaClient) => Effect.Effect<void, E, Scope.Scope>
  readonly ids: SchemaIds
  /** Default: `millrace.`, and none for named streams. */
  readonly prefixes?: Partial<Prefixes>
  /** Id of the platform, which alone may use the prefix; its workers have the same. Default: nobody asks. */
  readonly platform?: string
  /** Copies of each partition; default: the cluster's. */
  readonly replicas?: number
  /** More settings of compacted streams' topics: how eager the brokers are. Default: theirs. */
  readonly compactedConfigs?: { readonly [key: string]: string }
}

/** The transport on Kafka. A folder belongs to one cluster and prefix, and one process has it. Fails with `taken` where the prefix is another platform's, and `registryChanged` where streams have ids of another origin. */
export function kafkaTransport<E = never>(
  options: KafkaTransportOptions<E>
): Layer.Layer<Transport, TransportError | E> {
  return Layer.effect(
    Transport,
    Effect.gen(function* () {
      const { compactedConfigs, folder, ids, platform, prefixes, replicas } = options
      // What a power cut takes from the folder is in Kafka.
      const built = yield* Layer.build(
        embeddedTransport({ folder: join(folder, "local"), durability: "async" })
      )
      const client = yield* Effect.acquireRelease(Effect.promise(options.client), (open) =>
        Effect.promise(() => open.close())
      )
      if (options.reach !== undefined) yield* options.reach(client)
      return yield* KafkaLog.make({
        client,
        ids,
        local: Context.get(built, Transport),
        prefixes: { own: "millrace.", streams: "", ...prefixes },
        replicas,
        platform,
        compactedConfigs
      })
    })
  )
}
