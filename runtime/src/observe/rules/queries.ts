import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { MetricDefinition } from "../../telemetry/metric/definition.ts"
import type { Aggregate, Comparison, Query } from "../../telemetry/query/query.ts"

export const perNode = ["pipeline", "node"]
export const perChain = ["pipeline", "chain"]
export const perProcess = ["domain", "pid"]

export const newest = (
  metric: MetricDefinition,
  by: readonly string[],
  aggregate: Aggregate = "sum"
): Query => ({
  query: "latest",
  metric,
  aggregate,
  by
})

/** A counter's growth in a window. */
export const growth = (metric: MetricDefinition, seconds: number, by: readonly string[]): Query => ({
  query: "increase",
  metric,
  seconds,
  aggregate: "sum",
  by
})

export const ratio = (left: Query, right: Query): Query => ({ query: "divide", left, right })

/** A pipeline that a person paused is expected to stand still. */
export const isNotPaused: Comparison = {
  query: newest(metrics.pipelinePaused, ["pipeline"], "max"),
  is: "==",
  threshold: 0
}
