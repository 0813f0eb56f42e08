import * as Schema from "effect/Schema"
import { accepted, defineEndpoint, json, ok } from "./endpoint.ts"

const Pipeline = Schema.Struct({ pipeline: Schema.String })
const Ids = Schema.Array(Schema.String)

/** Fields of a record and the values to put in their place, as JSON of `RecordView` has them. */
export const FieldEdits = Schema.Record(Schema.String, Schema.Unknown)
export type FieldEdits = typeof FieldEdits.Type

/** Puts dead letters back in. */
export const replayEndpoint = defineEndpoint({
  id: "replayDeadLetters",
  method: "POST",
  path: "/api/status/:pipeline/dead-letters/replay",
  tag: "control",
  summary: "Puts dead letters back in at the node that failed them, in their order, each once",
  access: "pipelines",
  resource: "pipeline",
  params: Pipeline,
  body: json(
    Schema.Struct({
      /** Without ids: all that were neither replayed nor discarded yet. */
      ids: Schema.optionalKey(Ids),
      node: Schema.optionalKey(Schema.String),
      /** By id: fields of its record that go in with another value; all other fields stay, sensitive ones unread. */
      edits: Schema.optionalKey(Schema.Record(Schema.String, FieldEdits))
    })
  ),
  success: accepted(json(Schema.Struct({ replayed: Schema.Int }))),
  errors: [
    "PIPELINE_UNKNOWN",
    "DEAD_LETTER_UNKNOWN",
    "DEAD_LETTER_WITHOUT_RECORD",
    "DEAD_LETTER_EDIT_INVALID",
    "PIPELINE_NOT_RUNNING",
    "LOG_FAILED"
  ]
})

/** Puts dead letters away. */
export const discardEndpoint = defineEndpoint({
  id: "discardDeadLetters",
  method: "POST",
  path: "/api/status/:pipeline/dead-letters/discard",
  tag: "control",
  summary: "Puts dead letters away: they are kept, but no longer replayed",
  access: "pipelines",
  resource: "pipeline",
  params: Pipeline,
  body: json(Schema.Struct({ ids: Ids.check(Schema.isMinLength(1)) })),
  success: ok(json(Schema.Struct({ discarded: Schema.Int }))),
  errors: ["PIPELINE_UNKNOWN", "DEAD_LETTER_UNKNOWN", "LOG_FAILED"]
})
