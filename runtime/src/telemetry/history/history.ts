import type { Labels, MetricDefinition, MetricFamily, Sample, SampleSink } from "../metric/definition.ts"
import type { Matchers } from "../query/query.ts"
import { blockLength } from "./block.ts"
import { type Alike, Family } from "./family.ts"
import { columnsOf, Series } from "./series.ts"

export interface HistoryOptions {
  /** Milliseconds between samples; default 5,000. */
  readonly intervalMs: number
  /** Milliseconds that are kept; default four hours, rounded up to whole blocks. */
  readonly lengthMs: number
  /**
   * Most numbers that are kept over time; a histogram takes one a bucket, and a pipeline of one node about sixty. What comes
   * beyond is dropped and counted, and no alert sees it.
   */
  readonly maxColumns: number
}

export const defaultHistory: HistoryOptions = {
  intervalMs: 5_000,
  lengthMs: 4 * 3_600_000,
  maxColumns: 100_000
}

/** Times of consecutive ticks, ms since 1970. */
export interface TickRange {
  readonly first: number
  readonly times: readonly number[]
}

/**
 * What was measured of late, in memory: a ring of samples for each metric and label set, all taken at the same ticks. A byte or
 * two for a sample that counted on, eight for a fraction, next to nothing while it stays. Series that vanish go when what they hold is out of range.
 */
export class History implements SampleSink {
  readonly options: HistoryOptions
  readonly #families = new Map<string, Family>()
  readonly #times: number[] = []
  /** Tick that `#times` begins with; always the first of a block. */
  #firstTick = 0
  #columns = 0
  #dropped = 0

  constructor(options: Partial<HistoryOptions> = {}) {
    this.options = { ...defaultHistory, ...options }
  }

  /** Adds what was measured at a time, ms since 1970; a time that is not after the last is left out. */
  append(at: number, families: readonly MetricFamily[]): void {
    if (at <= this.#last) return
    this.begin()
    for (const { definition, samples } of families)
      for (const { labels, value } of samples) this.add(definition, labels, value)
    this.end(at)
  }

  /** Begins a tick, of which nobody sees anything until it {@link end}s. One that was begun and not ended is begun anew. */
  begin(): void {
    for (const family of this.#families.values()) family.begin()
  }

  /** Adds to the tick that was begun. */
  add(metric: MetricDefinition, labels: Labels, value: Sample["value"] | undefined): void {
    if (value === undefined) return
    let family = this.#families.get(metric.name)
    if (family === undefined) this.#families.set(metric.name, (family = new Family(metric)))
    const tick = this.#firstTick + this.#times.length
    const series = family.next(labels, () => this.#begin(family, { tick, sample: { labels, value } }))
    if (series?.set(tick, value) !== true) this.#dropped += 1
  }

  /** Ends the tick, whose time is `at`, ms since 1970; where that is not after the last, it is left out. */
  end(at: number): void {
    if (at <= this.#last) return
    this.#times.push(at)
    const next = this.#firstTick + this.#times.length
    if (next % blockLength === 0) this.#seal(next)
  }

  get #last(): number {
    return this.#times.at(-1) ?? -Infinity
  }

  /** The ticks after `from` up to and with `to`, ms since 1970. */
  ticks(from: number, to: number): TickRange {
    const begin = lowerBound(this.#times, from)
    const end = lowerBound(this.#times, to)
    return { first: this.#firstTick + begin, times: this.#times.slice(begin, end) }
  }

  /** Series of a metric whose labels match. */
  select(metric: string, match: Matchers = {}): readonly Series[] {
    return (this.#families.get(metric)?.all() ?? []).filter(matcherOf(match))
  }

  /** The same by the labels that are named. Kept for who asks again: not for questions without number. */
  alike(metric: string, match: Matchers = {}, by: readonly string[]): readonly Alike[] {
    const key = JSON.stringify([match, by])
    return this.#families.get(metric)?.alike(key, by, matcherOf(match)) ?? []
  }

  /** Metrics of which anything is held. */
  get metrics(): readonly MetricDefinition[] {
    return [...this.#families.values()].map(({ metric }) => metric)
  }

  /** Time of the newest samples; undefined before the first. */
  get newest(): number | undefined {
    return this.#times.at(-1)
  }

  /** Samples that found no place since the start. */
  get dropped(): number {
    return this.#dropped
  }

  /** Bytes of all samples, without what objects cost. */
  get bytes(): number {
    return this.#all().reduce((sum, series) => sum + series.bytes, this.#times.length * 8)
  }

  #all(): readonly Series[] {
    return [...this.#families.values()].flatMap((family) => family.all())
  }

  /** Undefined where there is no place for another. */
  #begin(
    family: Family,
    { sample, tick }: { readonly tick: number; readonly sample: Sample }
  ): Series | undefined {
    if (this.#columns + columnsOf(sample.value) > this.options.maxColumns) return undefined
    const begins = tick > 0 && family.isNew(sample.labels) ? tick - 1 : tick
    const series = new Series(family.metric, sample, Math.floor(begins / blockLength))
    if (begins < tick) {
      series.setZero(begins)
      if (tick % blockLength === 0) series.seal()
    }
    this.#columns += series.columns
    return series
  }

  #seal(nextTick: number): void {
    const kept = Math.ceil(this.options.lengthMs / (this.options.intervalMs * blockLength))
    const firstBlock = Math.max(0, nextTick / blockLength - kept)
    for (const [name, family] of this.#families) {
      this.#columns -= family.seal(firstBlock)
      if (family.size === 0) this.#families.delete(name)
    }
    const gone = firstBlock * blockLength - this.#firstTick
    if (gone > 0) {
      this.#times.splice(0, gone)
      this.#firstTick += gone
    }
  }
}

const matcherOf = (match: Matchers): ((series: Series) => boolean) => {
  const wanted = Object.entries(match)
  return ({ labels }) =>
    wanted.every(([label, value]) =>
      typeof value === "string" ? (labels[label] ?? "") === value : value.includes(labels[label] ?? "")
    )
}

/** How many of the ascending times are at most `at`. */
const lowerBound = (times: readonly number[], at: number): number => {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) <= at) low = middle + 1
    else high = middle
  }
  return low
}
