import { Duration, Schema } from "@millrace/sdk"

const Names = Schema.Array(Schema.String).check(Schema.isMinLength(1))
const Bound = (description: string) =>
  Schema.optionalKey(Schema.Union([Schema.Literal("unbounded"), Duration({ description })]))

/** What both joins have. */
const shared = {
  select: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.String).annotate({
      description: "Output field -> the input and its field, like left.id; default: all fields of both"
    })
  ),
  lateness: Schema.optionalKey(
    Duration({
      description:
        "How far below its own source partition's watermark a record may be and still be joined; 0s unless said otherwise"
    })
  ),
  record: Schema.optionalKey(
    Schema.String.annotate({
      description: "Full name of the output's record; default: the left's with Joined after it"
    })
  )
}

const prefix = Schema.optionalKey(
  Schema.String.annotate({ description: "Goes before the names of this input's fields" })
)

export const IntervalConfig = Schema.Struct({
  on: Schema.Struct({ left: Names, right: Names }).annotate({
    description: "Fields that are equal in both records of a pair, in the same order"
  }),
  within: Schema.Struct({
    before: Bound("How much earlier than the left record the right one may be; 0s unless said otherwise"),
    after: Bound("How much later than the left record the right one may be; 0s unless said otherwise")
  }),
  kind: Schema.optionalKey(
    Schema.Literals(["inner", "left", "right", "full"]).annotate({
      description: "Whose records come out without a match, too; inner (default): nobody's"
    })
  ),
  prefix: Schema.optionalKey(Schema.Struct({ left: prefix, right: prefix })),
  ...shared
})
export type IntervalConfig = typeof IntervalConfig.Type

export const TemporalConfig = Schema.Struct({
  on: Schema.Struct({ left: Names, versions: Names }).annotate({
    description: "Fields that are equal in the record and in the version, in the same order"
  }),
  kind: Schema.optionalKey(
    Schema.Literals(["inner", "left"]).annotate({
      description: "A record that no version was valid for goes (inner, default), or has nulls"
    })
  ),
  prefix: Schema.optionalKey(Schema.Struct({ left: prefix, versions: prefix })),
  ...shared
})
export type TemporalConfig = typeof TemporalConfig.Type
