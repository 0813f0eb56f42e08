/** Records are kept by buckets of time, so that a search, and a change, touches few of them. */
export const bucketOf = (timestamp: number, widthMs: number): number => Math.floor(timestamp / widthMs)

/** The last moment of a bucket, ms since 1970. */
export const bucketEnd = (bucket: number, widthMs: number): number => (bucket + 1) * widthMs - 1

interface Readable<Held> {
  get(bucket: number): readonly Held[] | undefined
  entries(): Iterable<readonly [bucket: number, held: readonly Held[]]>
}

/** The buckets that may hold something between two moments, bounds included, in the order of time. */
export const bucketsIn = <Held>(
  buckets: Readable<Held>,
  from: number,
  to: number,
  widthMs: number
): readonly (readonly [bucket: number, held: readonly Held[]])[] => {
  const [first, last] = [bucketOf(from, widthMs), bucketOf(to, widthMs)]
  if (!Number.isFinite(first) || !Number.isFinite(last))
    return [...buckets.entries()]
      .filter(([bucket]) => bucket >= first && bucket <= last)
      .toSorted(([one], [other]) => one - other)
  const found: (readonly [number, readonly Held[]])[] = []
  for (let bucket = first; bucket <= last; bucket++) {
    const held = buckets.get(bucket)
    if (held !== undefined) found.push([bucket, held])
  }
  return found
}
