import { type ApiError, apiError, type RecordPage, type RecordView, type TopicView } from "@millrace/sdk/api"
import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { nearest } from "../pipeline/suggestion.ts"
import { Transport, type Topic, type TransportError } from "../transport/transport.ts"
import type { RecordViewer } from "./record-view.ts"

const readBytes = 1_048_576

/** A failure of the log as the API answers it. */
export const logFailed = (error: TransportError): ApiError =>
  apiError("LOG_FAILED", { reason: error.message })

/** Every topic with its ends. */
export const listTopics = Effect.gen(function* () {
  const transport = yield* Transport
  const topics = yield* transport.topics
  return yield* Effect.forEach(topics, topicView)
}).pipe(Effect.mapError(logFailed))

const topicView = Effect.fnUntraced(function* (topic: Topic) {
  const transport = yield* Transport
  const ends = yield* Effect.forEach(partitionsOf(topic, undefined), (partition) =>
    transport.end(topic.name, partition)
  )
  return {
    name: topic.name,
    partitions: topic.partitions,
    internal: topic.internal,
    ends: ends.map(String)
  } satisfies TopicView
})

export interface RecordQuery {
  readonly topic: string
  readonly partition: number | undefined
  readonly from: bigint
  readonly limit: number
}

/** Records of a topic from an offset on, partition by partition, decoded. */
export const readRecords = Effect.fn("readRecords")(function* (query: RecordQuery, viewer: RecordViewer) {
  const transport = yield* Transport
  const topics = yield* Effect.mapError(transport.topics, logFailed)
  const topic = topics.find(({ name }) => name === query.topic)
  if (topic === undefined) return yield* unknownTopic(query.topic, topics)
  const { partition: only } = query
  if (only !== undefined && only >= topic.partitions)
    return yield* apiError("PARTITION_UNKNOWN", {
      topic: topic.name,
      partition: only,
      last: topic.partitions - 1
    })
  const records: RecordView[] = []
  const next: { [partition: string]: string } = {}
  for (const partition of partitionsOf(topic, query.partition)) {
    const read = yield* readPartition(
      { ...query, partition, limit: query.limit - records.length },
      viewer
    ).pipe(Effect.mapError(logFailed))
    records.push(...read.records)
    next[String(partition)] = String(read.next)
  }
  return { records, next } satisfies RecordPage
})

const partitionsOf = (topic: Topic, only: number | undefined): readonly number[] =>
  Array.from({ length: topic.partitions }, (_, partition) => partition).filter(
    (each) => only === undefined || each === only
  )

const unknownTopic = (topic: string, topics: readonly Topic[]): ApiError => {
  const near = nearest(
    topic,
    topics.map(({ name }) => name)
  )
  return apiError("TOPIC_UNKNOWN", near === undefined ? { topic } : { topic, didYouMean: near })
}

const readPartition = Effect.fnUntraced(function* (
  query: RecordQuery & { readonly partition: number },
  viewer: RecordViewer
) {
  const transport = yield* Transport
  const records: RecordView[] = []
  let next = query.from
  while (records.length < query.limit) {
    const batches = yield* transport.read(query.topic, query.partition, next, readBytes)
    if (batches.length === 0) break
    for (const batch of batches) {
      const schema = yield* schemaOf(batch.frame)
      const place = {
        topic: query.topic,
        partition: query.partition,
        baseOffset: batch.baseOffset,
        from: next,
        limit: query.limit - records.length
      }
      records.push(...viewer.view(place, batch.frame, schema))
      const last = records.at(-1)
      if (records.length === query.limit && last !== undefined) {
        next = BigInt(last.offset) + 1n
        break
      }
      // No record says where a frame ends whose last ones are gone.
      next = batch.baseOffset + BigInt(openBatch(batch.frame).count)
    }
  }
  return { records, next }
})

/** The text of the schema that a frame was written with; control frames have none and answer `"null"`. */
const schemaOf = Effect.fnUntraced(function* (frame: Uint8Array) {
  const transport = yield* Transport
  return (yield* transport.schema(frame.subarray(48, 80))) ?? '"null"'
})
