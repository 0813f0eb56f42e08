import { groupsOf } from "../history/family.ts"
import type { History } from "../history/history.ts"
import type { Series } from "../history/series.ts"
import type { Labels } from "../metric/definition.ts"
import { bucketQuantile } from "./bucket-quantile.ts"
import type { Grid } from "./evaluate.ts"
import { greatestOver, increaseOver, leastOver, type Window } from "./over-range.ts"
import type { Aggregate } from "./query.ts"
import type { Leaf } from "./query-labels.ts"

/** One set of labels with a value a step; NaN where there is none. */
export interface Line {
  readonly labels: Labels
  readonly values: Float64Array
}

/** How old the newest samples may be and still be told as the present: Prometheus' default. */
const lookbackMs = 300_000

/** What one metric's series come to, by the labels that stay. */
export const evaluateLeaf = (query: Leaf, history: History, grid: Grid): readonly Line[] => {
  const windows = windowsOf(query, history, grid)
  return groupsOf(history.select(query.metric.name, query.match), query.by).map(({ labels, members }) => ({
    labels,
    values:
      query.query === "quantile"
        ? quantiles(query.quantile, members, windows)
        : aggregated(
            query.aggregate,
            members.map((series) => along(query, series, windows))
          )
  }))
}

/** The ticks that a query needs, and which of them each step looks at. */
export interface Windows {
  readonly firstTick: number
  readonly times: readonly number[]
  readonly steps: readonly Omit<Window, "values" | "times">[]
}

export const windowsOf = (query: Leaf, history: History, { end, stepMs, steps }: Grid): Windows => {
  const length = query.query === "latest" ? lookbackMs : query.seconds * 1_000
  const { first, times } = history.ticks(end - (steps - 1) * stepMs - length, end)
  let from = 0
  let to = 0
  return {
    firstTick: first,
    times,
    steps: Array.from({ length: steps }, (_, step) => {
      const at = end - (steps - 1 - step) * stepMs
      while (to < times.length && (times[to] ?? 0) <= at) to += 1
      while (from < to && (times[from] ?? 0) <= at - length) from += 1
      return { from, to, start: at - length, end: at }
    })
  }
}

const along = (query: Exclude<Leaf, { readonly query: "quantile" }>, series: Series, windows: Windows) =>
  overSteps(series.read(windows.firstTick, windows.times.length), windows, reductionOf(query))

export const reductionOf = (
  query: Exclude<Leaf, { readonly query: "quantile" }>
): ((window: Window) => number) => {
  switch (query.query) {
    case "latest":
      // A series that the newest tick has no sample of is gone.
      return ({ from, to, values }) => (to > from ? (values[to - 1] ?? Number.NaN) : Number.NaN)
    case "rate":
      return (window) => increaseOver(window) / query.seconds
    case "increase":
      return increaseOver
    case "greatest":
      return greatestOver
    case "least":
      return leastOver
  }
}

const overSteps = (
  values: Float64Array,
  { steps, times }: Windows,
  reduce: (window: Window) => number
): Float64Array => Float64Array.from(steps, (step) => reduce({ ...step, values, times }))

export const choiceOf: { readonly [aggregate in Aggregate]: (one: number, other: number) => number } = {
  sum: (one, other) => one + other,
  max: Math.max,
  min: Math.min
}

/** What is missing counts for nothing; where all is missing, so is the aggregate. */
const aggregated = (aggregate: Aggregate, lines: readonly Float64Array[]): Float64Array => {
  const choose = choiceOf[aggregate]
  const [first = new Float64Array(), ...rest] = lines
  return rest.reduce(
    (total, line) =>
      total.map((value, step) => {
        const other = line[step] ?? Number.NaN
        if (Number.isNaN(other)) return value
        return Number.isNaN(value) ? other : choose(value, other)
      }),
    first
  )
}

/** Histograms with other bounds than the first are left out: their buckets cannot be added. */
export const quantiles = (quantile: number, members: readonly Series[], windows: Windows): Float64Array => {
  const bounds = members[0]?.bounds ?? []
  const alike = members.filter((series) => series.bounds?.join() === bounds.join())
  const buckets = Array.from({ length: bounds.length + 1 }, (_, bucket) =>
    aggregated(
      "sum",
      alike.map((series) =>
        overSteps(series.read(windows.firstTick, windows.times.length, bucket), windows, increaseOver)
      )
    )
  )
  return Float64Array.from(windows.steps, (_, step) =>
    bucketQuantile(
      quantile,
      bounds,
      buckets.map((bucket) => bucket[step] ?? Number.NaN)
    )
  )
}
