/**
 * The bound that a share of observations lies below, interpolated within its bucket, as Prometheus' `histogram_quantile` has it:
 * the lowest bucket begins at 0, and what lies in the last is told as its lower bound. NaN without observations.
 *
 * @param bounds Upper bounds, ascending, without infinity.
 * @param counts Observations up to each bound; the last: all of them.
 */
export const bucketQuantile = (
  quantile: number,
  bounds: readonly number[],
  counts: readonly number[]
): number => {
  const total = counts.at(-1) ?? 0
  if (!(total > 0) || bounds.length === 0) return Number.NaN
  const rising = monotonic(counts)
  const rank = quantile * total
  const bucket = rising.findIndex((count, index) => index < bounds.length && count >= rank)
  if (bucket === -1) return bounds.at(-1) ?? Number.NaN
  const upper = bounds[bucket] ?? Number.NaN
  if (bucket === 0 && upper <= 0) return upper
  const lower = bucket === 0 ? 0 : (bounds[bucket - 1] ?? 0)
  const before = bucket === 0 ? 0 : (rising[bucket - 1] ?? 0)
  return lower + ((upper - lower) * (rank - before)) / ((rising[bucket] ?? 0) - before)
}

/** Rates of buckets are computed one by one, so that rounding may make one less than that before it. */
const monotonic = (counts: readonly number[]): readonly number[] => {
  let most = 0
  return counts.map((count) => (most = Math.max(most, count)))
}
