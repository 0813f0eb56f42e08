import * as Schema from "effect/Schema"
import type { StateLayout } from "../../state/layout.ts"
import type { Topic } from "../transport.ts"

/** A keyed node's state: what its entries are kept under, and how they are laid out. */
export interface StateRecord extends StateLayout {
  readonly id: number
  /** Made anew for another plan, which has not been opened yet. */
  readonly staged?: StateLayout & { readonly id: number }
}

const TopicText = Schema.fromJsonString(
  Schema.Struct({
    name: Schema.String,
    partitions: Schema.Int,
    internal: Schema.Boolean,
    id: Schema.Int,
    retainBytes: Schema.optionalKey(Schema.Int),
    compact: Schema.optionalKey(Schema.Boolean)
  })
)
const NodeText = Schema.fromJsonString(Schema.Struct({ id: Schema.Int }))
const IdsText = Schema.fromJsonString(Schema.Struct({ id: Schema.Int, schema: Schema.Int }))
const layoutFields = {
  id: Schema.Int,
  key: Schema.String,
  states: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      kind: Schema.String,
      mapKey: Schema.optionalKey(Schema.String),
      slot: Schema.Int,
      schemas: Schema.Array(Schema.Int)
    })
  ),
  retired: Schema.Array(Schema.Int)
}
const StateText = Schema.fromJsonString(
  Schema.Struct({ ...layoutFields, staged: Schema.optionalKey(Schema.Struct(layoutFields)) })
)
const FormatText = Schema.fromJsonString(Schema.Struct({ format: Schema.Int }))

const decodeTopic = Schema.decodeUnknownSync(TopicText)
const decodeNode = Schema.decodeUnknownSync(NodeText)
const decodeIds = Schema.decodeUnknownSync(IdsText)
const decodeState = Schema.decodeUnknownSync(StateText)
const decodeFormat = Schema.decodeUnknownSync(FormatText)

/** The JSON values of the `meta` database. Each reader throws a SchemaError for what is none. */
export const readTopic = (text: Buffer): Topic => decodeTopic(text.toString("utf8"))
export const readNodeId = (text: Buffer): number => decodeNode(text.toString("utf8")).id
export const readIds = (text: Buffer): { readonly id: number; readonly schema: number } =>
  decodeIds(text.toString("utf8"))
/** Id and layout of a node's state. */
export const readState = (text: Buffer): StateRecord => decodeState(text.toString("utf8"))
export const readFormat = (text: Buffer): number => decodeFormat(text.toString("utf8")).format
