import { kafkaConfig, Schema } from "@millrace/sdk"
import { registryConfig } from "../avro/registry-config.ts"

export const usualMaxBytes = 1_000_000

const Key = Schema.Union([
  Schema.Literals(["record", "none"]),
  Schema.Struct({
    fields: Schema.Array(Schema.String).annotate({ description: "The fields that the key is made of" }),
    format: Schema.optionalKey(
      Schema.Literals(["string", "json", "avro"]).annotate({
        description:
          "string (default): the one field's text; json: an object of the fields; avro: the one field's value, or a record of several, behind a schema's id"
      })
    ),
    record: Schema.optionalKey(
      Schema.String.annotate({
        description:
          "avro: full name of the key's record, which one field is then, too; default: that of the values and Key"
      })
    )
  })
])

const Headers = Schema.Struct({
  field: Schema.String.annotate({
    description: "A field that is a map of text or bytes; it is left out of the value"
  })
})

export const SinkConfig = Schema.Struct({
  ...kafkaConfig,
  ...registryConfig,
  format: Schema.Literals(["string", "json", "raw", "avro"]).annotate({
    description:
      "string: a field's text in UTF-8; json: the record as an object; raw: a field's bytes; avro: the record behind a schema's id"
  }),
  schemas: Schema.optionalKey(
    Schema.Literals(["register", "latest"]).annotate({
      description:
        "avro: the stream's schema is registered under TOPIC-value, the key's under TOPIC-key (default); or records are written with the latest that these subjects have"
    })
  ),
  valueField: Schema.optionalKey(
    Schema.String.annotate({ description: "string and raw: the field that is the value; default: value" })
  ),
  key: Schema.optionalKey(
    Key.annotate({
      description: "record (default): the record's key as it is; none; or made of fields"
    })
  ),
  headers: Schema.optionalKey(
    Headers.annotate({ description: "Headers beside those of the record; default: none" })
  ),
  tombstones: Schema.optionalKey(
    Schema.Literals(["write", "skip", "dead-letter"]).annotate({
      description: "A delete is a record without a value (default), passed over, or a dead letter"
    })
  ),
  timestamps: Schema.optionalKey(
    Schema.Literals(["event", "now"]).annotate({
      description: "The records' time: their event time (default), or when they are written"
    })
  ),
  delivery: Schema.optionalKey(
    Schema.Literals(["exactly-once", "at-least-once"]).annotate({
      description: "exactly-once (default): in transactions; at-least-once: by an idempotent producer"
    })
  ),
  idHeader: Schema.optionalKey(
    Schema.String.annotate({
      description: "A header with an id of the record, the same again when it is written again; default: none"
    })
  ),
  compression: Schema.optionalKey(
    Schema.Literals(["none", "gzip", "snappy", "lz4", "zstd"]).annotate({ description: "default: none" })
  ),
  maxBytes: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 16 * 1024 * 1024 })).annotate({
      description: "A record of more bytes becomes a dead letter; default: 1000000, which topics usually take"
    })
  )
})
export type SinkConfig = typeof SinkConfig.Type
