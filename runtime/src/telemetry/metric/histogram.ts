import { durationBounds, type Observations } from "./definition.ts"

/** Observations in buckets; by default of durations in seconds. */
export class Histogram {
  private readonly bounds: readonly number[]
  private readonly counts: Float64Array
  private sum = 0

  constructor(bounds: readonly number[] = durationBounds) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  observe(value: number): void {
    let bucket = 0
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket += 1
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1
    this.sum += value
  }

  snapshot(): Observations {
    return { bounds: this.bounds, counts: [...this.counts], sum: this.sum }
  }
}

/** All of them together; they have the same bounds. */
export function joinObservations(all: readonly Observations[]): Observations {
  const bounds = all[0]?.bounds ?? durationBounds
  return {
    bounds,
    counts: Array.from({ length: bounds.length + 1 }, (_, bucket) =>
      all.reduce((sum, { counts }) => sum + (counts[bucket] ?? 0), 0)
    ),
    sum: all.reduce((total, { sum }) => total + sum, 0)
  }
}
