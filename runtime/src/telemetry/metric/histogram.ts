import { durationBounds, type Observations } from "./definition.ts"

/** Observations in buckets; by default of durations in seconds. */
export class Histogram {
  private readonly bounds: readonly number[]
  private readonly counts: Float64Array
  private sum = 0
  private last: Observations | undefined

  constructor(bounds: readonly number[] = durationBounds) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    let bucket = 0
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket += 1
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sum += value
    this.last = undefined
  }

  /** Takes what was counted elsewhere by the same bounds. */
  take({ counts, sum }: Pick<Observations, "counts" | "sum">): void {
    for (let bucket = 0; bucket < this.counts.length; bucket++) this.counts[bucket] = counts[bucket] ?? 0
    this.sum = sum
    this.last = undefined
  }

  /** The same as before where nothing was observed since. */
  snapshot(): Observations {
    this.last ??= { bounds: this.bounds, counts: [...this.counts], sum: this.sum }
    return this.last
  }
}

/** All of them together; they have the same bounds. */
export function joinObservations(all: readonly Observations[]): Observations {
  const [first] = all
  // Of one task there is nothing to join, and most chains of many pipelines have one.
  if (first !== undefined && all.length === 1) return first
  const bounds = first?.bounds ?? durationBounds
  const counts = Array.from({ length: bounds.length + 1 }, () => 0)
  let sum = 0
  for (const each of all) {
    sum += each.sum
    for (let bucket = 0; bucket < counts.length; bucket++)
      counts[bucket] = (counts[bucket] ?? 0) + (each.counts[bucket] ?? 0)
  }
  return { bounds, counts, sum }
}
