/** How many of the units of some chains each worker is to do. */
export interface Spread {
  /** Of each worker, in `parts`-ths of a unit; their sum is that of `counts`. */
  readonly shares: readonly number[]
  readonly parts: number
  /** Units of each chain. */
  readonly counts: readonly number[]
  /** What each worker has now, by chain and worker. */
  readonly had: readonly (readonly number[])[]
}

/**
 * Whole numbers by chain and worker: a worker's sum is its share, and a chain's units are spread in the measure of the shares,
 * both but for rounding, up or down. Such numbers always exist, for the shares themselves are a flow that keeps all bounds, and a
 * flow within whole bounds has a whole one (integrality). Of them it is one that leaves as much as can be where it is: a cheapest
 * flow, by successive shortest paths, on workers alone, for what a path changes of a chain is a unit that goes from one to another.
 * Sums are rounded up for those whose shares are cut most by rounding down, as far as the chains let it: who has next to no share keeps no
 * unit because it has it.
 */
export function spreadChains(spread: Spread): readonly (readonly number[])[] {
  const cells = new Cells(spread)
  for (const bounds of boundsOf(spread)) {
    for (;;) {
      const path = cells.cheapestPath(bounds)
      if (path === undefined) break
      cells.move(path)
    }
  }
  return cells.counts()
}

/**
 * What workers are brought to, one after the other. INVARIANT: who has too little is served first; only then the rest may lie where it is
 * rounded up; and with all within their roundings, it goes to whom most is cut off.
 */
function boundsOf({ parts, shares }: Spread): readonly (readonly number[])[] {
  const floors = shares.map((share) => Math.floor(share / parts))
  const cuts = shares.map((share) => share % parts)
  const seats = cuts.reduce((sum, cut) => sum + cut, 0) / parts
  const last = cuts.toSorted((one, other) => other - one)[seats - 1] ?? Infinity
  const upWhere = (isUp: (cut: number) => boolean) =>
    floors.map((floor, worker) => floor + (isUp(cuts[worker] ?? 0) ? 1 : 0))
  // Whoever else has just as much cut off as the last may have the last seats.
  return [
    floors,
    upWhere((cut) => cut > 0),
    upWhere((cut) => cut > last),
    upWhere((cut) => cut > 0 && cut >= last)
  ]
}

interface Path {
  readonly from: number
  readonly to: number
  readonly before: readonly number[]
}

class Cells {
  readonly #low: readonly (readonly number[])[]
  /** By chain and worker: it has one more than the least that it has to have. */
  readonly #more: boolean[][]
  /** By chain and worker: it may have one more. */
  readonly #fits: readonly (readonly boolean[])[]
  /** By chain and worker: that one is one that it has now. */
  readonly #keeps: readonly (readonly boolean[])[]
  readonly #sums: number[]
  /** By worker and worker: chains of which a unit may go from one to the other, by what it costs, -1, 0 or 1. */
  readonly #moves: readonly (readonly [number, number, number])[][]

  constructor({ counts, had, parts, shares }: Spread) {
    const all = counts.reduce((sum, count) => sum + count, 0)
    const whole = Math.max(1, parts * all)
    const least = (count: number, share: number): number => {
      const exact = count * share
      return (exact - (exact % whole)) / whole
    }
    this.#low = counts.map((count) => shares.map((share) => least(count, share)))
    this.#fits = counts.map((count) => shares.map((share) => (count * share) % whole !== 0))
    this.#keeps = this.#low.map((lows, chain) => lows.map((low, worker) => (had[chain]?.[worker] ?? 0) > low))
    this.#sums = shares.map((_, worker) => this.#low.reduce((sum, lows) => sum + (lows[worker] ?? 0), 0))
    this.#more = this.#low.map((lows, chain) => {
      const left = (counts[chain] ?? 0) - lows.reduce((sum, low) => sum + low, 0)
      return this.#choose(left, chain, shares)
    })
    this.#moves = shares.map(() => shares.map(() => [0, 0, 0] as const))
    for (const chain of counts.keys()) this.#count(chain, 1)
  }

  counts(): readonly (readonly number[])[] {
    return this.#low.map((lows, chain) =>
      lows.map((low, worker) => low + (this.#more[chain]?.[worker] === true ? 1 : 0))
    )
  }

  /** The cheapest way from any worker above its bound to any below, by Bellman and Ford: costs may be negative, cycles are not. */
  cheapestPath(bounds: readonly number[]): Path | undefined {
    const over = this.#sums.map((sum, worker) => sum > (bounds[worker] ?? 0))
    const costs = over.map((isOver) => (isOver ? 0 : Infinity))
    const before = costs.map(() => -1)
    for (let changes = true; changes;) {
      changes = false
      for (const from of costs.keys())
        for (const to of costs.keys()) {
          const cost = (costs[from] ?? Infinity) + this.#cost(from, to)
          if (cost >= (costs[to] ?? Infinity)) continue
          costs[to] = cost
          before[to] = from
          changes = true
        }
    }
    let best = -1
    for (const [worker, cost] of costs.entries())
      if (
        (this.#sums[worker] ?? 0) < (bounds[worker] ?? 0) &&
        cost < (best < 0 ? Infinity : (costs[best] ?? Infinity))
      )
        best = worker
    if (best < 0) return undefined
    let from = best
    while ((before[from] ?? -1) >= 0) from = before[from] ?? -1
    return { from, to: best, before }
  }

  move({ before, from, to }: Path): void {
    for (let next = to; next !== from; next = before[next] ?? from) this.#moveOne(before[next] ?? from, next)
    this.#sums[from] = (this.#sums[from] ?? 0) - 1
    this.#sums[to] = (this.#sums[to] ?? 0) + 1
  }

  #moveOne(from: number, to: number): void {
    const cost = this.#cost(from, to)
    const chain = this.#more.findIndex(
      (more, index) =>
        more[from] === true && this.#isOpen(index, to) && this.#costIn(index, from, to) === cost
    )
    const more = this.#more[chain]
    if (more === undefined) throw new RangeError("a path that is none")
    this.#count(chain, -1)
    more[from] = false
    more[to] = true
    this.#count(chain, 1)
  }

  #cost(from: number, to: number): number {
    const [gained, even, lost] = this.#moves[from]?.[to] ?? [0, 0, 0]
    return gained > 0 ? -1 : even > 0 ? 0 : lost > 0 ? 1 : Infinity
  }

  #costIn(chain: number, from: number, to: number): -1 | 0 | 1 {
    const one = this.#keeps[chain]?.[from] === true
    const other = this.#keeps[chain]?.[to] === true
    return one === other ? 0 : one ? 1 : -1
  }

  #isOpen(chain: number, worker: number): boolean {
    return this.#fits[chain]?.[worker] === true && this.#more[chain]?.[worker] === false
  }

  /** Adds a chain to the moves that there are, or takes it away. */
  #count(chain: number, by: 1 | -1): void {
    for (const [from, hasMore] of (this.#more[chain] ?? []).entries()) {
      if (!hasMore) continue
      for (const [to, moves] of (this.#moves[from] ?? []).entries()) {
        if (!this.#isOpen(chain, to)) continue
        const index = this.#costIn(chain, from, to) + 1
        const row = this.#moves[from]
        if (row !== undefined)
          row[to] = [
            moves[0] + (index === 0 ? by : 0),
            moves[1] + (index === 1 ? by : 0),
            moves[2] + (index === 2 ? by : 0)
          ]
      }
    }
  }

  /** Who gets what is left of a chain, were there no other: who has it now, then who has least for its share. */
  #choose(left: number, chain: number, shares: readonly number[]): boolean[] {
    const fits = this.#fits[chain] ?? []
    const keeps = this.#keeps[chain] ?? []
    const load = (worker: number): number => ((this.#sums[worker] ?? 0) + 1) / (shares[worker] ?? 1)
    const order = [...shares.keys()]
      .filter((worker) => fits[worker] === true)
      .sort(
        (one, other) => Number(keeps[other]) - Number(keeps[one]) || load(one) - load(other) || one - other
      )
    const more = shares.map(() => false)
    for (const worker of order.slice(0, left)) {
      more[worker] = true
      this.#sums[worker] = (this.#sums[worker] ?? 0) + 1
    }
    return more
  }
}
