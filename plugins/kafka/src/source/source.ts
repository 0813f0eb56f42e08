import {
  defineSource,
  kafka,
  type KafkaError,
  type KafkaFetched,
  type KafkaReader,
  parseAvro,
  type Rejected,
  Schema,
  type SourceRecord
} from "@millrace/sdk"
import * as Effect from "effect/Effect"
import { KnownSchemas } from "../avro/known-schemas.ts"
import { needsRegistry, registryHttp } from "../avro/registry-config.ts"
import { SourceConfig } from "./config.ts"
import { contractOf } from "./contract.ts"
import { avroOf, isRejected, type ReadRecord, recordReader } from "./read-record.ts"

/** The topic dropped records before this read them. */
export class OffsetDroppedError extends Schema.TaggedError<OffsetDroppedError>()("OffsetDroppedError", {
  message: Schema.String
}) {}

const Position = Schema.Struct({
  /** Of the next record, in decimal digits. */
  offset: Schema.String
})

const usualPollMs = 250
/** The topic is looked at again for partitions that were added. */
const partitionsEveryMs = 30_000

/**
 * Reads a topic of Kafka, each partition by itself: the place is the next offset, kept with what was read, so that no record is lost
 * or repeated. Needs no consumer group.
 */
export const kafkaSource = defineSource({
  name: "kafka-source",
  description: "Reads a topic of a Kafka cluster: text, JSON, Avro or bytes, with keys, headers and deletes.",
  config: SourceConfig,
  uses: { topic: kafka.read(), registry: registryHttp(["GET"]) },
  derive: ({ config }) => contractOf(config),
  position: Position,
  partitionsEveryMs,
  *partitions({ topic }) {
    const count = yield* topic.partitions()
    return Array.from({ length: count }, (_, partition) => String(partition))
  },
  *read(position, { config, maxBytes, maxRecords, partition: name, registry, topic }) {
    const partition = Number(name)
    const { isolation = "committed" } = config
    const from = yield* beginning(position, config, topic, partition)
    const fetch = (offset: bigint) => topic.fetch({ partition, offset, maxRecords, maxBytes, isolation })
    const {
      more,
      next,
      records: found
    } = yield* Effect.catch(fetch(from), (error) => dropped(error, config, topic, partition, fetch))
    const records: SourceRecord<unknown>[] = []
    const rejected: Rejected[] = []
    const reader = readerOf(config)
    if (needsRegistry(config)) yield* reader.schemas.learn(registry, avroOf(config, found))
    for (const record of found) {
      const one = reader.read(record, name)
      if (one === undefined) continue
      if (isRejected(one)) rejected.push(one)
      else records.push(one)
    }
    return {
      records,
      rejected,
      position: { offset: String(next) },
      next: more ? "more" : "idle",
      waitMs: config.poll ?? usualPollMs
    }
  }
})

function* beginning(
  position: typeof Position.Type | undefined,
  { start = "earliest" }: SourceConfig,
  topic: KafkaReader,
  partition: number
) {
  if (position !== undefined) return BigInt(position.offset)
  const at = start === "earliest" || start === "latest" ? start : Date.parse(start)
  return yield* topic.offset(partition, at)
}

/** What is gone is told, or, where the config wants it so, passed over. */
const dropped = (
  error: KafkaError,
  { onDropped = "fail", topic: name }: SourceConfig,
  topic: KafkaReader,
  partition: number,
  fetch: (offset: bigint) => ReturnType<KafkaReader["fetch"]>
): Effect.Effect<KafkaFetched, KafkaError | OffsetDroppedError> => {
  if (error.code !== "OFFSET_DROPPED") return Effect.fail(error)
  if (onDropped === "earliest") return Effect.flatMap(topic.offset(partition, "earliest"), fetch)
  return Effect.fail(
    new OffsetDroppedError({
      message:
        `${name}/${partition} has not the records any more that come next: retention dropped them, or the topic was made anew. ` +
        `Set onDropped: earliest to go on with the first that there is. ${error.message}`
    })
  )
}

interface Reader {
  readonly read: ReadRecord
  readonly schemas: KnownSchemas
}

const readers = new WeakMap<SourceConfig, Reader>()

/** Made once for a config; the memory may vanish. */
const readerOf = (config: SourceConfig): Reader => {
  const known = readers.get(config)
  if (known !== undefined) return known
  const contract = contractOf(config)
  if ("error" in contract) throw new Error(contract.error.message)
  const parsed = parseAvro(contract.output)
  if ("error" in parsed) throw parsed.error
  const schemas = new KnownSchemas()
  const made = { read: recordReader(config, parsed.ok, schemas), schemas }
  readers.set(config, made)
  return made
}
