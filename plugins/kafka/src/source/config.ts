import { Duration, kafkaConfig, Schema } from "@millrace/sdk"
import { registryConfig } from "../avro/registry-config.ts"

export const FieldConfig = Schema.Struct({
  type: Schema.Unknown.annotate({
    description: "An Avro type: string, long, { type: array, items: string }"
  }),
  nullable: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "null, or absent, is null; default: false" })
  ),
  sensitive: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Masked where people look at records" })
  ),
  doc: Schema.optionalKey(Schema.String)
})
export type FieldConfig = typeof FieldConfig.Type

export const formats = ["string", "json", "raw", "avro"] as const
export const keyFormats = ["string", "long", "raw", "json", "avro"] as const

const Key = Schema.Struct({
  format: Schema.optionalKey(
    Schema.Literals(keyFormats).annotate({
      description:
        "string (default): UTF-8; long: 8 bytes; raw: as it is; json: an object with the fields, or the one field's value; avro: a record with the fields, or the one field's value, behind a schema's id"
    })
  ),
  fields: Schema.Array(Schema.String).annotate({
    description:
      "The fields that the record key is made of. One that values do not have is added to them, and holds the topic's key"
  }),
  types: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Unknown).annotate({
      description:
        "avro: Avro types of those fields that values do not have; of one alone string unless said otherwise"
    })
  ),
  nullable: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "Records without a key are taken: the added field is null; default: false"
    })
  )
})

const Headers = Schema.Struct({
  field: Schema.String.annotate({ description: "A field that is added: a map of the record's headers" }),
  as: Schema.optionalKey(
    Schema.Literals(["text", "bytes"]).annotate({ description: "default: text (UTF-8)" })
  )
})

export const SourceConfig = Schema.Struct({
  ...kafkaConfig,
  ...registryConfig,
  format: Schema.Literals(formats).annotate({
    description: "string: UTF-8 text; json: an object; raw: bytes as they are; avro: behind a schema's id"
  }),
  record: Schema.optionalKey(
    Schema.String.annotate({ description: "Full name of the record; default: kafka.Record" })
  ),
  valueField: Schema.optionalKey(
    Schema.String.annotate({ description: "string and raw: the field that holds the value; default: value" })
  ),
  fields: Schema.optionalKey(
    Schema.Record(Schema.String, FieldConfig).annotate({
      description: "json and avro: the record's fields in their order"
    })
  ),
  schema: Schema.optionalKey(
    Schema.Unknown.annotate({ description: "In place of record and fields: an Avro record schema" })
  ),
  key: Schema.optionalKey(Key.annotate({ description: "The records' key; default: they have none" })),
  headers: Schema.optionalKey(
    Headers.annotate({ description: "Headers as a field, beside those of the record; default: not" })
  ),
  tombstones: Schema.optionalKey(
    Schema.Literals(["delete", "skip", "dead-letter"]).annotate({
      description:
        "A record without a value: a delete of its key (default where there is a key), passed over, or a dead letter (default without)"
    })
  ),
  start: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^(?:earliest|latest|\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?)$/, {
        expected: "earliest, latest, or a time like 2026-01-31T12:00:00Z"
      })
    ).annotate({
      description: "Where reading begins at first: earliest (default), latest, or the first record of a time"
    })
  ),
  isolation: Schema.optionalKey(
    Schema.Literals(["committed", "uncommitted"]).annotate({
      description: "committed (default): records of open and aborted transactions are left out"
    })
  ),
  onDropped: Schema.optionalKey(
    Schema.Literals(["fail", "earliest"]).annotate({
      description:
        "The topic dropped records before they were read: the source stops with an error (default), or goes on with the first there is"
    })
  ),
  group: Schema.optionalKey(
    Schema.String.annotate({
      description: "A consumer group that offsets are committed to, for tools that show lag; default: none"
    })
  ),
  poll: Schema.optionalKey(
    Duration({ description: "Time between two looks where there was nothing new; default: 250ms" })
  )
})
export type SourceConfig = typeof SourceConfig.Type
