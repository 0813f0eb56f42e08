// Generated from demo.unions, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export const Left = Schema.Struct({
  a: Avro.Int32
}).annotate({ identifier: "Left" })
export type Left = typeof Left.Type

export const Right = Schema.Struct({
  b: Avro.Int32
}).annotate({ identifier: "Right" })
export type Right = typeof Right.Type

export class Unions extends Contract<Unions>()({
  subject: "demo.unions",
  schema: Schema.Struct({
    nullLast: Schema.Union([Schema.String, Schema.Null]).annotate({ "avro.keepOrder": true }),
    nullLastDefault: Schema.NullOr(Schema.String).annotateKey({ "avro.default": "x" }),
    defaultSecond: Schema.Union([Schema.Null, Schema.String])
      .annotate({ "avro.keepOrder": true })
      .annotateKey({ "avro.default": "y" }),
    three: Schema.Union([Schema.Null, Schema.String, Avro.Int32]),
    threeMixed: Schema.Union([Schema.String, Schema.Null, Avro.Int32]).annotate({ "avro.keepOrder": true }),
    single: Schema.Union([Schema.String]).annotate({ "avro.keepOrder": true }),
    items: Schema.Array(Schema.Union([Avro.Int32, Schema.Null]).annotate({ "avro.keepOrder": true })),
    marked: Schema.Union([Schema.Null.annotate({ "avro.attributes": { why: "x" } }), Schema.String]),
    records: Schema.Union([Left, Right]).annotateKey({ "avro.default": { a: 1 } }),
    nested: Schema.NullOr(Schema.Record(Schema.String, Schema.NullOr(Schema.Int))).annotateKey({
      "avro.default": null
    })
  }).annotate({ "avro.name": "demo.Unions" })
}) {}
