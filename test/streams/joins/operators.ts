import {
  advance,
  arrive,
  type DedupeOptions,
  isLate as isLateForDedupe,
  noRuns,
  type Runs
} from "../../../plugins/dedupe/src/core/dedupe.ts"
import { forgottenAt, isRepeated, stillKnown } from "../../../plugins/dedupe/src/core/first-come.ts"
import {
  type Held,
  IntervalJoin,
  type IntervalOptions,
  type Joined
} from "../../../plugins/join/src/core/interval-join.ts"
import {
  TemporalJoin,
  type TemporalOptions,
  type Version,
  type Versioned
} from "../../../plugins/join/src/core/temporal-join.ts"
import { admit, type StretchOptions } from "../../../plugins/rate-limit/src/core/stretches.ts"
import { type Arrival, isDelete } from "./history.ts"
import type { Given, Operator } from "./run-core.ts"

const pairOf = (left: number | undefined, right: number | undefined): string =>
  `${left ?? "-"}+${right ?? "-"}`

/** What a key of an interval join keeps, as plain data. */
interface IntervalKey {
  readonly left: Map<number, readonly Held<number>[]>
  readonly right: Map<number, readonly Held<number>[]>
}

export const intervalOperator = (options: IntervalOptions): Operator<IntervalKey> => {
  const join = new IntervalJoin(options)
  const given = (joined: readonly Joined<number>[]): readonly Given[] =>
    joined.map(({ left, right, timestamp, watermark }) => ({ timestamp, watermark, of: pairOf(left, right) }))
  return {
    empty: () => ({ left: new Map(), right: new Map() }),
    record: (record, state, at) =>
      given(
        record.key === null
          ? join.alone(record.side, record.id, record)
          : join.arrive(record.side, record.id, record, { ...state, at })
      ),
    timer: ({ time, tag }, state, at) =>
      given(join.fire(tag === "left" ? "left" : "right", time, { ...state, at }))
  }
}

interface TemporalKey {
  readonly waiting: Map<number, readonly number[]>
  versions: readonly Version<number>[]
}

export const temporalOperator = (options: TemporalOptions): Operator<TemporalKey> => {
  const join = new TemporalJoin(options)
  const given = (versioned: readonly Versioned<number, number>[]): readonly Given[] =>
    versioned.map(({ left, version, timestamp, watermark }) => ({
      timestamp,
      watermark,
      of: pairOf(left, version)
    }))
  const stateOf = (state: TemporalKey, at: (time: number, tag: string) => void) => ({
    waiting: state.waiting,
    versions: {
      get: () => state.versions,
      set: (versions: readonly Version<number>[]) => {
        state.versions = versions
      }
    },
    at: (time: number) => at(time, "")
  })
  return {
    empty: () => ({ waiting: new Map(), versions: [] }),
    record: ({ side, key, id, ...time }, state, at) => {
      if (side === "left" && key === null) return given(join.alone(id, time))
      if (side === "left") join.record(id, time, stateOf(state, at))
      else if (key !== null) join.version(isDelete(id) ? null : id, time, stateOf(state, at))
      return []
    },
    timer: ({ time }, state, at) => given(join.fire(time, stateOf(state, at)))
  }
}

interface DedupeKey {
  runs: Runs<string>
  passed: readonly number[]
}

const nameOf = ({ side, id }: Arrival): string => `${side}${id}`

export const dedupeByTime = (options: DedupeOptions): Operator<DedupeKey> => ({
  empty: () => ({ runs: noRuns, passed: [] }),
  record: (record, state, at) => {
    if (isLateForDedupe(record, options)) return []
    const { timestamp } = record
    const step = arrive({ timestamp, row: nameOf(record) }, state.runs, options)
    state.runs = step.runs
    if (step.at !== undefined) at(step.at, "")
    return []
  },
  timer: ({ time }, state, at) => {
    const step = advance(time, state.runs, options)
    state.runs = step.runs
    if (step.at !== undefined) at(step.at, "")
    return step.given.map(({ timestamp, row }) => ({
      timestamp,
      watermark: timestamp + options.lateness,
      of: row
    }))
  }
})

export const dedupeByArrival = (options: DedupeOptions): Operator<DedupeKey> => ({
  empty: () => ({ runs: noRuns, passed: [] }),
  record: (record, state, at) => {
    const { timestamp, watermark } = record
    if (isLateForDedupe(record, options) || isRepeated(timestamp, state.passed, options)) return []
    state.passed = [...state.passed, timestamp]
    at(forgottenAt(timestamp, options), "")
    return [{ timestamp, watermark, of: nameOf(record) }]
  },
  timer: ({ time }, state) => {
    state.passed = stillKnown(time, state.passed, options)
    return []
  }
})

export const limitByTime = (options: StretchOptions): Operator<Map<number, number>> => ({
  empty: () => new Map(),
  record: (record, passed, at) => {
    const { timestamp, watermark } = record
    const state = { passed, at: (time: number, stretch: number) => at(time, String(stretch)) }
    return admit({ time: timestamp, watermark }, state, options)
      ? [{ timestamp, watermark, of: nameOf(record) }]
      : []
  },
  timer: ({ tag }, passed) => {
    passed.delete(Number(tag))
    return []
  }
})
