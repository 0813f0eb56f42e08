import type { Labels, MetricDefinition } from "../metric/definition.ts"
import type { Series } from "./series.ts"

/** Series that are alike in some of their labels, which stand in `labels`; an empty label is none. */
export interface Alike {
  readonly labels: Labels
  readonly members: readonly Series[]
}

/** Rules ask for a few; who asks for many others is no rule. */
const mostGroupings = 32

/** The series of one metric, by their labels. */
export class Family {
  readonly metric: MetricDefinition
  readonly #series = new Map<string, Series>()
  /** Of whom there is anything, whatever version of a plugin it runs; nothing of gauges, which nobody asks it of. */
  readonly #identities = new Map<string, number>()
  /** In the order of the last tick's samples, and how many of this tick's have come: the next one is most likely the same. */
  readonly #order: Series[] = []
  #came = 0
  /** By what they are asked for by. Forgotten when a series comes or goes. */
  readonly #groupings = new Map<string, readonly Alike[]>()

  constructor(metric: MetricDefinition) {
    this.metric = metric
  }

  /** What comes next is a tick's first sample. */
  begin(): void {
    this.#order.length = this.#came
    this.#came = 0
  }

  /** The series of a tick's next sample; `made` makes it where there is none. Undefined where it makes none. */
  next(labels: Labels, made: () => Series | undefined): Series | undefined {
    const expected = this.#order[this.#came]
    const series = expected?.has(labels) === true ? expected : this.#found(labels, made)
    if (series !== undefined) this.#order[this.#came++] = series
    return series
  }

  #found(labels: Labels, made: () => Series | undefined): Series | undefined {
    const key = labelsKey(labels)
    const known = this.#series.get(key)
    if (known !== undefined) return known
    const series = made()
    if (series === undefined) return undefined
    this.#series.set(key, series)
    this.#groupings.clear()
    this.#count(series, key, 1)
    return series
  }

  /** Its series by the labels that are named, those alone that `isWanted` wants; `key` tells this question from others. */
  alike(key: string, by: readonly string[], isWanted: (series: Series) => boolean): readonly Alike[] {
    const known = this.#groupings.get(key)
    if (known !== undefined) return known
    const found = groupsOf(this.all().filter(isWanted), by)
    if (this.#groupings.size >= mostGroupings) this.#groupings.clear()
    this.#groupings.set(key, found)
    return found
  }

  all(): readonly Series[] {
    return [...this.#series.values()]
  }

  get size(): number {
    return this.#series.size
  }

  /**
   * True of a counter that was not there before. One that appears while others are measured began at zero just before, or its
   * first count would be seen by no `increase`; that of a node that goes on under another version of its plugin did not.
   */
  isNew(labels: Labels): boolean {
    return this.metric.type !== "gauge" && !this.#identities.has(identityOf(labels))
  }

  /** Seals the open blocks and forgets what is before `firstBlock`; answers how many columns went. */
  seal(firstBlock: number): number {
    let gone = 0
    for (const [key, series] of this.#series) {
      series.seal()
      if (series.dropBefore(firstBlock)) continue
      this.#series.delete(key)
      this.#groupings.clear()
      this.#order.length = this.#came = 0
      this.#count(series, key, -1)
      gone += series.columns
    }
    return gone
  }

  #count({ labels }: Series, key: string, change: number): void {
    if (this.metric.type === "gauge") return
    const identity = labels["plugin"] === undefined ? key : identityOf(labels)
    const count = (this.#identities.get(identity) ?? 0) + change
    if (count === 0) this.#identities.delete(identity)
    else this.#identities.set(identity, count)
  }
}

/** Series by the labels that are named. */
export const groupsOf = (series: readonly Series[], by: readonly string[]): readonly Alike[] =>
  [
    ...Map.groupBy(series, ({ labels }) => by.map((label) => `${labels[label] ?? ""}\0`).join("")).values()
  ].map((members) => ({ labels: keptLabels(members[0]?.labels ?? {}, by), members }))

const keptLabels = (labels: Labels, by: readonly string[]): Labels =>
  Object.fromEntries(
    by.flatMap((label) => {
      const value = labels[label] ?? ""
      return value === "" ? [] : [[label, value]]
    })
  )

const identityOf = ({ plugin: _plugin, ...labels }: Labels): string => labelsKey(labels)

/** The same text for the same labels, in whatever order. Joined, for what is put together by + is kept in its pieces. */
export const labelsKey = (labels: Labels): string => {
  const names = Object.keys(labels)
  if (names.length > 1) names.sort((left, right) => (left < right ? -1 : 1))
  return names.map((name) => `${name}\0${labels[name]}\0`).join("")
}
