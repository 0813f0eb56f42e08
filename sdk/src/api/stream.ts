import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"
import { pageQuery } from "./page.ts"

/** Who writes a stream. */
export const StreamProducer = Schema.Struct({
  pipeline: Schema.String,
  node: Schema.String,
  output: Schema.String,
  kind: Schema.Literals(["source", "processor", "sink"]),
  /** `name@version#plugin`, or the path and plugin. */
  plugin: Schema.String
})

/** A node that gets at fields of a stream. */
export const StreamConsumer = Schema.Struct({
  pipeline: Schema.String,
  node: Schema.String,
  plugin: Schema.String,
  /** True for a node that reads the stream itself; false for one further down, whom fields of it reach unchanged or reworked. */
  direct: Schema.Boolean,
  /** Exactly the fields of the stream that it consumes, by name. */
  fields: Schema.Array(Schema.String)
})
export type StreamConsumer = typeof StreamConsumer.Type

export const StreamField = Schema.Struct({
  name: Schema.String,
  /** As in messages: `double`, `[null, string]`. */
  type: Schema.String,
  doc: Schema.optionalKey(Schema.String),
  sensitive: Schema.Boolean,
  /** Where its values come from in the end: `node.field` of sources, `stream.field` of other pipelines' streams. */
  origins: Schema.Array(Schema.String)
})

export const StreamSummary = Schema.Struct({
  /** Also the name of its topic, and its subject in the registry. */
  stream: Schema.String,
  owner: Schema.NullOr(Schema.String),
  /** Of the schema that is written now; null when the registry has none. */
  version: Schema.NullOr(Schema.Int),
  key: Schema.Array(Schema.String),
  partitions: Schema.Int,
  /** Null when the pipeline that wrote it is gone; its records stay. */
  producer: Schema.NullOr(StreamProducer),
  /** Names of the pipelines that read it. */
  readBy: Schema.Array(Schema.String),
  /** Control records included. */
  records: Schema.String,
  /** Time of the newest record, by its own timestamp, milliseconds since 1970; null for an empty stream. */
  lastRecordAt: Schema.NullOr(Schema.Number),
  /** When its producer last committed, milliseconds since 1970; null before it has. */
  lastCommitAt: Schema.NullOr(Schema.Number)
})
export type StreamSummary = typeof StreamSummary.Type

export const StreamDetail = Schema.Struct({
  ...StreamSummary.fields,
  schemaId: Schema.NullOr(Schema.Int),
  /** Avro schema text; null when nobody knows it any more. */
  schema: Schema.NullOr(Schema.String),
  fields: Schema.Array(StreamField),
  consumers: Schema.Array(StreamConsumer)
})
export type StreamDetail = typeof StreamDetail.Type

const word = Schema.String.check(Schema.isMaxLength(200))

/** The catalogue: every named stream with who writes it and who reads which of its fields. */
export const streamEndpoints = [
  defineEndpoint({
    id: "listStreams",
    method: "GET",
    path: "/api/streams",
    tag: "catalogue",
    summary: "The catalogue of streams, by name",
    access: "read",
    query: Schema.Struct({
      ...pageQuery.fields,
      /** Part of a name, an owner, a field or a doc. */
      search: Schema.optionalKey(word),
      /** Streams with a field of this name. */
      field: Schema.optionalKey(word),
      owner: Schema.optionalKey(word),
      /** Streams that this package writes or reads, in any version. */
      package: Schema.optionalKey(word)
    }),
    success: ok(
      json(Schema.Struct({ streams: Schema.Array(StreamSummary), next: Schema.NullOr(Schema.String) }))
    ),
    errors: ["LOG_FAILED"]
  }),
  defineEndpoint({
    id: "getStream",
    method: "GET",
    path: "/api/streams/:stream",
    tag: "catalogue",
    summary: "A stream with its fields, and the nodes that consume each",
    access: "read",
    params: Schema.Struct({ stream: word }),
    success: ok(json(StreamDetail)),
    errors: ["STREAM_UNKNOWN", "LOG_FAILED"]
  })
] as const
