import * as Schema from "effect/Schema"
import { created, defineEndpoint, json, noContent, ok } from "../endpoint.ts"

/** `pending`: its condition holds, not yet as long as the rule asks. `resolved`: it was firing within the last hours. */
export const AlertState = Schema.Literals(["pending", "firing", "resolved"])

export const AlertView = Schema.Struct({
  /** Stable for the same rule and labels. */
  id: Schema.String,
  rule: Schema.String,
  severity: Schema.Literals(["critical", "warning", "info"]),
  state: AlertState,
  /** `pipeline`, `node`, `domain` … of what it is about. */
  labels: Schema.Record(Schema.String, Schema.String),
  owner: Schema.String,
  summary: Schema.String,
  /** What to look at, and what to do. */
  remedy: Schema.String,
  value: Schema.Number,
  threshold: Schema.Number,
  unit: Schema.String,
  /** ms since 1970 */
  since: Schema.Number,
  firedAt: Schema.optionalKey(Schema.Number),
  resolvedAt: Schema.optionalKey(Schema.Number),
  /** Id of the silence that keeps it from being told. */
  silencedBy: Schema.optionalKey(Schema.String)
})
export type AlertView = typeof AlertView.Type

/** Alerts that it matches are not told until it ends; every label given has to be equal. */
export const SilenceRequest = Schema.Struct({
  rule: Schema.optionalKey(Schema.String),
  labels: Schema.Record(Schema.String, Schema.String),
  /** ms since 1970 */
  until: Schema.Number,
  reason: Schema.String
})
export const SilenceView = Schema.Struct({
  id: Schema.String,
  rule: Schema.optionalKey(Schema.String),
  labels: Schema.Record(Schema.String, Schema.String),
  until: Schema.Number,
  reason: Schema.String,
  by: Schema.String,
  at: Schema.Number
})
export type SilenceRequest = typeof SilenceRequest.Type
export type SilenceView = typeof SilenceView.Type

const listAlerts = defineEndpoint({
  id: "listAlerts",
  method: "GET",
  path: "/api/alerts",
  tag: "observe",
  summary: "What alerts: pending, firing, and lately resolved",
  access: "read",
  query: Schema.Struct({ pipeline: Schema.optionalKey(Schema.String) }),
  success: ok(json(Schema.Array(AlertView))),
  errors: []
})

const listSilences = defineEndpoint({
  id: "listSilences",
  method: "GET",
  path: "/api/silences",
  tag: "observe",
  summary: "Silences in force",
  access: "read",
  success: ok(json(Schema.Array(SilenceView))),
  errors: []
})

const addSilence = defineEndpoint({
  id: "addSilence",
  method: "POST",
  path: "/api/silences",
  tag: "observe",
  summary: "Keeps alerts from being told for a while",
  access: "pipelines",
  body: json(SilenceRequest),
  success: created(json(SilenceView)),
  errors: ["SILENCE_ENDED"]
})

const removeSilence = defineEndpoint({
  id: "removeSilence",
  method: "DELETE",
  path: "/api/silences/:id",
  tag: "observe",
  summary: "Ends a silence",
  access: "pipelines",
  params: Schema.Struct({ id: Schema.String }),
  success: noContent,
  errors: ["SILENCE_UNKNOWN"]
})

export const alertEndpoints = [listAlerts, listSilences, addSilence, removeSilence] as const
