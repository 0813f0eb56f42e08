import * as Schema from "effect/Schema"
import { created, defineEndpoint, json, noContent, ok } from "./endpoint.ts"

export const SavepointName = Schema.String.check(
  Schema.isPattern(/^[a-z0-9]+(?:-[a-z0-9]+)*$/u, { expected: "a name of a-z, 0-9 and hyphens inside" }),
  Schema.isMaxLength(100)
)

/** A savepoint as the platform keeps it. */
export const SavepointView = Schema.Struct({
  pipeline: Schema.String,
  savepoint: Schema.String,
  revision: Schema.Int,
  /** ms since 1970. */
  takenAt: Schema.Number,
  bytes: Schema.Number,
  /** Its beginning cannot be read; whether all of it can is looked at when it is begun from. */
  isDamaged: Schema.Boolean
})
export type SavepointView = typeof SavepointView.Type

const Pipeline = Schema.Struct({ pipeline: Schema.String })

/** Everything that a pipeline keeps, put aside. */
export const savepointEndpoints = [
  defineEndpoint({
    id: "takeSavepoint",
    method: "POST",
    path: "/api/status/:pipeline/savepoints",
    tag: "control",
    summary:
      "Puts aside places, state, timers, event time and sink tokens of a pipeline, all of one moment between batches",
    access: "pipelines",
    resource: "pipeline",
    params: Pipeline,
    /** Without a name it gets one by the time. */
    body: json(Schema.Struct({ savepoint: Schema.optionalKey(SavepointName) })),
    success: created(json(SavepointView)),
    errors: ["PIPELINE_UNKNOWN", "SAVEPOINT_EXISTS", "SAVEPOINT_FAILED", "LOG_FAILED"]
  }),
  defineEndpoint({
    id: "listSavepoints",
    method: "GET",
    path: "/api/savepoints",
    tag: "control",
    summary: "Savepoints, of one pipeline or of all, the newest last; those of pipelines that are gone too",
    access: "read",
    query: Schema.Struct({ pipeline: Schema.optionalKey(Schema.String) }),
    success: ok(json(Schema.Array(SavepointView))),
    errors: ["SAVEPOINT_FAILED"]
  }),
  defineEndpoint({
    id: "deleteSavepoint",
    method: "DELETE",
    path: "/api/savepoints/:pipeline/:savepoint",
    tag: "control",
    summary: "Deletes a savepoint",
    access: "pipelines",
    resource: "pipeline",
    params: Schema.Struct({ pipeline: Schema.String, savepoint: Schema.String }),
    success: noContent,
    errors: ["SAVEPOINT_UNKNOWN", "SAVEPOINT_FAILED"]
  })
] as const
