import type { Subjects } from "@millrace/registry/server"
import type { IdOrigin, SchemaIds } from "../../../transport/kafka/schema-ids.ts"
import { type KafkaSettings, prefixOf } from "../kafka-settings.ts"
import { registeredIds } from "../registered-ids.ts"
import { outsideIds } from "./outside-ids.ts"
import { registryClient } from "./registry-client.ts"

export const originOf = ({ schemaRegistry }: KafkaSettings): IdOrigin =>
  schemaRegistry === undefined ? "own" : "outside"

/** Ids of the platform's own registry, and for named streams of the one that the settings name. */
export const idsFor = (settings: KafkaSettings, subjects: typeof Subjects.Service): SchemaIds => {
  const own = registeredIds(subjects)
  return settings.schemaRegistry === undefined
    ? own
    : outsideIds({ client: registryClient(settings.schemaRegistry), own, prefix: prefixOf(settings) })
}
