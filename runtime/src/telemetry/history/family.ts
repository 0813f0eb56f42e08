import type { Labels, MetricDefinition } from "../metric/definition.ts"
import type { Series } from "./series.ts"

/** The series of one metric, by their labels. */
export class Family {
  readonly metric: MetricDefinition
  readonly #series = new Map<string, Series>()
  /** Of whom there is anything, whatever version of a plugin it runs. */
  readonly #identities = new Map<string, number>()

  constructor(metric: MetricDefinition) {
    this.metric = metric
  }

  get(key: string): Series | undefined {
    return this.#series.get(key)
  }

  /** `key` is the {@link labelsKey} of its labels. */
  add(key: string, series: Series): void {
    this.#series.set(key, series)
    this.#count(series.labels, 1)
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
      this.#count(series.labels, -1)
      gone += series.columns
    }
    return gone
  }

  #count(labels: Labels, change: number): void {
    const identity = identityOf(labels)
    const count = (this.#identities.get(identity) ?? 0) + change
    if (count === 0) this.#identities.delete(identity)
    else this.#identities.set(identity, count)
  }
}

const identityOf = ({ plugin: _plugin, ...labels }: Labels): string => labelsKey(labels)

/** The same text for the same labels, in whatever order. Made for every sample of every tick: no JSON. */
export const labelsKey = (labels: Labels): string => {
  const names = Object.keys(labels)
  if (names.length > 1) names.sort((left, right) => (left < right ? -1 : 1))
  let key = ""
  for (const name of names) key += `${name}\0${labels[name]}\0`
  return key
}
