/**
 * Exact sums of doubles: a list of doubles that do not overlap, the smallest first, whose sum is the exact one (J. R.
 * Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997). So the order of what is added makes no difference, and
 * what was added can be taken away again. Beyond the range of a double the sum is infinite.
 */
export type Partials = readonly number[]

/** Adds a finite number. */
export const addExactly = (partials: Partials, value: number): Partials => {
  const result: number[] = []
  let high = value
  for (const partial of partials) {
    const [large, small] = Math.abs(high) < Math.abs(partial) ? [partial, high] : [high, partial]
    const sum = large + small
    const rest = small - (sum - large)
    if (rest !== 0) result.push(rest)
    high = sum
  }
  if (high !== 0) result.push(high)
  return result
}

/** The double that is nearest to the exact sum; of two that are, the even one. */
export const roundedSum = (partials: Partials): number => {
  let at = partials.length - 1
  if (at < 0) return 0
  let high = partials[at] ?? 0
  let low = 0
  while (at > 0) {
    at -= 1
    const sum = high + (partials[at] ?? 0)
    low = (partials[at] ?? 0) - (sum - high)
    high = sum
    if (low !== 0) break
  }
  const next = at > 0 ? (partials[at - 1] ?? 0) : 0
  // Halfway between two doubles: what is left below decides.
  if ((low < 0 && next < 0) || (low > 0 && next > 0)) {
    const twice = low * 2
    const sum = high + twice
    if (twice === sum - high) return sum
  }
  return high
}
