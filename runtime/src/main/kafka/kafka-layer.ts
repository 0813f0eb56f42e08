import { Subjects } from "@millrace/registry/server"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { openKafkaClient } from "../../transport/kafka/client/choose-client.ts"
import { kafkaTransport } from "../../transport/kafka/layer.ts"
import { reachCluster } from "./reach-cluster.ts"
import type { KafkaSettings } from "./kafka-settings.ts"
import { registeredIds } from "./registered-ids.ts"

const libraries = { kafkajs: "kafkajs", platformatic: "@platformatic/kafka" } as const

/** The transport on the cluster of the settings, with schema ids of the platform's registry. */
export const kafkaLayer = (folder: string, settings: KafkaSettings) =>
  Layer.unwrap(
    Effect.map(Subjects, (subjects) => {
      const { brokers, client, prefix, replicas, sasl, tls } = settings
      return kafkaTransport({
        folder,
        client: () =>
          openKafkaClient(libraries[client], {
            bootstrap: brokers,
            ...(sasl === undefined ? {} : { sasl }),
            ...(tls === undefined ? {} : { tls })
          }),
        reach: (opened) => reachCluster(opened, brokers),
        ids: registeredIds(subjects),
        ...(prefix === undefined ? {} : { prefixes: { own: prefix } }),
        ...(replicas === undefined ? {} : { replicas })
      })
    })
  )
