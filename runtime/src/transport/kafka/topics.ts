import * as Effect from "effect/Effect"
import { deletesToldMs, TransportError } from "../transport.ts"
import { topicThere, topicUnknown } from "./client/error-kinds.ts"
import type { KafkaClient, TopicMetadata } from "./client/kafka-client.ts"
import { asking, kafkaFailure } from "./kafka-failure.ts"

export interface WantedTopic {
  readonly name: string
  readonly partitions: number
  /** As many will do where the topic is there; absent: exactly {@link partitions}. */
  readonly atLeast?: number
  readonly replicas: number | undefined
  readonly isCompacted: boolean
  readonly retainBytes?: number | undefined
  /** Over those that follow from the above. */
  readonly configs?: { readonly [key: string]: string } | undefined
  /** Whether a topic that is there is made to keep what is said here; default: it stays as it is. */
  readonly follows?: boolean
}

/** A topic that was deleted may stand in the way of its successor for a moment. */
const goingMs = 10_000
const pauseMs = 50

/**
 * Makes the topic where it is not there. Records are of event times of any year: nothing is dropped by its age, and no time is refused.
 * Answers its id. Fails with `partitionCount` where it has another number of partitions.
 */
export const ensureKafkaTopic = Effect.fnUntraced(function* (client: KafkaClient, wanted: WantedTopic) {
  const began = performance.now()
  // One that somebody else has made is taken by a user who may make none.
  const [there] = yield* asking(() => client.topics([wanted.name]))
  if (there !== undefined && there.error === undefined && there.partitions.every(({ leader }) => leader >= 0))
    return yield* asItIs(client, wanted, there)
  for (;;) {
    const [outcome] = yield* asking(() => client.createTopics([newTopic(wanted)]))
    const { error } = outcome ?? {}
    if (error === undefined) return yield* waitUntilLed(client, wanted)
    if (error.kind !== topicThere) return yield* kafkaFailure(error)
    const [found] = yield* asking(() => client.topics([wanted.name]))
    if (found !== undefined && found.error === undefined) return yield* asItIs(client, wanted, found)
    if (performance.now() - began > goingMs) return yield* kafkaFailure(found?.error ?? error)
    yield* Effect.sleep(pauseMs)
  }
})

const asItIs = (
  client: KafkaClient,
  wanted: WantedTopic,
  { id, partitions }: TopicMetadata
): Effect.Effect<string, TransportError> =>
  checkPartitions(wanted, partitions.length).pipe(
    Effect.andThen(wanted.follows === true ? follow(client, wanted) : Effect.void),
    Effect.as(id)
  )

/** What of a topic is set anew where its stream is said to keep something else. */
const keepingConfigs = ({ isCompacted, retainBytes }: WantedTopic) => ({
  "cleanup.policy": isCompacted ? "compact" : "delete",
  "retention.bytes": `${retainBytes ?? -1}`
})

const follow = Effect.fnUntraced(function* (client: KafkaClient, wanted: WantedTopic) {
  const { isCompacted, name, partitions } = wanted
  const [found] = yield* asking(() => client.describeConfigs([name]))
  if (found?.error !== undefined) return yield* kafkaFailure(found.error)
  const changes = Object.entries({
    ...keepingConfigs(wanted),
    ...(isCompacted ? compactedConfigs : {})
  }).filter(([key, value]) => found?.configs[key] !== value)
  if (changes.length === 0) return
  if (isCompacted && found?.configs["cleanup.policy"] === "delete") {
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }))
    const ends = yield* asking(() => client.listOffsets(places, "latest"))
    // Of what stands there the cleaner would drop what has no key: what tasks told of event time, which a reader that begins later needs.
    if (ends.some(({ offset }) => offset > 0n))
      return yield* new TransportError({
        reason: "unsupported",
        message: `stream ${name} has kept every record so far, and its topic in Kafka holds some: it cannot be compacted from now on; give the compacted stream another name, or delete the topic`
      })
  }
  const [outcome] = yield* asking(() => client.alterConfigs([{ name, configs: Object.fromEntries(changes) }]))
  if (outcome?.error !== undefined) return yield* kafkaFailure(outcome.error)
})

/** Of any compacted topic. A segment that is written to is not compacted: it ends before it is as large as Kafka's usual 1 GiB. */
const compactedConfigs = {
  "segment.bytes": `${64 * 1024 * 1024}`,
  "delete.retention.ms": `${deletesToldMs}`
}

const newTopic = ({ configs, isCompacted, name, partitions, replicas, retainBytes }: WantedTopic) => ({
  name,
  partitions,
  ...(replicas === undefined ? {} : { replicas }),
  configs: {
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": `${2n ** 63n - 1n}`,
    "retention.ms": "-1",
    // A segment ends, too, where a record is so much newer than its first: with the marker of each transaction, which is of today.
    "segment.ms": `${2n ** 63n - 1n}`,
    "cleanup.policy": isCompacted ? "compact" : "delete",
    ...(retainBytes === undefined ? {} : { "retention.bytes": `${retainBytes}` }),
    // A frame has 8 MiB at most, and a record of Kafka some bytes more than ours.
    "max.message.bytes": `${16 * 1024 * 1024}`,
    ...(isCompacted ? compactedConfigs : {}),
    ...configs
  }
})

/** Brokers learn of a new topic one after the other. */
const waitUntilLed = Effect.fnUntraced(function* (client: KafkaClient, wanted: WantedTopic) {
  const began = performance.now()
  for (;;) {
    const [found] = yield* asking(() => client.topics([wanted.name]))
    const isLed =
      found !== undefined &&
      found.error === undefined &&
      found.partitions.length === wanted.partitions &&
      found.partitions.every(({ leader }) => leader >= 0)
    if (isLed) return found.id
    if (performance.now() - began > goingMs)
      return yield* new TransportError({
        reason: "unavailable",
        message: `Kafka: topic ${wanted.name} was made, and has no leaders after ${goingMs / 1000} s`
      })
    yield* Effect.sleep(pauseMs)
  }
})

const checkPartitions = (
  { atLeast, name, partitions }: WantedTopic,
  found: number
): Effect.Effect<void, TransportError> =>
  (atLeast === undefined ? partitions === found : found >= atLeast)
    ? Effect.void
    : Effect.fail(
        new TransportError({
          reason: "partitionCount",
          message: `topic ${name} of Kafka has ${found} partitions, not ${partitions}: the number never changes; take another name`
        })
      )

/** Deletes the topic, and answers when the brokers know no more of it. */
export const deleteKafkaTopic = Effect.fnUntraced(function* (client: KafkaClient, name: string) {
  const began = performance.now()
  const [outcome] = yield* asking(() => client.deleteTopics([name]))
  const { error } = outcome ?? {}
  if (error !== undefined && error.kind !== topicUnknown) return yield* kafkaFailure(error)
  while (performance.now() - began < goingMs) {
    const [found] = yield* asking(() => client.topics([name]))
    if (found === undefined || found.error !== undefined) return
    yield* Effect.sleep(pauseMs)
  }
})
