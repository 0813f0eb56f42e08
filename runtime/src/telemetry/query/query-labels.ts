import type { Condition, Matchers, Query } from "./query.ts"

/** A query that is made of two. */
export type PairedQuery = Extract<Query, { readonly query: "divide" | "subtract" }>
/** A query of one metric. */
export type Leaf = Exclude<Query, PairedQuery>

export const isPaired = (query: Query): query is PairedQuery =>
  query.query === "divide" || query.query === "subtract"

/** Names of the labels that an expression's values have. */
export const labelsOf = (query: Query): readonly string[] => {
  if (!isPaired(query)) return query.by
  const { left, right } = pairingOf(query)
  return left.length >= right.length ? left : right
}

/** How the values of two expressions meet: on the labels that both have; the side with more labels names the result. */
export interface Pairing {
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly on: readonly string[]
}

/** Throws where neither side has all labels of the other: no value would know its partner. */
export const pairingOf = (query: PairedQuery): Pairing => {
  const left = labelsOf(query.left)
  const right = labelsOf(query.right)
  const on = left.filter((label) => right.includes(label))
  if (on.length < Math.min(left.length, right.length)) {
    throw new Error(
      `A query cannot ${query.query} values by [${left.join(", ")}] and [${right.join(", ")}]: aggregate one side by labels that the other has`
    )
  }
  return { left, right, on }
}

/** Labels that the comparison at `index` shares with the first, by which the two meet. */
export const sharedLabels = ({ all: [first, ...rest] }: Condition, index: number): readonly string[] => {
  const other = rest[index - 1]
  if (other === undefined) return []
  const labels = labelsOf(other.query)
  return labelsOf(first.query).filter((label) => labels.includes(label))
}

/** The longest window that an expression looks back over; 0 where it takes the newest values alone. */
export const windowSeconds = (query: Query): number => {
  if (query.query === "latest") return 0
  if (isPaired(query)) return Math.max(windowSeconds(query.left), windowSeconds(query.right))
  return query.seconds
}

/** The same expression over windows of another length. */
export const withWindow = (query: Query, seconds: number): Query => {
  if (isPaired(query))
    return { ...query, left: withWindow(query.left, seconds), right: withWindow(query.right, seconds) }
  return query.query === "latest" ? query : { ...query, seconds }
}

/** The same condition of fewer samples; each metric is matched by those of the labels that it has. */
export const matching = (condition: Condition, match: Matchers): Condition => {
  const [first, ...rest] = condition.all
  return {
    all: [
      { ...first, query: matchingQuery(first.query, match) },
      ...rest.map((comparison) => ({ ...comparison, query: matchingQuery(comparison.query, match) }))
    ]
  }
}

const matchingQuery = (query: Query, match: Matchers): Query => {
  if (isPaired(query))
    return { ...query, left: matchingQuery(query.left, match), right: matchingQuery(query.right, match) }
  const own = Object.fromEntries(
    Object.entries(match).filter(([label]) => query.metric.labels.includes(label))
  )
  return { ...query, match: { ...query.match, ...own } }
}
