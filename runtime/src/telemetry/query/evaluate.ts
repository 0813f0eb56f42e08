import type { History } from "../history/history.ts"
import type { Labels } from "../metric/definition.ts"
import { evaluateLeaf, type Line } from "./evaluate-leaf.ts"
import type { Comparison, Condition, LabelledValue, Query } from "./query.ts"
import { isPaired, type PairedQuery, pairingOf, sharedLabels } from "./query-labels.ts"

/** Equally spaced times that a query is asked for. */
export interface Grid {
  /** Time of the last step, ms since 1970. */
  readonly end: number
  readonly stepMs: number
  readonly steps: number
}

/** A query's values over the history, at each step of a grid; NaN where there is none. Lines without any value are left out. */
export const evaluateRange = (query: Query, history: History, grid: Grid): readonly Line[] => {
  const lines = isPaired(query)
    ? combine(query, {
        left: evaluateRange(query.left, history, grid),
        right: evaluateRange(query.right, history, grid)
      })
    : evaluateLeaf(query, history, grid)
  return lines.filter(({ values }) => !values.every(Number.isNaN))
}

/** A query's values at one time, ms since 1970: what Prometheus would answer of the same samples. */
export const evaluate = (query: Query, history: History, at: number): readonly LabelledValue[] =>
  evaluateRange(query, history, { end: at, stepMs: 1, steps: 1 }).map(({ labels, values }) => ({
    labels,
    value: values[0] ?? Number.NaN
  }))

/** The values of a condition's first comparison, where all of its comparisons hold. */
export const evaluateCondition = (
  condition: Condition,
  history: History,
  at: number
): readonly LabelledValue[] => {
  const [first, ...rest] = condition.all
  return rest.reduce(
    (values, comparison, index) => {
      const on = sharedLabels(condition, index + 1)
      const held = new Set(holding(comparison, history, at).map(({ labels }) => keyOf(labels, on)))
      return values.filter(({ labels }) => held.has(keyOf(labels, on)))
    },
    holding(first, history, at)
  )
}

const holding = ({ is, query, threshold }: Comparison, history: History, at: number) =>
  evaluate(query, history, at).filter(({ value }) => comparisons[is](value, threshold))

const comparisons: { readonly [sign in Comparison["is"]]: (value: number, threshold: number) => boolean } = {
  ">": (value, threshold) => value > threshold,
  "<": (value, threshold) => value < threshold,
  ">=": (value, threshold) => value >= threshold,
  "<=": (value, threshold) => value <= threshold,
  "==": (value, threshold) => value === threshold
}

/** The side with more labels is gone through, each of its lines with the one of the other side that it meets. */
const combine = (
  query: PairedQuery,
  sides: { readonly left: readonly Line[]; readonly right: readonly Line[] }
): readonly Line[] => {
  const { left, on, right } = pairingOf(query)
  const isLeftMany = left.length >= right.length
  const [many, one] = isLeftMany ? [sides.left, sides.right] : [sides.right, sides.left]
  const partners = new Map(one.map((line) => [keyOf(line.labels, on), line]))
  const operate = operations[query.query]
  return many.flatMap(({ labels, values }) => {
    const partner = partners.get(keyOf(labels, on))
    if (partner === undefined) return []
    const combined = values.map((value, step) => {
      const other = partner.values[step] ?? Number.NaN
      return isLeftMany ? operate(value, other) : operate(other, value)
    })
    return [{ labels, values: combined }]
  })
}

const operations = {
  divide: (left: number, right: number): number => left / right,
  subtract: (left: number, right: number): number => left - right
}

const keyOf = (labels: Labels, names: readonly string[]): string =>
  JSON.stringify(names.map((name) => labels[name] ?? ""))
