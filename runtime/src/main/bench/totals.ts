import { openBatch } from "@millrace/sdk/record"
import type { BatchCost } from "./rig.ts"

/** The first record that failed, as a person is to see it. */
export interface FirstFailure {
  readonly code: string
  readonly tag: string | undefined
  readonly message: string
  readonly input: string
  readonly offset: bigint
}

/** Batches added up. Times are microseconds of CPU unless they say otherwise. */
export interface Totals {
  batches: number
  records: number
  recordsOut: number
  filtered: number
  failed: number
  bytesIn: number
  bytesOut: number
  stateBytes: number
  /** Of this process, until the sandbox had answered, and for the commit. */
  callMicros: number
  commitMicros: number
  /** Of the sandbox process, while the guest's code had it. */
  guestMicros: number
  wallMs: number
  /** Of each batch, milliseconds. */
  readonly batchMs: number[]
  firstFailure: FirstFailure | undefined
}

export const noTotals = (): Totals => ({
  batches: 0,
  records: 0,
  recordsOut: 0,
  filtered: 0,
  failed: 0,
  bytesIn: 0,
  bytesOut: 0,
  stateBytes: 0,
  callMicros: 0,
  commitMicros: 0,
  guestMicros: 0,
  wallMs: 0,
  batchMs: [],
  firstFailure: undefined
})

/** Adds a batch. */
export const addBatch = (
  totals: Totals,
  { callMicros, commitMicros, records, result, wallMs }: BatchCost
): void => {
  totals.batches += 1
  totals.records += records
  totals.callMicros += callMicros
  totals.commitMicros += commitMicros
  totals.wallMs += wallMs
  totals.batchMs.push(wallMs)
  totals.stateBytes += result.state.length
  for (const { bytesIn, bytesOut, cpuMicros, failed, filtered } of result.counts) {
    totals.bytesIn += bytesIn
    totals.bytesOut += bytesOut
    totals.guestMicros += cpuMicros
    totals.failed += failed
    totals.filtered += filtered
  }
  for (const { frame } of result.outputs) totals.recordsOut += openBatch(frame).count
  const [letter] = result.deadLetters
  if (letter !== undefined && totals.firstFailure === undefined) {
    const { code, input, message, offset, tag } = letter
    totals.firstFailure = { code, input, message, offset, tag }
  }
}

/** The value below which the given part of all lies; 0 of none. */
export const quantile = (values: readonly number[], part: number): number => {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
}
