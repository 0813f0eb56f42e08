import { Duration, Expression, Schema } from "@millrace/sdk"

const offset = Schema.optionalKey(
  Duration({ description: "How much after 1970-01-01T00:00Z, or a multiple from there, windows begin" })
)

const Window = Schema.Union([
  Schema.Struct({ tumbling: Duration({ description: "Length of a window" }), offset }),
  Schema.Struct({
    hopping: Schema.Struct({
      size: Duration({ description: "Length of a window" }),
      slide: Duration({ description: "From the start of one to the start of the next" })
    }),
    offset
  }),
  Schema.Struct({
    cumulative: Schema.Struct({
      size: Duration({ description: "After so long it begins anew" }),
      step: Duration({ description: "From the end of one to the end of the next; divides size" })
    }),
    offset
  }),
  Schema.Struct({ session: Duration({ description: "After so long without a record a session ends" }) })
])

const Top = Schema.Struct({
  n: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1_000 })),
  by: Expression({ description: "What the best have the most of; records where it is NULL are left out" }),
  fields: Schema.Array(Schema.String).check(Schema.isMinLength(1)),
  order: Schema.optionalKey(
    Schema.Literals(["desc", "asc"]).annotate({
      description: "The greatest first (desc, default) or the least"
    })
  ),
  ties: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Those that are equal to the last of the n, too; default: false" })
  )
})

const Aggregate = Schema.Union([
  Schema.Struct({ count: Schema.Union([Schema.Literal("*"), Expression()]) }),
  Schema.Struct({ sum: Expression({ type: "number" }) }),
  Schema.Struct({ avg: Expression({ type: "number" }) }),
  Schema.Struct({ min: Expression() }),
  Schema.Struct({ max: Expression() }),
  Schema.Struct({ first: Expression() }),
  Schema.Struct({ last: Expression() }),
  Schema.Struct({ distinct: Expression() }),
  Schema.Struct({ top: Top })
])
export type AggregateConfig = typeof Aggregate.Type
export type TopConfig = typeof Top.Type

export const Config = Schema.Struct({
  keyBy: Schema.Array(Schema.String).annotate({
    description: "Fields of which each value has windows of its own; []: one group"
  }),
  window: Window,
  aggregates: Schema.Record(Schema.String, Aggregate).annotate({
    description: "Output field -> what is gathered for it"
  }),
  start: Schema.optionalKey(
    Schema.String.annotate({ description: "Output field of a window's start; default: window_start" })
  ),
  end: Schema.optionalKey(
    Schema.String.annotate({ description: "Output field of a window's end; default: window_end" })
  ),
  emit: Schema.optionalKey(
    Schema.Literals(["close", "updates"]).annotate({
      description: "Results at a window's end (close, default), or with every change of it"
    })
  ),
  lateness: Schema.optionalKey(
    Duration({ description: "How long after its end a window takes records; default: 0s" })
  ),
  late: Schema.optionalKey(
    Schema.Literals(["drop", "output"]).annotate({
      description: "What becomes of late records: dropped (default), or given by the output late"
    })
  ),
  record: Schema.optionalKey(
    Schema.String.annotate({
      description: "Full name of the output's record; default: the input's with Window after it"
    })
  )
})
export type Config = typeof Config.Type

export const boundNames = ({ end = "window_end", start = "window_start" }: Config) => ({ start, end })
