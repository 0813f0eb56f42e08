// Generated from demo.primitives, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export class Primitives extends Contract<Primitives>()({
  subject: "demo.primitives",
  key: "s",
  schema: Schema.Struct({
    n: Schema.Null,
    b: Schema.Boolean,
    i: Avro.Int32,
    l: Schema.Int,
    big: Avro.Long,
    bigBounded: Avro.Long.check(Schema.isGreaterThanOrEqualToBigInt(3n)),
    f: Avro.Float,
    d: Schema.Number,
    y: Schema.Uint8Array,
    s: Schema.String,
    uuid: Avro.Uuid,
    date: Avro.Date,
    time_millis: Avro.TimeMillis,
    time_micros: Avro.TimeMicros,
    timestamp_millis: Avro.TimestampMillis,
    timestamp_micros: Avro.TimestampMicros,
    local_timestamp_millis: Avro.LocalTimestampMillis,
    local_timestamp_micros: Avro.LocalTimestampMicros,
    unknown: Schema.String.annotate({ "avro.attributes": { logicalType: "country-code" } })
  })
}) {}
