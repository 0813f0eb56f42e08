/** So many records in each stretch of `per` ms. */
export interface StretchOptions {
  readonly records: number
  readonly per: number
}

/** What one key keeps. */
export interface StretchState {
  /** By the stretch's number: how many passed. */
  readonly passed: {
    get(stretch: number): number | undefined
    set(stretch: number, count: number): void
    delete(stretch: number): unknown
  }
  /** Asks for {@link forget} of this stretch when no record below `time` will come. */
  readonly at: (time: number, stretch: number) => void
}

/**
 * True when a record of `time` passes, which is then counted. `watermark`: `-Infinity` where time is the clock's. What was
 * counted is forgotten when its stretch is over, so a record that is later does not pass: it would be uncounted.
 */
export const admit = (
  { time, watermark }: { readonly time: number; readonly watermark: number },
  { passed, at }: StretchState,
  { per, records }: StretchOptions
): boolean => {
  const stretch = Math.floor(time / per)
  const end = (stretch + 1) * per
  const count = passed.get(stretch) ?? 0
  if (watermark >= end || count >= records) return false
  passed.set(stretch, count + 1)
  if (count === 0) at(end, stretch)
  return true
}
