import * as Schema from "effect/Schema"

/** A record as people read it: value and headers decoded, bytes as base64, sensitive fields masked. */
export const RecordView = Schema.Struct({
  topic: Schema.String,
  partition: Schema.Int,
  offset: Schema.String,
  timestamp: Schema.Number,
  /** UTF-8 where the key bytes are text, else `base64:…`; null for a null key. */
  key: Schema.NullOr(Schema.String),
  headers: Schema.Record(Schema.String, Schema.String),
  /** null for a tombstone. */
  value: Schema.Unknown,
  /** `end`, `idle` or `active` for a control record. */
  control: Schema.optionalKey(Schema.Literals(["end", "idle", "active"])),
  schema: Schema.String
})
export type RecordView = typeof RecordView.Type

export const TopicView = Schema.Struct({
  name: Schema.String,
  partitions: Schema.Int,
  internal: Schema.Boolean,
  /** Records per partition, control records included. */
  ends: Schema.Array(Schema.String)
})
export type TopicView = typeof TopicView.Type

export const RecordPage = Schema.Struct({
  records: Schema.Array(RecordView),
  /** Next offset by partition: give it as `from` to go on. */
  next: Schema.Record(Schema.String, Schema.String)
})
export type RecordPage = typeof RecordPage.Type

export const DeadLetterView = Schema.Struct({
  /** `partition-offset` in the dead-letter topic. */
  id: Schema.String,
  pipeline: Schema.String,
  node: Schema.String,
  code: Schema.String,
  tag: Schema.NullOr(Schema.String),
  message: Schema.String,
  /** Where the record stood. */
  topic: Schema.String,
  partition: Schema.Int,
  offset: Schema.String,
  time: Schema.Number,
  /** Decoded, where its bytes still decode. */
  value: Schema.optionalKey(Schema.Unknown),
  raw: Schema.optionalKey(Schema.String),
  /** It was put back in. */
  replayed: Schema.Boolean,
  /** It was put away for good. */
  discarded: Schema.Boolean
})
export type DeadLetterView = typeof DeadLetterView.Type

export const LogLine = Schema.Struct({
  time: Schema.Number,
  level: Schema.Literals(["debug", "info", "warn", "error"]),
  pipeline: Schema.String,
  node: Schema.NullOr(Schema.String),
  message: Schema.String,
  fields: Schema.Unknown
})
export type LogLine = typeof LogLine.Type
