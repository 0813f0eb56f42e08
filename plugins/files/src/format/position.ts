import { Schema } from "@millrace/sdk"
import { Followed } from "../follow/followed.ts"

/** Where in a file the next read begins: everything that it needs. */
export const Position = Schema.Struct({
  /** In bytes. */
  offset: Schema.Int,
  /** Line of the next record, from 1 (ndjson, csv), or its number from 0 (json, avro). */
  place: Schema.Int,
  /** csv: the header. */
  columns: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Inside a record that is too large: what has to be known to find its end. */
  skip: Schema.optionalKey(
    Schema.Struct({ depth: Schema.Int, quoted: Schema.Boolean, escaped: Schema.Boolean })
  ),
  /** With `follow`: every file's place. The others then mean nothing. */
  follow: Schema.optionalKey(Followed),
  /** avro: records of the block at `offset` that were read before. */
  within: Schema.optionalKey(Schema.Int),
  /** avro: the file's sync marker in hexadecimal digits, by which another file of the same name is known. */
  sync: Schema.optionalKey(Schema.String),
  /** avro: the block at `offset` is damaged; the next begins after a sync marker that has to be found. */
  isSeeking: Schema.optionalKey(Schema.Boolean)
})
export type Position = typeof Position.Type
export type Skip = NonNullable<Position["skip"]>
