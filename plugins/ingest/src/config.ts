import { inboxConfig, Schema } from "@millrace/sdk"

export const Config = Schema.Struct({
  schema: Schema.Unknown.annotate({ description: "The contract of the events: an Avro record schema" }),
  key: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({ description: "Fields that the record key is made of" })
  ),
  ...inboxConfig
})
export type Config = typeof Config.Type
