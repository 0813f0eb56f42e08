import { type Cell, cellText, decimalText, type Measure, unscaledOf } from "./cell.ts"
import { addExactly, roundedSum } from "./exact-sum.ts"
import { addRanked, bestOf, dropRankedBefore, type Ranked, type Ranking } from "./ranked.ts"
import { type Counted, emptySlot, type Gathered, type Slot } from "./slot.ts"

/** What is gathered of records. */
export type Aggregate =
  | { readonly is: "count" }
  | { readonly is: "sum" | "avg"; readonly measure: Measure }
  | { readonly is: "distinct" }
  /** The best value by itself, or a list of rows. */
  | { readonly is: "ranked"; readonly ranking: Ranking; readonly gives: "value" | "rows" }

/** What a record gives to one aggregate; null: nothing. */
export type Given = { readonly by: Cell; readonly row: readonly Cell[] } | null

/** An aggregate's result: a value, or rows of values. */
export type Result = Cell | readonly (readonly Cell[])[]

export const nothing = (aggregates: readonly Aggregate[]): Gathered => ({
  rows: 0,
  slots: aggregates.map(() => emptySlot)
})

/** One record added. */
export const addRecord = (
  aggregates: readonly Aggregate[],
  to: Gathered,
  record: { readonly pane: number; readonly time: number; readonly given: readonly Given[] }
): Gathered => ({
  rows: to.rows + 1,
  slots: aggregates.map((aggregate, index) => {
    const slot = to.slots[index] ?? emptySlot
    const given = record.given[index] ?? null
    return given === null ? slot : addValue(aggregate, slot, { ...given, ...placeOf(record) })
  })
})

const placeOf = ({ pane, time }: { readonly pane: number; readonly time: number }) => ({ pane, time })

const addValue = (aggregate: Aggregate, slot: Slot, value: Ranked): Slot => {
  switch (aggregate.is) {
    case "count":
      return { ...slot, n: slot.n + 1 }
    case "sum":
    case "avg":
      return addToSum({ ...slot, n: slot.n + 1 }, value.by)
    case "distinct":
      return { ...slot, values: mergeCounted(slot.values, [{ text: cellText(value.by), n: 1 }], 1) }
    case "ranked":
      return { ...slot, ranked: addRanked(slot.ranked, value, aggregate.ranking) }
  }
}

const addToSum = (slot: Slot, value: Cell): Slot => {
  if (typeof value === "number") {
    if (Number.isFinite(value)) return { ...slot, partials: addExactly(slot.partials, value) }
    return { ...slot, odd: addCounts(slot.odd, oddOf(value), 1) }
  }
  if (typeof value === "bigint") return { ...slot, whole: String(wholeOf(slot) + value) }
  if (typeof value === "string") return { ...slot, whole: String(wholeOf(slot) + unscaledOf(value)) }
  return slot
}

const wholeOf = ({ whole }: Slot): bigint => (whole === "" ? 0n : BigInt(whole))

const oddOf = (value: number): readonly number[] =>
  Number.isNaN(value) ? [1, 0, 0] : value > 0 ? [0, 1, 0] : [0, 0, 1]

const addCounts = (left: readonly number[], right: readonly number[], sign: 1 | -1): readonly number[] => {
  if (right.length === 0) return left
  const sums = [0, 1, 2].map((place) => (left[place] ?? 0) + sign * (right[place] ?? 0))
  return sums.every((count) => count === 0) ? [] : sums
}

/** All of `from` added, or taken away again; what is ranked leaves by {@link withoutPanesBefore} alone. */
export const combine = (
  aggregates: readonly Aggregate[],
  to: Gathered,
  from: Gathered,
  sign: 1 | -1
): Gathered => ({
  rows: to.rows + sign * from.rows,
  slots: aggregates.map((aggregate, index) =>
    combineSlots(aggregate, to.slots[index] ?? emptySlot, from.slots[index] ?? emptySlot, sign)
  )
})

const combineSlots = (aggregate: Aggregate, to: Slot, from: Slot, sign: 1 | -1): Slot => {
  switch (aggregate.is) {
    case "count":
      return { ...to, n: to.n + sign * from.n }
    case "sum":
    case "avg": {
      const whole = wholeOf(to) + (sign === 1 ? wholeOf(from) : -wholeOf(from))
      return {
        ...to,
        n: to.n + sign * from.n,
        partials: from.partials.reduce((sum, partial) => addExactly(sum, sign * partial), to.partials),
        odd: addCounts(to.odd, from.odd, sign),
        whole: to.whole === "" && from.whole === "" ? "" : String(whole)
      }
    }
    case "distinct":
      return { ...to, values: mergeCounted(to.values, from.values, sign) }
    case "ranked":
      if (sign === -1) return to
      return {
        ...to,
        ranked: from.ranked.reduce((list, one) => addRanked(list, one, aggregate.ranking), to.ranked)
      }
  }
}

/** Two lists in the order of their texts made one; a value whose count comes to 0 is gone. */
const mergeCounted = (
  left: readonly Counted[],
  right: readonly Counted[],
  sign: 1 | -1
): readonly Counted[] => {
  const merged: Counted[] = []
  let at = 0
  for (const { text, n } of right) {
    for (let one = left[at]; one !== undefined && one.text < text; one = left[at]) {
      merged.push(one)
      at += 1
    }
    const same = left[at]
    const isSame = same !== undefined && same.text === text
    const count = (isSame ? same.n : 0) + sign * n
    if (isSame) at += 1
    if (count !== 0) merged.push({ text, n: count })
  }
  for (; at < left.length; at++) {
    const one = left[at]
    if (one !== undefined) merged.push(one)
  }
  return merged
}

/** Lets what is ranked go with its panes. */
export const withoutPanesBefore = (gathered: Gathered, from: number): Gathered => ({
  ...gathered,
  slots: gathered.slots.map((slot) =>
    slot.ranked.length === 0 ? slot : { ...slot, ranked: dropRankedBefore(slot.ranked, from) }
  )
})

/** What everything that is ranked stands in from now on: a session is one pane. */
export const inPane = (gathered: Gathered, pane: number): Gathered => ({
  ...gathered,
  slots: gathered.slots.map((slot) => ({ ...slot, ranked: slot.ranked.map((one) => ({ ...one, pane })) }))
})

/** In the order of the aggregates. */
export const resultsOf = (aggregates: readonly Aggregate[], { slots }: Gathered): readonly Result[] =>
  aggregates.map((aggregate, index) => resultOf(aggregate, slots[index] ?? emptySlot))

const resultOf = (aggregate: Aggregate, slot: Slot): Result => {
  switch (aggregate.is) {
    case "count":
      return slot.n
    case "sum":
      return slot.n === 0 ? null : sumOf(slot, aggregate.measure)
    case "avg":
      return slot.n === 0 ? null : meanOf(slot, aggregate.measure)
    case "distinct":
      return slot.values.length
    case "ranked": {
      const best = bestOf(slot.ranked, aggregate.ranking)
      return aggregate.gives === "rows" ? best.map(({ row }) => row) : (best[0]?.row[0] ?? null)
    }
  }
}

const sumOf = (slot: Slot, measure: Measure): Cell => {
  if (measure.is === "decimal") return decimalText(wholeOf(slot), measure.scale)
  return slot.whole === "" ? numberOf(slot) : wholeOf(slot)
}

const numberOf = ({ odd, partials }: Slot): number => {
  const [nan = 0, above = 0, below = 0] = odd
  if (nan > 0 || (above > 0 && below > 0)) return NaN
  return above > 0 ? Infinity : below > 0 ? -Infinity : roundedSum(partials)
}

/** A decimal's has six fraction digits at least, rounded half away from zero. */
const meanOf = (slot: Slot, measure: Measure): Cell => {
  if (measure.is === "plain") return (slot.whole === "" ? numberOf(slot) : Number(wholeOf(slot))) / slot.n
  const scale = Math.max(measure.scale, 6)
  const sum = wholeOf(slot) * 10n ** BigInt(scale - measure.scale)
  const n = BigInt(slot.n)
  const half = sum < 0n ? -n : n
  return decimalText((sum * 2n + half) / (n * 2n), scale)
}
