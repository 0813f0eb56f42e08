import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "../endpoint.ts"

export const TraceOutcome = Schema.Literals(["handled", "filtered", "failed"])
export type TraceOutcome = typeof TraceOutcome.Type

/** What became of a sampled record at one node, in one batch. */
export const TraceSpanView = Schema.Struct({
  spanId: Schema.String,
  parentId: Schema.optionalKey(Schema.String),
  pipeline: Schema.String,
  node: Schema.String,
  plugin: Schema.String,
  partition: Schema.Int,
  /** When its batch was begun, and when what was made of it was durable; ms since 1970. */
  beganAt: Schema.Number,
  endedAt: Schema.Number,
  outcome: TraceOutcome,
  /** Records that it gave. */
  out: Schema.Number
})

export const TraceSummary = Schema.Struct({
  traceId: Schema.String,
  /** ms since 1970 */
  beganAt: Schema.Number,
  /** From the first batch's begin to the last one's end. */
  durationMs: Schema.Number,
  pipelines: Schema.Array(Schema.String),
  spans: Schema.Int,
  /** `failed` where it failed at some node, else `handled` where it came to an end of a pipeline's graph or goes on. */
  outcome: TraceOutcome
})

export const TraceView = Schema.Struct({ ...TraceSummary.fields, all: Schema.Array(TraceSpanView) })
export type TraceSpanView = typeof TraceSpanView.Type
export type TraceView = typeof TraceView.Type
export type TraceSummary = typeof TraceSummary.Type

const listTraces = defineEndpoint({
  id: "listTraces",
  method: "GET",
  path: "/api/traces",
  tag: "observe",
  summary: "Sampled records that were followed, the newest or the slowest first",
  access: "read",
  query: Schema.Struct({
    pipeline: Schema.optionalKey(Schema.String),
    outcome: Schema.optionalKey(TraceOutcome),
    /** Default: `newest`. */
    order: Schema.optionalKey(Schema.Literals(["newest", "slowest"])),
    limit: Schema.optionalKey(
      Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1_000 }))
    )
  }),
  success: ok(json(Schema.Array(TraceSummary))),
  errors: []
})

const showTrace = defineEndpoint({
  id: "showTrace",
  method: "GET",
  path: "/api/traces/:traceId",
  tag: "observe",
  summary: "One sampled record's way across nodes and topics",
  access: "read",
  params: Schema.Struct({ traceId: Schema.String }),
  success: ok(json(TraceView)),
  errors: ["TRACE_UNKNOWN"]
})

export const traceEndpoints = [listTraces, showTrace] as const
