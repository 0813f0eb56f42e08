import * as Schema from "effect/Schema"

const Text = Schema.String
const Names = Schema.Array(Text)

/** What a savepoint says of itself, first (docs/formats/savepoint.md). */
export const SavepointHead = Schema.Struct({
  format: Schema.Literal(1),
  pipeline: Text,
  savepoint: Text,
  revision: Schema.Int,
  planHash: Text,
  /** ms since 1970. */
  takenAt: Schema.Number,
  /** A node's config as JSON text: a sink's token is for this config alone. */
  nodes: Schema.Array(Schema.Struct({ node: Text, config: Text })),
  /** Topics that the pipeline writes and reads itself, with the ends of their partitions. */
  topics: Schema.Array(
    Schema.Struct({
      name: Text,
      internal: Schema.Boolean,
      /** `NODE.OUTPUT` that it holds; absent for one that only repartitions. */
      producer: Schema.optionalKey(Text),
      ends: Names
    })
  ),
  /** Nodes with state, and their states in the order of their indexes in the entries. */
  states: Schema.Array(
    Schema.Struct({
      node: Text,
      key: Text,
      states: Schema.Array(
        Schema.Struct({ name: Text, kind: Text, schema: Text, mapKey: Schema.optionalKey(Text) })
      )
    })
  ),
  /** Head of a chain by the id that its frames name it by. */
  producers: Schema.Record(Text, Text)
})
export type SavepointHead = typeof SavepointHead.Type

/** A task's place: a checkpoint of commit.md. */
export const SavedTask = Schema.Struct({
  node: Text,
  partition: Schema.Int,
  sequence: Schema.Number,
  offsets: Schema.Array(Schema.Struct({ topic: Text, partition: Schema.Int, next: Text })),
  positions: Schema.Record(Text, Text),
  tokens: Schema.Record(Text, Text),
  watermarks: Schema.Record(Text, Schema.Number),
  counts: Schema.Record(
    Text,
    Schema.Struct({
      in: Schema.Number,
      out: Schema.Number,
      /** Savepoints of before it was counted have none. */
      handled: Schema.optionalKey(Schema.Number),
      filtered: Schema.Number,
      dead: Schema.Number,
      late: Schema.Number
    })
  ),
  completed: Schema.Boolean,
  now: Schema.Number
})
export type SavedTask = typeof SavedTask.Type
