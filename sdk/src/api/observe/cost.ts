import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "../endpoint.ts"

export const CostBy = Schema.Literals(["plugin", "owner", "pipeline"])

/** What one plugin, owner or pipeline took of this platform since it started. */
export const CostView = Schema.Struct({
  name: Schema.String,
  /** In sandbox processes. */
  cpuSeconds: Schema.Number,
  /** Of all that was measured. */
  share: Schema.Number,
  bytesIn: Schema.Number,
  bytesOut: Schema.Number,
  /** What its nodes keep by key. */
  stateBytes: Schema.Number,
  nodes: Schema.Int
})
export type CostView = typeof CostView.Type

const cost = defineEndpoint({
  id: "cost",
  method: "GET",
  path: "/api/cost",
  tag: "observe",
  summary: "What plugins, owners or pipelines took of this platform since it started, the dearest first",
  access: "read",
  query: Schema.Struct({ by: Schema.optionalKey(CostBy) }),
  success: ok(json(Schema.Array(CostView))),
  errors: []
})

export const costEndpoints = [cost] as const
