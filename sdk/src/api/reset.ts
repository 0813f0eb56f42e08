import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"

const Offset = Schema.String.check(Schema.isPattern(/^\d{1,18}$/, { expected: "an offset of the log" }))

export const ResetRequest = Schema.Struct({
  target: Schema.Union([
    Schema.Struct({ to: Schema.Literal("start") }),
    Schema.Struct({ to: Schema.Literal("offset"), offset: Offset }),
    /** ms since 1970. */
    Schema.Struct({ to: Schema.Literal("time"), time: Schema.Number })
  ]),
  /** Only says what it would do. */
  dryRun: Schema.Boolean
})
export type ResetRequest = typeof ResetRequest.Type

export const ResetView = Schema.Struct({
  pipeline: Schema.String,
  /** A line per change, like a plan's. */
  changes: Schema.Array(
    Schema.Struct({ action: Schema.Literals(["add", "remove", "change", "note"]), text: Schema.String })
  ),
  done: Schema.Boolean
})
export type ResetView = typeof ResetView.Type

/** Sets a pipeline back. */
export const resetEndpoint = defineEndpoint({
  id: "resetPipeline",
  method: "POST",
  path: "/api/status/:pipeline/reset",
  tag: "control",
  summary: "Sets a pipeline back to an earlier place in what it reads; its state begins empty",
  access: "pipelines",
  resource: "pipeline",
  params: Schema.Struct({ pipeline: Schema.String }),
  body: json(ResetRequest),
  success: ok(json(ResetView)),
  errors: ["PIPELINE_UNKNOWN", "RESET_IMPOSSIBLE", "LOG_FAILED"]
})
