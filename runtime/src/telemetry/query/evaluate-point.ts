import type { Alike } from "../history/family.ts"
import type { History } from "../history/history.ts"
import type { Series } from "../history/series.ts"
import { choiceOf, quantiles, reductionOf, type Windows, windowsOf } from "./evaluate-leaf.ts"
import type { LabelledValue } from "./query.ts"
import type { Leaf } from "./query-labels.ts"

type Plain = Exclude<Leaf, { readonly query: "quantile" }>

/**
 * What one metric's series come to at one time, by the labels that stay: as `evaluateLeaf` has it, for whom it is asked of every
 * series of a thousand pipelines every few seconds. Most of those have not changed, and no array is made for them.
 */
export const evaluatePoint = (query: Leaf, history: History, at: number): readonly LabelledValue[] => {
  const windows = windowsOf(query, history, { end: at, stepMs: 1, steps: 1 })
  const groups = history.alike(query.metric.name, query.match, query.by)
  const value =
    query.query === "quantile"
      ? ({ members }: Alike) => quantiles(query.quantile, members, windows)[0] ?? Number.NaN
      : plainValue(query, windows)
  const found: LabelledValue[] = []
  for (const group of groups) {
    const own = value(group)
    if (!Number.isNaN(own)) found.push({ labels: group.labels, value: own })
  }
  return found
}

/** What is missing counts for nothing; where all is missing, so is the aggregate. */
const plainValue = (query: Plain, windows: Windows): ((group: Alike) => number) => {
  const choose = choiceOf[query.aggregate]
  const own = seriesValue(query, windows)
  return ({ members }) => {
    let total = Number.NaN
    for (const series of members) {
      const value = own(series)
      if (Number.isNaN(value)) continue
      total = Number.isNaN(total) ? value : choose(total, value)
    }
    return total
  }
}

const seriesValue = (query: Plain, { firstTick, steps, times }: Windows): ((series: Series) => number) => {
  const [step = { from: 0, to: 0, start: 0, end: 0 }] = steps
  const [first, count] = [firstTick + step.from, step.to - step.from]
  if (count === 0) return () => Number.NaN
  if (query.query === "latest") return (series) => series.at(first + count - 1)
  const reduce = reductionOf(query)
  const isGrowth = query.query === "increase" || query.query === "rate"
  return (series) => {
    const flat = series.flat(first, count)
    if (flat !== undefined) return isGrowth ? 0 : flat
    return reduce({ ...step, times, values: series.read(firstTick, times.length) })
  }
}
