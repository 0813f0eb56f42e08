import * as Schema from "effect/Schema"
import { PipelineState } from "../control-status.ts"

const Rates = Schema.Struct({
  /** Records a second, since the event before. */
  in: Schema.Number,
  out: Schema.Number,
  failed: Schema.Number,
  late: Schema.Number
})

export const LiveNode = Schema.Struct({
  node: Schema.String,
  kind: Schema.Literals(["source", "processor", "sink"]),
  plugin: Schema.String,
  totals: Schema.Struct({
    in: Schema.Number,
    out: Schema.Number,
    filtered: Schema.Number,
    dead: Schema.Number,
    late: Schema.Number
  }),
  rates: Rates,
  /** Share of a core that it took since the event before. */
  cpu: Schema.Number
})

export const LivePipeline = Schema.Struct({
  pipeline: Schema.String,
  owner: Schema.String,
  state: PipelineState,
  revision: Schema.Int,
  lagRecords: Schema.Number,
  /** Of the task that is furthest behind; null where none tells. */
  lagSeconds: Schema.NullOr(Schema.Number),
  watermarkDelaySeconds: Schema.NullOr(Schema.Number),
  /** Open ones: neither replayed nor discarded. */
  deadLetters: Schema.Number,
  alerts: Schema.Struct({ firing: Schema.Int, pending: Schema.Int }),
  nodes: Schema.Array(LiveNode)
})

/**
 * What an event `status` of `GET /api/live` (server-sent events, one a second) holds: everything that the console shows live.
 * Rates are those since the event before of the same listener; 0 in the first.
 */
export const LiveStatus = Schema.Struct({
  /** ms since 1970 */
  at: Schema.Number,
  version: Schema.String,
  startedAt: Schema.Number,
  pipelines: Schema.Array(LivePipeline),
  sandboxes: Schema.Struct({ processes: Schema.Int, residentBytes: Schema.Number, cpu: Schema.Number }),
  platform: Schema.Struct({
    residentBytes: Schema.Number,
    cpu: Schema.Number,
    diskFreeBytes: Schema.Number,
    diskBytes: Schema.Number
  })
})
export type LiveStatus = typeof LiveStatus.Type
