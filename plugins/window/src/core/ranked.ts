import { type Cell, compareCells, type Measure } from "./cell.ts"

/** A record that may be among the best of a window. */
export interface Ranked {
  /** The pane that it stands in: with it, it leaves a window. */
  readonly pane: number
  /** Its event time. */
  readonly time: number
  readonly by: Cell
  readonly row: readonly Cell[]
}

export interface Ranking {
  readonly n: number
  readonly greatestFirst: boolean
  /** Of equal records, the later is the better one. */
  readonly latestFirst: boolean
  /** What is equal to the last of the n is among them. */
  readonly ties: boolean
  readonly measure: Measure
}

/**
 * The records that may still be among the n best, now or when panes have left: those to which fewer than n others, of the
 * same or of a later pane, are better. The best first. Its length goes with the logarithm of the number of panes while
 * records come in no particular order.
 */
export const addRanked = (list: readonly Ranked[], added: Ranked, ranking: Ranking): readonly Ranked[] => {
  const place = placeOf(list, added, ranking)
  if (betterThan(list, place, added, ranking) >= ranking.n) return list
  const grown = [...list.slice(0, place), added, ...list.slice(place)]
  return grown.filter((one, index) => index <= place || betterThan(grown, index, one, ranking) < ranking.n)
}

/** Without the records of the panes before `from`. */
export const dropRankedBefore = (list: readonly Ranked[], from: number): readonly Ranked[] =>
  list.some(({ pane }) => pane < from) ? list.filter(({ pane }) => pane >= from) : list

/** The n best, and their equals where these are wanted. */
export const bestOf = (list: readonly Ranked[], ranking: Ranking): readonly Ranked[] => {
  const last = list[ranking.n - 1]
  if (last === undefined) return list
  if (!ranking.ties) return list.slice(0, ranking.n)
  return list.filter(
    (one, index) => index < ranking.n || compareCells(one.by, last.by, ranking.measure) === 0
  )
}

/** How many before `end` leave no sooner and are better; those that tie are not, where ties are wanted. */
const betterThan = (list: readonly Ranked[], end: number, one: Ranked, ranking: Ranking): number => {
  let count = 0
  for (let i = 0; i < end; i++) {
    const other = list[i]
    if (other === undefined || other.pane < one.pane) continue
    if (!ranking.ties || compareCells(other.by, one.by, ranking.measure) !== 0) count += 1
  }
  return count
}

const placeOf = (list: readonly Ranked[], added: Ranked, ranking: Ranking): number => {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const one = list[middle]
    if (one !== undefined && compareRanked(one, added, ranking) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Total but for records that are the same in all: the order in which they came makes no difference. */
const compareRanked = (left: Ranked, right: Ranked, ranking: Ranking): number => {
  const by = compareCells(left.by, right.by, ranking.measure)
  if (by !== 0) return ranking.greatestFirst ? -by : by
  const time = ranking.latestFirst ? right.time - left.time : left.time - right.time
  if (time !== 0) return time
  for (let i = 0; i < left.row.length; i++) {
    const difference = compareCells(left.row[i] ?? null, right.row[i] ?? null, { is: "plain" })
    if (difference !== 0) return difference
  }
  return 0
}
