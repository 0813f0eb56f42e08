import { type Cell, decimalText } from "../cell.ts"
import type { Result } from "../aggregate.ts"
import type { ModelCase, ModelRecord } from "./random-case.ts"

/** What a case must come to: results by group and bounds, and how many records were too late for all of their windows. */
export interface Expected {
  readonly results: ReadonlyMap<string, readonly Result[]>
  readonly late: number
}

/** The same by naive loops: every window of every record, one after the other. */
export const expectedOf = (model: ModelCase): Expected => {
  const taken: { readonly record: ModelRecord; readonly watermark: number }[] = []
  for (const records of model.partitions) {
    let newest = -Infinity
    for (const record of records) {
      taken.push({ record, watermark: newest - model.outOfOrderness })
      newest = Math.max(newest, record.time)
    }
  }
  const { window } = model
  return window.is === "session" ? sessions(taken, window.gap, model.lateness) : fixed(taken, window, model)
}

type Taken = readonly { readonly record: ModelRecord; readonly watermark: number }[]

const fixed = (
  taken: Taken,
  window: Exclude<ModelCase["window"], { readonly is: "session" }>,
  { lateness }: ModelCase
): Expected => {
  const members = new Map<string, ModelRecord[]>()
  let late = 0
  for (const { record, watermark } of taken) {
    const bounds = boundsOf(record.time, window)
    const open = bounds.filter(([, end]) => end + lateness > watermark)
    if (bounds.length > 0 && open.length === 0) late += 1
    for (const [start, end] of open) {
      const name = `${record.group} ${start} ${end}`
      members.set(name, [...(members.get(name) ?? []), record])
    }
  }
  return { results: new Map([...members].map(([name, records]) => [name, resultsOf(records)])), late }
}

/** Every start at which a window could begin is tried. */
const boundsOf = (
  time: number,
  window: Exclude<ModelCase["window"], { readonly is: "session" }>
): readonly (readonly [number, number])[] => {
  const found: (readonly [number, number])[] = []
  for (let start = time; start > time - window.size; start--) {
    if (window.is === "hopping") {
      if (Number.isInteger((start - window.offset) / window.slide)) found.push([start, start + window.size])
    } else if (Number.isInteger((start - window.offset) / window.size)) {
      for (let end = start + window.step; end <= start + window.size; end += window.step)
        if (end > time) found.push([start, end])
    }
  }
  return found
}

const sessions = (taken: Taken, gap: number, lateness: number): Expected => {
  const kept = taken.filter(({ record, watermark }) => record.time + lateness >= watermark)
  const results = new Map<string, readonly Result[]>()
  for (const group of new Set(kept.map(({ record }) => record.group))) {
    const sorted = kept
      .map(({ record }) => record)
      .filter((record) => record.group === group)
      .toSorted((left, right) => left.time - right.time)
    let open: ModelRecord[] = []
    const close = () => {
      if (open.length > 0)
        results.set(`${group} ${open[0]?.time} ${(open.at(-1)?.time ?? 0) + gap}`, resultsOf(open))
      open = []
    }
    for (const record of sorted) {
      if (record.time - (open.at(-1)?.time ?? record.time) >= gap) close()
      open.push(record)
    }
    close()
  }
  return { results, late: taken.length - kept.length }
}

/** In the order of `modelAggregates`. */
export const resultsOf = (records: readonly ModelRecord[]): readonly Result[] => {
  const words = records.flatMap(({ word }) => (word === null ? [] : [word]))
  const cents = records.map(({ price }) => BigInt(price.replace(".", "")))
  const x = records.reduce((sum, record) => sum + BigInt(record.x * 1024), 0n)
  const byTime = records.toSorted((left, right) => left.time - right.time || left.x - right.x)
  return [
    records.length,
    words.length,
    Number(x) / 1024,
    mean(cents.reduce((sum, one) => sum + one, 0n) * 10_000n, BigInt(records.length)),
    records.reduce((sum, { whole }) => sum + whole, 0n),
    decimalText(
      cents.reduce((one, other) => (one > other ? one : other)),
      2
    ),
    words.toSorted()[0] ?? null,
    lastOf(records),
    new Set(words).size,
    byTime
      .toSorted((left, right) => right.x - left.x || left.time - right.time)
      .slice(0, 3)
      .map(({ x: value, time }): readonly Cell[] => [value, time]),
    tied(records)
  ]
}

const mean = (sum: bigint, n: bigint): string => {
  const magnitude = sum < 0n ? -sum : sum
  const rounded = (magnitude * 2n + n) / (n * 2n)
  return decimalText(sum < 0n ? -rounded : rounded, 6)
}

/** Of the highest time; of several, the least by its value. */
const lastOf = (records: readonly ModelRecord[]): number => {
  const newest = Math.max(...records.map(({ time }) => time))
  return Math.min(...records.filter(({ time }) => time === newest).map(({ x }) => x))
}

const tied = (records: readonly ModelRecord[]): readonly (readonly Cell[])[] => {
  const priceOf = ({ price }: ModelRecord) => Number(price)
  const sorted = records.toSorted(
    (left, right) => priceOf(right) - priceOf(left) || left.time - right.time || left.x - right.x
  )
  const least = sorted[1] ?? sorted.at(-1)
  return sorted
    .filter((record) => least !== undefined && priceOf(record) >= priceOf(least))
    .map(({ time, x }): readonly Cell[] => [time, x])
}
