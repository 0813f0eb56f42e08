import type { MetricDefinition } from "../../../telemetry/metric/definition.ts"
import { metrics } from "../../../telemetry/metric/catalogue.ts"
import type { Aggregate, Matchers, Query } from "../../../telemetry/query/query.ts"
import { panelWindow } from "./panel.ts"

/** Which samples a panel shows, and the labels that its lines are told apart by. */
export interface Selection {
  readonly match?: Matchers
  readonly by?: readonly string[]
}

/** A counter's growth per second. */
export const rateOf = (metric: MetricDefinition, { by = [], match = {} }: Selection): Query => ({
  query: "rate",
  metric,
  match,
  seconds: panelWindow,
  aggregate: "sum",
  by
})

/** A gauge's newest value. */
export const latestOf = (
  metric: MetricDefinition,
  { by = [], match = {} }: Selection,
  aggregate: Aggregate = "sum"
): Query => ({ query: "latest", metric, match, aggregate, by })

/** The bound that a share of a histogram's observations lies below. */
export const quantileOf = (
  metric: MetricDefinition,
  quantile: number,
  { by = [], match = {} }: Selection
): Query => ({ query: "quantile", metric, match, quantile, seconds: panelWindow, by })

/** Time of requests over their number. */
export const meanHostCall = (selection: Selection): Query => ({
  query: "divide",
  left: rateOf(metrics.hostCallSeconds, selection),
  right: rateOf(metrics.hostCalls, selection)
})
