import type { Labels, MetricDefinition, Observations, Sample } from "../metric/definition.ts"
import { Column } from "./column.ts"

/** What was measured of one metric with one set of labels. A histogram has a column a bucket, cumulative, and one for its sum. */
export class Series {
  readonly metric: MetricDefinition
  readonly labels: Labels
  /** Of a histogram: upper bounds, ascending, without infinity; its columns are one more, the last for all observations. */
  readonly bounds: readonly number[] | undefined
  readonly #columns: readonly Column[]
  readonly #labelCount: number

  constructor(metric: MetricDefinition, { labels, value }: Sample, block: number) {
    this.metric = metric
    this.labels = labels
    this.#labelCount = Object.keys(labels).length
    this.bounds = typeof value === "number" ? undefined : value.bounds
    this.#columns = Array.from({ length: columnsOf(value) }, () => new Column(block))
  }

  /** Answers false where the sample has another form than the series. */
  set(tick: number, value: Sample["value"]): boolean {
    if (columnsOf(value) !== this.#columns.length) return false
    if (typeof value === "number") this.#columns[0]?.set(tick, value)
    else this.#setBuckets(tick, value)
    return true
  }

  /** As Prometheus has it: each bucket counts those before it too; then the sum. */
  #setBuckets(tick: number, { counts, sum }: Observations): void {
    let total = 0
    for (let bucket = 0; bucket < counts.length; bucket++) {
      total += counts[bucket] ?? 0
      this.#columns[bucket]?.set(tick, total)
    }
    this.#columns[counts.length]?.set(tick, sum)
  }

  /** Whether it is the one of these labels. */
  has(labels: Labels): boolean {
    if (labels === this.labels) return true
    let count = 0
    for (const name in labels) {
      if (labels[name] !== this.labels[name]) return false
      count += 1
    }
    return count === this.#labelCount
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

  /** The sample of one tick; NaN where there is none. Of a histogram the first bucket's. */
  at(tick: number): number {
    return this.#columns[0]?.at(tick) ?? Number.NaN
  }

  /** The one value that all samples of `count` ticks from `first` have; undefined where that cannot be said at a glance. */
  flat(first: number, count: number): number | undefined {
    return this.#columns[0]?.flat(first, count)
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
