import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { MetricFamily, SampleSink } from "../telemetry/metric/definition.ts"

/** Measures everything that the platform tells of itself; asked at every tick of the history, and by `/metrics`. */
export class Collector extends Context.Service<
  Collector,
  {
    /** What there is to measure goes into the sink one by one, and need not be held together. */
    readonly measure: (into: SampleSink) => Effect.Effect<void>
    readonly families: Effect.Effect<readonly MetricFamily[]>
  }
>()("millrace/observe/Collector") {}
