import { Duration, Schema } from "@millrace/sdk"

export const Config = Schema.Struct({
  keyBy: Schema.Array(Schema.String).check(Schema.isMinLength(1)).annotate({
    description: "Records with equal values in these fields are the same"
  }),
  within: Schema.optionalKey(
    Duration({
      description:
        "For how long after the first one others are the same, by event time; for ever unless said otherwise"
    })
  ),
  keep: Schema.optionalKey(
    Schema.Literals(["first", "last"]).annotate({ description: "Which of them is kept; first (default)" })
  ),
  order: Schema.optionalKey(
    Schema.Literals(["arrival", "time"]).annotate({
      description:
        "What first and last mean: arrival (default) passes the first at once; time goes by timestamps, and waits for the watermark"
    })
  ),
  lateness: Schema.optionalKey(
    Duration({
      description:
        "How far below its source partition's watermark a record may be and still count; 0s unless said otherwise"
    })
  )
})
export type Config = typeof Config.Type
