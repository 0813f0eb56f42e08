import type { DedupeOptions } from "../../../plugins/dedupe/src/core/dedupe.ts"
import type { IntervalOptions } from "../../../plugins/join/src/core/interval-join.ts"
import type { TemporalOptions } from "../../../plugins/join/src/core/temporal-join.ts"
import type { StretchOptions } from "../../../plugins/rate-limit/src/core/stretches.ts"
import type { Arrival } from "./history.ts"
import type { Given } from "./run-core.ts"

// What comes out, by definition: all records at once, no state, no time, no order but where it says so.

const inTime = (records: readonly Arrival[], lateness: number): readonly Arrival[] =>
  records.filter(({ timestamp, watermark }) => timestamp + lateness >= watermark)

export const intervalOracle = (records: readonly Arrival[], options: IntervalOptions): readonly Given[] => {
  const { before, after, lateness, outer } = options
  const known = inTime(records, lateness)
  const [left, right] = [
    known.filter(({ side }) => side === "left"),
    known.filter(({ side }) => side === "right")
  ]
  const isPair = (one: Arrival, other: Arrival): boolean =>
    one.key !== null &&
    one.key === other.key &&
    other.timestamp >= one.timestamp - before &&
    other.timestamp <= one.timestamp + after
  const pairs = left.flatMap((one) =>
    right
      .filter((other) => isPair(one, other))
      .map((other) => ({
        timestamp: Math.max(one.timestamp, other.timestamp),
        watermark: Math.max(one.watermark, other.watermark),
        of: `${one.id}+${other.id}`
      }))
  )
  const alone = (one: Arrival, reach: number, of: string): Given =>
    one.key === null
      ? { timestamp: one.timestamp, watermark: one.watermark, of }
      : { timestamp: one.timestamp + reach, watermark: one.timestamp + reach + lateness, of }
  const lonelyLeft = left.filter((one) => outer.left && !right.some((other) => isPair(one, other)))
  const lonelyRight = right.filter((other) => outer.right && !left.some((one) => isPair(one, other)))
  return [
    ...pairs,
    ...lonelyLeft.map((one) => alone(one, after, `${one.id}+-`)),
    ...lonelyRight.map((one) => alone(one, before, `-+${one.id}`))
  ]
}

/** No two versions of a key may have one timestamp. */
export const temporalOracle = (
  records: readonly Arrival[],
  { lateness, outer }: TemporalOptions,
  isDeleted: (id: number) => boolean = () => false
): readonly Given[] => {
  const known = inTime(records, lateness)
  return known
    .filter(({ side }) => side === "left")
    .flatMap(({ key, timestamp, watermark, id }) => {
      const [latest] = known
        .filter((one) => one.side === "right" && one.key !== null && one.key === key)
        .filter((one) => one.timestamp <= timestamp)
        .toSorted((one, other) => other.timestamp - one.timestamp)
      const version = latest === undefined || isDeleted(latest.id) ? undefined : latest
      return version === undefined && !outer
        ? []
        : [
            {
              timestamp,
              watermark: key === null ? watermark : timestamp + lateness,
              of: `${id}+${version?.id ?? "-"}`
            }
          ]
    })
}

const byKey = (records: readonly Arrival[]): readonly (readonly Arrival[])[] =>
  [...new Set(records.map(({ key }) => key))].map((key) => records.filter((one) => one.key === key))

/** No two records of a key may have one timestamp. */
export const dedupeOracle = (
  records: readonly Arrival[],
  { within, lateness, keep }: DedupeOptions
): readonly Given[] =>
  byKey(inTime(records, lateness)).flatMap((same) => {
    const runs: (readonly Arrival[])[] = []
    for (const one of same.toSorted((a, b) => a.timestamp - b.timestamp)) {
      const run = runs.at(-1)
      const start = run?.[0]?.timestamp ?? -Infinity
      if (run !== undefined && one.timestamp < start + within) runs[runs.length - 1] = [...run, one]
      else runs.push([one])
    }
    return runs.flatMap((run) => {
      const one = keep === "first" ? run[0] : run.at(-1)
      const [first] = run
      if (one === undefined || first === undefined) return []
      const timestamp = keep === "first" ? one.timestamp : first.timestamp + within - 1
      return [{ timestamp, watermark: timestamp + lateness, of: `${one.side}${one.id}` }]
    })
  })

/** `records` in the order of arrival. */
export const firstComeOracle = (
  records: readonly Arrival[],
  { within, lateness }: DedupeOptions
): readonly Given[] =>
  byKey(inTime(records, lateness)).flatMap((same) => {
    const passed: Arrival[] = []
    for (const one of same)
      if (passed.every(({ timestamp }) => Math.abs(timestamp - one.timestamp) >= within)) passed.push(one)
    return passed.map(({ timestamp, watermark, side, id }) => ({ timestamp, watermark, of: `${side}${id}` }))
  })

/** `records` in the order of arrival. */
export const limitOracle = (
  records: readonly Arrival[],
  { per, records: most }: StretchOptions
): readonly Given[] =>
  byKey(records).flatMap((same) => {
    const stretchOf = ({ timestamp }: Arrival): number => Math.floor(timestamp / per)
    const inStretch = same.filter((one) => one.watermark < (stretchOf(one) + 1) * per)
    return inStretch
      .filter(
        (one, index) =>
          inStretch.slice(0, index).filter((other) => stretchOf(other) === stretchOf(one)).length < most
      )
      .map(({ timestamp, watermark, side, id }) => ({ timestamp, watermark, of: `${side}${id}` }))
  })
