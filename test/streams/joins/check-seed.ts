import { drawsOf } from "../../prove/power-cut/prove-images.ts"
import { type Arrival, type Happening, type History, historyOf, isDelete, otherwise } from "./history.ts"
import {
  dedupeByArrival,
  dedupeByTime,
  intervalOperator,
  limitByTime,
  temporalOperator
} from "./operators.ts"
import { dedupeOracle, firstComeOracle, intervalOracle, limitOracle, temporalOracle } from "./oracle.ts"
import { type CoreRun, type Given, type Operator, runCore } from "./run-core.ts"

/** One seed: random options and a random history, through every core; what differs from the oracles, in words. */
export const faultsOfSeed = (seed: number): readonly string[] => {
  const draw = drawsOf(seed)
  const below = (limit: number): number => Math.floor(draw() * limit)
  const lateness = below(3) === 0 ? below(50) : 0
  const [before, after] = [below(2) * below(60), below(2) * below(4_000)]
  const outer = { left: below(2) === 0, right: below(2) === 0 }
  const interval = { before, after, lateness, outer }
  const forever = { before: Infinity, after: below(2) === 0 ? Infinity : after, lateness, outer: none }
  const temporal = { lateness, outer: below(2) === 0 }
  const dedupe = {
    within: 1 + below(100),
    lateness,
    keep: below(2) === 0 ? ("first" as const) : ("last" as const)
  }
  const limit = { records: 1 + below(4), per: 1 + below(80) }
  const history = historyOf(draw)
  const single = distinct(history)
  return [
    ...judge(
      "interval-join",
      intervalOperator(interval),
      history,
      (all) => intervalOracle(all, interval),
      draw
    ),
    ...judge(
      "unbounded join",
      intervalOperator(forever),
      history,
      (all) => intervalOracle(all, forever),
      draw
    ),
    ...judge(
      "temporal-join",
      temporalOperator(temporal),
      single,
      (all) => temporalOracle(all, temporal, isDelete),
      draw
    ),
    ...judge("dedupe by time", dedupeByTime(dedupe), single, (all) => dedupeOracle(all, dedupe), draw),
    ...differences(
      "dedupe by arrival",
      runCore(dedupeByArrival(dedupe), history),
      firstComeOracle(recordsOf(history), dedupe)
    ),
    ...differences(
      "limit by time",
      runCore(limitByTime(limit), history),
      limitOracle(recordsOf(history), limit)
    )
  ]
}

const none = { left: false, right: false }

const recordsOf = ({ happenings }: History): readonly Arrival[] =>
  happenings.flatMap((one) => (one.is === "record" ? [one.record] : []))

/** Without records of a key and timestamp that was there: which of them counts is by arrival. */
const distinct = (history: History): History => {
  const seen = new Set<string>()
  const isNew = ({ key, timestamp }: Arrival): boolean => {
    const name = `${key} ${timestamp}`
    return !seen.has(name) && seen.add(name).size > 0
  }
  const happenings = history.happenings.map((one): Happening => {
    if (one.is !== "record" || isNew(one.record)) return one
    return { is: "active", partition: one.record.partition }
  })
  return { ...history, happenings }
}

const judge = <State>(
  name: string,
  operator: Operator<State>,
  history: History,
  oracle: (records: readonly Arrival[]) => readonly Given[],
  draw: () => number
): readonly string[] => {
  const expected = oracle(recordsOf(history))
  const faults = differences(name, runCore(operator, history), expected)
  const idles = history.happenings.some((one) => one.is === "idle")
  if (idles || faults.length > 0) return faults
  return differences(`${name}, merged otherwise`, runCore(operator, otherwise(history, draw)), expected)
}

const differences = (
  name: string,
  { given, behind }: CoreRun,
  expected: readonly Given[]
): readonly string[] => {
  const [got, wanted] = [given.map(textOf).toSorted(inOrder), expected.map(textOf).toSorted(inOrder)]
  const first = got.findIndex((text, index) => text !== wanted[index])
  return [
    ...(first < 0 && got.length === wanted.length
      ? []
      : [
          `${name}: ${got.length} outputs for ${wanted.length}; at ${first}: ${got[first]}, not ${wanted[first]}`
        ]),
    ...behind.slice(0, 1).map((one) => `${name}: ${textOf(one)} is below what readers were told`)
  ]
}

const textOf = ({ of, timestamp, watermark }: Given): string => `${of} at ${timestamp} by ${watermark}`
const inOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
