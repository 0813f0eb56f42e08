import { Subjects } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { openKafkaClient } from "../../transport/kafka/client/choose-client.ts"
import type { KafkaClient } from "../../transport/kafka/client/kafka-client.ts"
import type { GroupPatience } from "../../transport/kafka/group/group-options.ts"
import type { SchemaIds } from "../../transport/kafka/schema-ids.ts"
import { kafkaTransport } from "../../transport/kafka/layer.ts"
import { platformId } from "./platform-id.ts"
import type { KafkaSettings } from "./kafka-settings.ts"
import { reachCluster } from "./reach-cluster.ts"
import { idsFor } from "./schema-registry/ids-for.ts"

const libraries = { kafkajs: "kafkajs", platformatic: "@platformatic/kafka" } as const

/**
 * The transport on the cluster of the settings, with schema ids of the platform's registry, or of the one that the settings name.
 * `seedKey`: the platform's.
 */
export const kafkaLayer = (folder: string, settings: KafkaSettings, seedKey: Uint8Array) =>
  Layer.unwrap(
    Effect.map(Subjects, (subjects) => kafkaLayerWith(folder, settings, seedKey, idsFor(settings, subjects)))
  )

/** The same, with schema ids from somewhere else. */
export const kafkaLayerWith = (
  folder: string,
  settings: KafkaSettings,
  seedKey: Uint8Array,
  ids: SchemaIds
) => {
  const { brokers, prefix, replicas } = settings
  return kafkaTransport({
    folder,
    client: () => openClient(settings),
    reach: (opened) => reachCluster(opened, brokers),
    ids,
    platform: platformId(seedKey),
    ...(prefix === undefined ? {} : { prefixes: { own: prefix } }),
    ...(replicas === undefined ? {} : { replicas })
  })
}

/** A client of the cluster of the settings. */
export const openClient = (
  { brokers, client, sasl, tls }: KafkaSettings,
  patience: Partial<GroupPatience> = {}
): Promise<KafkaClient> =>
  openKafkaClient(libraries[client], {
    bootstrap: brokers,
    ...patience,
    ...(sasl === undefined ? {} : { sasl }),
    ...(tls === undefined ? {} : { tls })
  })
