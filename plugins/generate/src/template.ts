import { Duration, Expression, Schema } from "@millrace/sdk"

/** What the expressions of a template see. */
const moment = {
  type: "record",
  name: "millrace.generate.Moment",
  fields: [
    { name: "n", type: "long", doc: "The record's number in its partition, from 0" },
    { name: "id", type: "long", doc: "Its number among those of all partitions" },
    { name: "partition", type: "int" },
    { name: "seed", type: "long" },
    { name: "time", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "random", type: "double", doc: "From 0 (inclusive) to 1 (exclusive), another one for each field" }
  ]
}

/** What both generators are told. */
export const template = {
  record: Schema.String.annotate({ description: "Full name of the records" }),
  fields: Schema.Record(Schema.String, Expression({ row: moment })).annotate({
    description: "The fields in their order, each an expression over n, id, partition, seed, time and random"
  }),
  key: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({ description: "Fields that the record key is made of" })
  ),
  every: Duration({ description: "An interval of event time" }),
  records: Schema.optionalKey(
    Schema.Int.annotate({
      description: "Records of a partition in an interval, all at its beginning; default: 1"
    })
  ),
  partitions: Schema.optionalKey(Schema.Int.annotate({ description: "Default: 1" })),
  seed: Schema.optionalKey(Schema.Int.annotate({ description: "Another seed is another random; default: 0" }))
}

const Template = Schema.Struct(template)
export type Template = typeof Template.Type
