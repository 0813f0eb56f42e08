import * as Schema from "effect/Schema"
import type { Topic } from "../transport.ts"

const TopicText = Schema.fromJsonString(
  Schema.Struct({
    name: Schema.String,
    partitions: Schema.Int,
    internal: Schema.Boolean,
    id: Schema.Int
  })
)
const NodeText = Schema.fromJsonString(Schema.Struct({ id: Schema.Int }))
const IdsText = Schema.fromJsonString(Schema.Struct({ id: Schema.Int, schema: Schema.Int }))
const FormatText = Schema.fromJsonString(Schema.Struct({ format: Schema.Int }))

const decodeTopic = Schema.decodeUnknownSync(TopicText)
const decodeNode = Schema.decodeUnknownSync(NodeText)
const decodeIds = Schema.decodeUnknownSync(IdsText)
const decodeFormat = Schema.decodeUnknownSync(FormatText)

/** The JSON values of the `meta` database. Each reader throws a SchemaError for what is none. */
export const readTopic = (text: Buffer): Topic => decodeTopic(text.toString("utf8"))
export const readNodeId = (text: Buffer): number => decodeNode(text.toString("utf8")).id
export const readIds = (text: Buffer): { readonly id: number; readonly schema: number } =>
  decodeIds(text.toString("utf8"))
export const readFormat = (text: Buffer): number => decodeFormat(text.toString("utf8")).format
