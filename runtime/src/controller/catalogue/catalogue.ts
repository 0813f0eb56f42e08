import { apiError, limitOf, type PageQuery, type StreamDetail, type StreamSummary } from "@millrace/sdk/api"
import { label, parseAvro, type RecordType } from "@millrace/sdk/avro"
import * as Effect from "effect/Effect"
import { nearest } from "../../pipeline/suggestion.ts"
import { type Topic, Transport } from "../../transport/transport.ts"
import { RunningPipelines } from "../running-pipelines.ts"
import { Streams } from "../streams.ts"
import { logFailed } from "../topics.ts"
import { topicEnd } from "./last-record.ts"
import { type PlannedStream, plannedStreams } from "./stream-uses.ts"

/** What of the catalogue is wanted; all that is said must hold. */
export interface StreamQuery extends PageQuery {
  readonly search?: string
  readonly field?: string
  readonly owner?: string
  readonly package?: string
}

/** A stream that is in a plan, or whose topic a pipeline left behind. */
interface Known {
  readonly topic: Topic | undefined
  readonly planned: PlannedStream | undefined
  readonly name: string
}

/** The catalogue's streams in the order of their names, a page of them. */
export const listStreams = Effect.fn("listStreams")(function* (query: StreamQuery) {
  const limit = limitOf(query)
  const found = (yield* knownStreams).filter(
    (stream) => stream.name > (query.after ?? "") && isWanted(stream, query)
  )
  const page = found.slice(0, limit)
  const streams = yield* Effect.forEach(page, (stream) =>
    Effect.map(
      detailOf(stream),
      ({ consumers: _, fields: __, schema: ___, schemaId: ____, ...summary }) => summary
    )
  )
  const next = found.length > limit ? (page.at(-1)?.name ?? null) : null
  return { streams, next } satisfies {
    readonly streams: readonly StreamSummary[]
    readonly next: string | null
  }
})

/** One stream, whole; fails with STREAM_UNKNOWN. */
export const showStream = Effect.fn("showStream")(function* (name: string) {
  const streams = yield* knownStreams
  const found = streams.find((stream) => stream.name === name)
  if (found !== undefined) return yield* detailOf(found)
  const near = nearest(
    name,
    streams.map((stream) => stream.name)
  )
  return yield* apiError(
    "STREAM_UNKNOWN",
    near === undefined ? { stream: name } : { stream: name, didYouMean: near }
  )
})

const knownStreams = Effect.gen(function* () {
  const runs = yield* Effect.flatMap(RunningPipelines, (running) => running.all)
  const topics = yield* Effect.flatMap(Transport, (transport) => Effect.mapError(transport.topics, logFailed))
  const planned = plannedStreams(runs.map(({ plan }) => plan))
  const names = new Set(planned.map(({ stream }) => stream))
  const left = topics.filter(({ internal, name }) => !internal && !names.has(name))
  return [
    ...planned.map((each): Known => ({
      name: each.stream,
      planned: each,
      topic: topics.find(({ name }) => name === each.stream)
    })),
    ...left.map((topic): Known => ({ name: topic.name, planned: undefined, topic }))
  ].toSorted((one, other) => (one.name < other.name ? -1 : 1))
})

const isWanted = ({ name, planned }: Known, query: StreamQuery): boolean => {
  const fields = planned?.schema?.fields ?? []
  const text = query.search?.toLowerCase()
  const texts = [name, planned?.owner ?? "", ...fields.flatMap((field) => [field.name, field.doc ?? ""])]
  const plugins = [planned?.producer?.node.plugin, ...(planned?.consumers ?? []).map(({ plugin }) => plugin)]
  return (
    (text === undefined || texts.some((each) => each.toLowerCase().includes(text))) &&
    (query.field === undefined || fields.some((field) => field.name === query.field)) &&
    (query.owner === undefined || planned?.owner === query.owner) &&
    (query.package === undefined || plugins.some((plugin) => plugin?.startsWith(`${query.package}@`)))
  )
}

const detailOf = Effect.fnUntraced(function* ({ name, planned, topic }: Known) {
  const partitions = topic?.partitions ?? planned?.topic.partitions ?? 0
  // Before the pipeline's first start there is no topic yet.
  const end = yield* Effect.mapError(topicEnd(name, topic === undefined ? 0 : partitions), logFailed)
  const versions = yield* Effect.flatMap(Streams, (streams) => streams.versions(name))
  const written = planned?.topic.schema
  const version = written === undefined ? versions.at(-1) : versions.find(({ schema }) => schema === written)
  const schema = written ?? version?.schema
  return {
    stream: name,
    owner: planned?.owner ?? null,
    version: version?.version ?? null,
    schemaId: version?.id ?? null,
    key: planned?.topic.key ?? version?.key ?? [],
    partitions,
    producer: producerOf(planned),
    readBy: [...new Set((planned?.consumers ?? []).map(({ pipeline }) => pipeline))].toSorted(),
    records: String(end.records),
    lastRecordAt: end.lastRecordAt ?? null,
    lastCommitAt: planned === undefined ? null : yield* lastCommit(planned),
    schema: schema ?? null,
    fields: fieldsOf(schema, planned?.origins ?? {}),
    consumers: planned?.consumers ?? []
  } satisfies StreamDetail
})

const producerOf = (planned: PlannedStream | undefined): StreamDetail["producer"] => {
  if (planned?.producer === undefined) return null
  const { node, output } = planned.producer
  return { pipeline: planned.pipeline, node: node.name, output, kind: node.kind, plugin: node.plugin }
}

/** By the clock of the chains that write it. */
const lastCommit = Effect.fnUntraced(function* ({ pipeline, topic }: PlannedStream) {
  const transport = yield* Transport
  const checkpoints = yield* Effect.mapError(transport.checkpoints(pipeline), logFailed)
  const times = checkpoints
    .filter(({ task }) => topic.producers.includes(`${pipeline}/${task.node}`))
    .map(({ checkpoint }) => checkpoint.now)
  return times.length === 0 ? null : Math.max(...times)
})

const fieldsOf = (schema: string | undefined, origins: PlannedStream["origins"]): StreamDetail["fields"] =>
  (recordOf(schema)?.fields ?? []).map((field) => ({
    name: field.name,
    type: label(field.type),
    ...(field.doc === undefined ? {} : { doc: field.doc }),
    sensitive: field.attributes["millrace.sensitive"] === true,
    origins: Object.hasOwn(origins, field.name) ? origins[field.name]! : []
  }))

const recordOf = (text: string | undefined): RecordType | undefined => {
  const parsed = text === undefined ? undefined : parseAvro(text)
  return parsed !== undefined && "ok" in parsed && parsed.ok.kind === "record" ? parsed.ok : undefined
}
