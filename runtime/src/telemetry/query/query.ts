import type { Labels, MetricDefinition } from "../metric/definition.ts"

// What dashboards show and alerts watch is said once, as data: Prometheus gets it as PromQL (promql.ts), the console and the
// runtime's own alerts evaluate it over the local history (evaluate.ts).

/** Which samples of a metric: labels that must be equal, or one of several. */
export type Matchers = { readonly [label: string]: string | readonly string[] }

export type Aggregate = "sum" | "max" | "min"

/** An expression over metrics; its value is a set of numbers by labels. */
export type Query =
  /** The newest value of a gauge or counter. */
  | {
      readonly query: "latest"
      readonly metric: MetricDefinition
      readonly match?: Matchers
      readonly aggregate: Aggregate
      /** Labels that stay; all others are aggregated away. */
      readonly by: readonly string[]
    }
  /** Of a counter over the last `seconds`: its growth per second, or all of it. */
  | {
      readonly query: "rate" | "increase"
      readonly metric: MetricDefinition
      readonly match?: Matchers
      readonly seconds: number
      readonly aggregate: Aggregate
      readonly by: readonly string[]
    }
  /** Of a gauge over the last `seconds`: its greatest or its least value. */
  | {
      readonly query: "greatest" | "least"
      readonly metric: MetricDefinition
      readonly match?: Matchers
      readonly seconds: number
      readonly aggregate: Aggregate
      readonly by: readonly string[]
    }
  /** Of a histogram over the last `seconds`: the bound that a share `quantile` of its observations lies below. */
  | {
      readonly query: "quantile"
      readonly metric: MetricDefinition
      readonly match?: Matchers
      readonly quantile: number
      readonly seconds: number
      readonly by: readonly string[]
    }
  /** Number by number, where the labels are the same on both sides; a side without labels goes with all of the other. */
  | {
      readonly query: "divide" | "subtract"
      readonly left: Query
      readonly right: Query
    }

export interface Comparison {
  readonly query: Query
  readonly is: ">" | "<" | ">=" | "<=" | "=="
  readonly threshold: number
}

/** Holds for the labels for which each comparison holds. The value of the first is what is shown. */
export interface Condition {
  readonly all: readonly [Comparison, ...(readonly Comparison[])]
}

export interface LabelledValue {
  readonly labels: Labels
  readonly value: number
}
