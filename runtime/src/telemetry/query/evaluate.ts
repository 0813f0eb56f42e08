import type { History } from "../history/history.ts"
import type { Labels } from "../metric/definition.ts"
import { evaluateLeaf, type Line } from "./evaluate-leaf.ts"
import { evaluatePoint } from "./evaluate-point.ts"
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
  if (!isPaired(query)) return evaluateLeaf(query, history, grid).filter(hasValue)
  const operate = operations[query.query]
  const sides = {
    left: evaluateRange(query.left, history, grid),
    right: evaluateRange(query.right, history, grid)
  }
  return combine(query, sides, (left, right) => ({
    values: left.values.map((value, step) => operate(value, right.values[step] ?? Number.NaN))
  })).filter(hasValue)
}

const hasValue = ({ values }: Line): boolean => !values.every(Number.isNaN)

/** A query's values at one time, ms since 1970: what Prometheus would answer of the same samples. */
export const evaluate = (query: Query, history: History, at: number): readonly LabelledValue[] => {
  if (!isPaired(query)) return evaluatePoint(query, history, at)
  const operate = operations[query.query]
  const sides = { left: evaluate(query.left, history, at), right: evaluate(query.right, history, at) }
  return combine(query, sides, (left, right) => ({ value: operate(left.value, right.value) })).filter(
    ({ value }) => !Number.isNaN(value)
  )
}

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
const combine = <A extends { readonly labels: Labels }, B>(
  query: PairedQuery,
  sides: { readonly left: readonly A[]; readonly right: readonly A[] },
  work: (left: A, right: A) => B
): readonly (B & { readonly labels: Labels })[] => {
  const { left, on, right } = pairingOf(query)
  const isLeftMany = left.length >= right.length
  const [many, one] = isLeftMany ? [sides.left, sides.right] : [sides.right, sides.left]
  const partners = new Map(one.map((line) => [keyOf(line.labels, on), line]))
  return many.flatMap((line) => {
    const partner = partners.get(keyOf(line.labels, on))
    if (partner === undefined) return []
    return [{ ...(isLeftMany ? work(line, partner) : work(partner, line)), labels: line.labels }]
  })
}

const operations = {
  divide: (left: number, right: number): number => left / right,
  subtract: (left: number, right: number): number => left - right
}

const keyOf = (labels: Labels, names: readonly string[]): string =>
  JSON.stringify(names.map((name) => labels[name] ?? ""))
