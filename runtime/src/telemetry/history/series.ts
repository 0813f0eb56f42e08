import type { Labels, MetricDefinition, Observations, Sample } from "../metric/definition.ts"
import { Column } from "./column.ts"

/** What was measured of one metric with one set of labels. A histogram has a column a bucket, cumulative, and one for its sum. */
export class Series {
  readonly metric: MetricDefinition
  readonly labels: Labels
  /** Of a histogram: upper bounds, ascending, without infinity; its columns are one more, the last for all observations. */
  readonly bounds: readonly number[] | undefined
  readonly #columns: readonly Column[]

  constructor(metric: MetricDefinition, { labels, value }: Sample, block: number) {
    this.metric = metric
    this.labels = labels
    this.bounds = typeof value === "number" ? undefined : value.bounds
    this.#columns = Array.from({ length: columnsOf(value) }, () => new Column(block))
  }

  /** Answers false where the sample has another form than the series. */
  set(tick: number, value: Sample["value"]): boolean {
    const numbers = typeof value === "number" ? [value] : cumulative(value)
    if (numbers.length !== this.#columns.length) return false
    this.#columns.forEach((column, index) => column.set(tick, numbers[index] ?? Number.NaN))
    return true
  }

  /** Of a counter that began after `tick`. */
  setZero(tick: number): void {
    for (const column of this.#columns) column.set(tick, 0)
  }

  seal(): void {
    for (const column of this.#columns) column.seal()
  }

  /** False when nothing is left of it. */
  dropBefore(block: number): boolean {
    return this.#columns.map((column) => column.dropBefore(block)).includes(true)
  }

  /** The samples of `count` ticks from `first`, NaN where there is none; of a histogram those of one bucket. */
  read(first: number, count: number, bucket = 0): Float64Array {
    return this.#columns[bucket]?.read(first, count) ?? new Float64Array(count).fill(Number.NaN)
  }

  get columns(): number {
    return this.#columns.length
  }

  get bytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.bytes, 0)
  }
}

/** How many columns a sample's series has. */
export const columnsOf = (value: Sample["value"]): number =>
  typeof value === "number" ? 1 : value.counts.length + 1

/** As Prometheus has it: each bucket counts those before it too; then the sum. */
const cumulative = ({ counts, sum }: Observations): readonly number[] => {
  let total = 0
  return [...counts.map((count) => (total += count)), sum]
}
