/** The samples of one series in a window: those at `from` up to and without `to`; NaN where there is none. */
export interface Window {
  readonly values: Float64Array
  /** ms since 1970, one a value. */
  readonly times: readonly number[]
  readonly from: number
  readonly to: number
  /** The window's bounds, ms since 1970. */
  readonly start: number
  readonly end: number
}

/**
 * How much a counter grew in a window, as Prometheus' `increase` has it (promql/functions.go, extrapolatedRate): a fall is a reset,
 * and growth is carried on to the window's bounds where the samples come near them, but not below a count of zero. NaN for
 * less than two samples.
 */
export const increaseOver = (window: Window): number => {
  const present = presentIn(window)
  const first = present[0]
  const last = present.at(-1)
  if (first === undefined || last === undefined || present.length < 2) return Number.NaN
  const value = (index: number): number => window.values[index] ?? Number.NaN
  const time = (index: number): number => window.times[index] ?? Number.NaN
  let growth = value(last) - value(first)
  present.slice(1).forEach((index, before) => {
    const previous = value(present[before] ?? first)
    if (value(index) < previous) growth += previous
  })
  const sampled = time(last) - time(first)
  const between = sampled / (present.length - 1)
  const toZero = growth > 0 && value(first) >= 0 ? sampled * (value(first) / growth) : Infinity
  const reach = (gap: number): number => (gap < between * 1.1 ? gap : between / 2)
  const covered =
    sampled + reach(Math.min(time(first) - window.start, toZero)) + reach(window.end - time(last))
  return (growth * covered) / sampled
}

/** The greatest of a gauge's samples in a window; NaN when there is none. */
export const greatestOver = (window: Window): number => extremeOver(window, Math.max)

/** The least of a gauge's samples in a window; NaN when there is none. */
export const leastOver = (window: Window): number => extremeOver(window, Math.min)

const extremeOver = (window: Window, choose: (one: number, other: number) => number): number =>
  presentIn(window).reduce((extreme, index) => {
    const value = window.values[index] ?? Number.NaN
    return Number.isNaN(extreme) ? value : choose(extreme, value)
  }, Number.NaN)

const presentIn = ({ from, to, values }: Window): readonly number[] => {
  const present: number[] = []
  for (let index = from; index < to; index++)
    if (!Number.isNaN(values[index] ?? Number.NaN)) present.push(index)
  return present
}
