// Generated from demo.enums, version 1; edit by `millrace types`.
import { Avro, Contract, Schema } from "@millrace/sdk"

export const One = Avro.Enum("demo.One", ["ONLY"])
export type One = typeof One.Type

export const Many = Avro.Enum(
  "demo.Many",
  ["FIRST_OF_SYMBOLS", "SECOND_OF_SYMBOLS", "THIRD_OF_SYMBOLS", "FOURTH_OF_SYMBOLS", "FIFTH_OF_SYMBOLS"],
  { default: "FIRST_OF_SYMBOLS", aliases: ["demo.Lots"] }
).annotate({ "avro.attributes": { team: "x" } })
export type Many = typeof Many.Type

export class Enums extends Contract<Enums>()({
  subject: "demo.enums",
  schema: Schema.Struct({
    one: One,
    many: Many,
    either: Schema.Union([One, Many, Schema.Null]).annotate({ "avro.keepOrder": true }),
    again: Many.annotateKey({ "avro.default": "SECOND_OF_SYMBOLS" })
  }).annotate({ "avro.name": "demo.Enums" })
}) {}
