import { Duration, Schema } from "@millrace/sdk"

/** Types of a field that files hold as text or as JSON's plain values. */
export const scalarTypes = [
  "string",
  "int",
  "long",
  "float",
  "double",
  "boolean",
  "date",
  "timestamp-millis",
  "timestamp-micros"
] as const
export type ScalarType = (typeof scalarTypes)[number]

export const FieldConfig = Schema.Struct({
  type: Schema.Literals(scalarTypes),
  from: Schema.optionalKey(
    Schema.String.annotate({ description: "Its name in the file; default: the field's own" })
  ),
  nullable: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "null, or absent, or an empty column of CSV is null; default: false"
    })
  ),
  coerce: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "Numbers and booleans become text, and text becomes numbers and booleans; CSV always does the latter"
    })
  ),
  format: Schema.optionalKey(
    Schema.String.annotate({
      description: "How a date or timestamp is written, like MMM dd yyyy; default: ISO 8601"
    })
  ),
  eventTime: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "The record's event time; for one date or timestamp at most" })
  ),
  sensitive: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Masked where people look at records" })
  ),
  doc: Schema.optionalKey(Schema.String)
})
export type FieldConfig = typeof FieldConfig.Type

export const formats = ["ndjson", "json", "csv", "avro"] as const

export const SourceConfig = Schema.Struct({
  path: Schema.String.annotate({ description: "A file, or a folder: then every file in it is a partition" }),
  format: Schema.Literals(formats).annotate({
    description:
      "ndjson: a JSON object a line; json: one array of objects; csv: RFC 4180 with a header; " +
      "avro: object container files (codecs null and deflate), whose records are resolved to the fields or schema given here"
  }),
  follow: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "true: the files grow, and others come; ndjson and csv only. Default: each is read once, to its end"
    })
  ),
  poll: Schema.optionalKey(
    Duration({ description: "With follow: time between two looks at files that did not grow; default: 1s" })
  ),
  record: Schema.optionalKey(Schema.String.annotate({ description: "Full name of the record; with fields" })),
  fields: Schema.optionalKey(
    Schema.Record(Schema.String, FieldConfig).annotate({ description: "The record's fields in their order" })
  ),
  schema: Schema.optionalKey(
    Schema.Unknown.annotate({ description: "In place of record and fields: an Avro record schema" })
  ),
  key: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({ description: "Fields that the record key is made of" })
  )
})
export type SourceConfig = typeof SourceConfig.Type
