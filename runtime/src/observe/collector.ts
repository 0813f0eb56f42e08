import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { MetricFamily } from "../telemetry/metric/definition.ts"

/** Measures everything that the platform tells of itself; asked at every tick of the history, and by `/metrics`. */
export class Collector extends Context.Service<
  Collector,
  { readonly families: Effect.Effect<readonly MetricFamily[]> }
>()("millrace/observe/Collector") {}
