import * as Schema from "effect/Schema"
import { defineEndpoint, json, ok } from "./endpoint.ts"

/** ms since 1970; absent: never. */
const expires = Schema.optionalKey(Schema.Number)

/** A key that a node keeps something of, and where. */
export const StateKey = Schema.Struct({
  partition: Schema.Int,
  state: Schema.String,
  /** A key of one field as its value, of several as a JSON array; `null` for the null key. */
  key: Schema.String,
  /** Of value state: the value, sensitive fields masked. */
  value: Schema.optionalKey(Schema.Unknown),
  /** Of a map: how many entries there are, counted up to 1,000. */
  entries: Schema.optionalKey(Schema.Int),
  expires
})
export type StateKey = typeof StateKey.Type

export const StateKeys = Schema.Struct({
  node: Schema.String,
  keys: Schema.Array(StateKey),
  /** To be given as `after` for what follows; null: that was all. */
  next: Schema.NullOr(Schema.String)
})
export type StateKeys = typeof StateKeys.Type

/** Everything that a node keeps of one key. */
export const KeyState = Schema.Struct({
  node: Schema.String,
  key: Schema.String,
  partition: Schema.Int,
  states: Schema.Array(
    Schema.Struct({
      state: Schema.String,
      kind: Schema.String,
      /** One for value state; of a map each entry with its key. */
      entries: Schema.Array(
        Schema.Struct({ mapKey: Schema.optionalKey(Schema.Unknown), value: Schema.Unknown, expires })
      ),
      /** There are more entries than are shown. */
      isCut: Schema.Boolean
    })
  ),
  timers: Schema.Array(
    Schema.Struct({
      clock: Schema.Literals(["event", "processing"]),
      /** ms since 1970. */
      time: Schema.Number,
      tag: Schema.String
    })
  )
})
export type KeyState = typeof KeyState.Type

const PipelineNode = Schema.Struct({ pipeline: Schema.String, node: Schema.String })
const Limit = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 10_000 }))

/** What nodes keep by key. */
export const stateEndpoints = [
  defineEndpoint({
    id: "stateKeys",
    method: "GET",
    path: "/api/status/:pipeline/nodes/:node/state",
    tag: "control",
    summary: "The keys that a node keeps state of, in the order of partitions, states and key bytes",
    access: "read",
    params: PipelineNode,
    query: Schema.Struct({ after: Schema.optionalKey(Schema.String), limit: Schema.optionalKey(Limit) }),
    success: ok(json(StateKeys)),
    errors: ["PIPELINE_UNKNOWN", "NODE_UNKNOWN", "NODE_WITHOUT_STATE", "LOG_FAILED"]
  }),
  defineEndpoint({
    id: "keyState",
    method: "GET",
    path: "/api/status/:pipeline/nodes/:node/state/key",
    tag: "control",
    summary: "What a node keeps of one key: values, map entries, timers",
    access: "read",
    params: PipelineNode,
    query: Schema.Struct({ key: Schema.String, limit: Schema.optionalKey(Limit) }),
    success: ok(json(KeyState)),
    errors: ["PIPELINE_UNKNOWN", "NODE_UNKNOWN", "NODE_WITHOUT_STATE", "STATE_KEY_UNKNOWN", "LOG_FAILED"]
  })
] as const
