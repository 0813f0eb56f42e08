import type { Comparison, Condition, Matchers, Query } from "./query.ts"
import { isPaired, type PairedQuery, pairingOf, sharedLabels } from "./query-labels.ts"

/** What differs between the places that PromQL is written for. */
export interface PromqlOptions {
  /** How a window is written; default: its length, `5m`. Grafana has `$__rate_interval`. */
  readonly window?: (seconds: number) => string
}

/** A query as PromQL of Prometheus 2.40 or later. Label values go in as they are, so that `$pipeline` stays Grafana's. */
export const toPromql = (query: Query, options: PromqlOptions = {}): string => {
  const window = options.window ?? promqlDuration
  switch (query.query) {
    case "latest":
      return aggregated(query, metricSelector(query.metric.name, query.match))
    case "rate":
    case "increase":
      return aggregated(query, `${query.query}(${ranged(query, window)})`)
    case "greatest":
      return aggregated(query, `max_over_time(${ranged(query, window)})`)
    case "least":
      return aggregated(query, `min_over_time(${ranged(query, window)})`)
    case "quantile": {
      const buckets = `${metricSelector(`${query.metric.name}_bucket`, query.match)}[${window(query.seconds)}]`
      const summed = aggregated({ aggregate: "sum", by: ["le", ...query.by] }, `rate(${buckets})`)
      return `histogram_quantile(${promqlNumber(query.quantile)}, ${summed})`
    }
    case "divide":
    case "subtract":
      return paired(query, options)
  }
}

/** A condition as PromQL: the values of its first comparison, where all others hold too. */
export const conditionToPromql = (condition: Condition, options: PromqlOptions = {}): string => {
  const [first, ...rest] = condition.all
  const written = comparisonToPromql(first, options)
  return rest.reduce((text, comparison, index) => {
    const on = sharedLabels(condition, index + 1).join(", ")
    return `${text} and on (${on}) ${comparisonToPromql(comparison, options)}`
  }, written)
}

const comparisonToPromql = ({ is, query, threshold }: Comparison, options: PromqlOptions): string => {
  const text = toPromql(query, options)
  const side = isPaired(query) ? `(${text})` : text
  return `${side} ${is} ${promqlNumber(threshold)}`
}

const paired = (query: PairedQuery, options: PromqlOptions): string => {
  const { left, on, right } = pairingOf(query)
  const sign = query.query === "divide" ? "/" : "-"
  const sides = [query.left, query.right].map((side) => {
    const text = toPromql(side, options)
    return isPaired(side) ? `(${text})` : text
  })
  return `${sides[0]} ${sign}${meeting(on, left.length - right.length)} ${sides[1]}`
}

const meeting = (on: readonly string[], surplus: number): string => {
  if (surplus === 0) return ""
  return ` on (${on.join(", ")}) group_${surplus > 0 ? "left" : "right"} ()`
}

const ranged = (
  { match, metric, seconds }: Extract<Query, { readonly seconds: number }>,
  window: (seconds: number) => string
): string => `${metricSelector(metric.name, match)}[${window(seconds)}]`

const aggregated = (
  { aggregate, by }: { readonly aggregate: string; readonly by: readonly string[] },
  inner: string
): string => (by.length === 0 ? `${aggregate}(${inner})` : `${aggregate} by (${by.join(", ")}) (${inner})`)

/** `name{label="value"}`. */
export const metricSelector = (name: string, match: Matchers | undefined): string => {
  const matchers = Object.entries(match ?? {}).map(([label, wanted]) =>
    typeof wanted === "string"
      ? `${label}=${JSON.stringify(wanted)}`
      : `${label}=~${JSON.stringify(wanted.map(escapeRegex).join("|"))}`
  )
  return matchers.length === 0 ? name : `${name}{${matchers.join(", ")}}`
}

const escapeRegex = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`)

/** A length of time as Prometheus writes it, in the largest units that hold it whole: `5m`, `90s`, `1500ms`. */
export const promqlDuration = (seconds: number): string => {
  const ms = Math.max(1, Math.round(seconds * 1_000))
  const [unit = "ms", length = 1] =
    Object.entries({ d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 }).find(
      ([, size]) => ms % size === 0
    ) ?? []
  return `${ms / length}${unit}`
}

/** A number as PromQL reads it. */
export const promqlNumber = (value: number): string => {
  if (Number.isNaN(value)) return "NaN"
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf"
  return String(value)
}
