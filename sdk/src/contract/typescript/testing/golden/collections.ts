// Generated from demo.collections, version 1; edit by `millrace types`.
import { Contract, Schema } from "@millrace/sdk"

export class Collections extends Contract<Collections>()({
  subject: "demo.collections",
  schema: Schema.Struct({
    tags: Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(5)),
    counts: Schema.Record(Schema.String, Schema.Int)
      .annotate({ "avro.attributes": { unit: "views" } })
      .check(Schema.isMaxProperties(9)),
    matrix: Schema.Array(Schema.Array(Schema.Number)).annotateKey({ "avro.default": [[1, 0.5], []] }),
    byName: Schema.Record(Schema.String, Schema.Array(Schema.NullOr(Schema.String))).annotateKey({
      "avro.default": { ["__proto__"]: ["a"], "b c": [] }
    })
  }).annotate({ "avro.name": "demo.Collections" })
}) {}
