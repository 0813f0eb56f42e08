import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "../endpoint.ts"

/** A node's records since its pipeline was made: in = handled + filtered + dead + missing. */
export const LedgerNode = Schema.Struct({
  node: Schema.String,
  in: Schema.Number,
  handled: Schema.Number,
  filtered: Schema.Number,
  dead: Schema.Number,
  /** What it gave; a record may give none, one or many. */
  out: Schema.Number,
  missing: Schema.Number
})

export const LedgerConsumer = Schema.Struct({
  pipeline: Schema.String,
  chain: Schema.String,
  /** Records of the topic up to where the consumer has committed. */
  read: Schema.Number,
  lag: Schema.Number
})

/** A topic between nodes: what was written = what a consumer read + its lag. Control records count like others. */
export const LedgerEdge = Schema.Struct({
  topic: Schema.String,
  /** Chains of the pipeline that write it; none for a stream of another's. */
  producers: Schema.Array(Schema.String),
  /** Records that commits gave it. */
  written: Schema.Number,
  /** Records that it keeps. */
  kept: Schema.Number,
  consumers: Schema.Array(LedgerConsumer)
})

export const LedgerView = Schema.Struct({
  pipeline: Schema.String,
  /** ms since 1970 */
  at: Schema.Number,
  balanced: Schema.Boolean,
  nodes: Schema.Array(LedgerNode),
  edges: Schema.Array(LedgerEdge),
  /** Where records are not accounted for: lost ones are positive, repeated ones negative. */
  imbalances: Schema.Array(Schema.Struct({ place: Schema.String, records: Schema.Number }))
})
export type LedgerView = typeof LedgerView.Type

const pipelineLedger = defineEndpoint({
  id: "pipelineLedger",
  method: "GET",
  path: "/api/status/:pipeline/ledger",
  tag: "observe",
  summary: "Whether every record of a pipeline is accounted for, node by node and edge by edge",
  access: "read",
  params: Schema.Struct({ pipeline: Schema.String }),
  success: ok(json(LedgerView)),
  errors: ["PIPELINE_UNKNOWN", "LOG_FAILED"]
})

export const ledgerEndpoints = [pipelineLedger] as const
