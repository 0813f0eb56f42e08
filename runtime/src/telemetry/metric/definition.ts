/** What a metric counts in; the last part of its name, by Prometheus' conventions, but for `records`. */
export type MetricUnit = "records" | "bytes" | "seconds" | "count" | "state"

/** One metric: what stands behind its name, whoever shows it. */
export interface MetricDefinition {
  readonly name: string
  readonly type: "counter" | "gauge" | "histogram"
  readonly help: string
  readonly unit: MetricUnit
  /** Names of its labels; a plugin's own metric may have more. */
  readonly labels: readonly string[]
}

export type Labels = { readonly [name: string]: string }

/** A histogram's observations: cumulative counts by upper bound are made where they are shown. */
export interface Observations {
  /** Upper bounds, ascending; one more bucket stands beyond the last. */
  readonly bounds: readonly number[]
  /** Observations by bucket, not cumulative; one longer than `bounds`. */
  readonly counts: readonly number[]
  readonly sum: number
}

export interface Sample {
  readonly labels: Labels
  readonly value: number | Observations
}

/** Takes what is measured, sample after sample; those of one metric in the same order each time. */
export interface SampleSink {
  /** Undefined: there is none. */
  readonly add: (metric: MetricDefinition, labels: Labels, value: Sample["value"] | undefined) => void
}

/** A metric with what was measured of it at one time. */
export interface MetricFamily {
  readonly definition: MetricDefinition
  readonly samples: readonly Sample[]
}

/** Of what nobody says more about: 1, 2.5 and 5 of each tenfold from a thousandth to ten million. */
export const valueBounds: readonly number[] = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((exponent) =>
  [1, 2.5, 5].map((step) => Number(`${step}e${exponent}`))
)

/** Seconds: from a millisecond to ten minutes, about two bounds to each tenfold. */
export const durationBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600
]
