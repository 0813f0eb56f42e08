import type { SandboxProcess } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Batch } from "./batches.ts"
import type { BatchCost, Rig } from "./rig.ts"
import { addBatch, noTotals, type Totals } from "./totals.ts"

/** Two passes in a row that differ by less are steady. */
const steadyWithin = 0.05
const leastPasses = 3
const mostPasses = 25
const mostWarmUpMs = 15_000

/** Runs all batches once. `seen`: given each batch with what came of it. */
export const pass = Effect.fnUntraced(function* (
  rig: Rig,
  batches: readonly Batch[],
  into: Totals,
  seen: (batch: Batch, cost: BatchCost) => void = () => undefined
) {
  for (const batch of batches) {
    const cost = yield* rig.run(batch)
    addBatch(into, cost)
    seen(batch, cost)
  }
  return into
})

export interface WarmUp {
  readonly passes: number
  /** The last two passes took the same. */
  readonly isSteady: boolean
}

/** Runs the batches until they take no less CPU time any more, or long enough. */
export const warmUp = Effect.fnUntraced(function* (rig: Rig, batches: readonly Batch[]) {
  const begun = yield* Clock.currentTimeMillis
  let before = Infinity
  for (let passes = 1; ; passes++) {
    const { callMicros, commitMicros, guestMicros } = yield* pass(rig, batches, noTotals())
    const now = callMicros + commitMicros + guestMicros
    const isSteady = passes >= leastPasses && Math.abs(now - before) <= steadyWithin * before
    const isLong = (yield* Clock.currentTimeMillis) - begun > mostWarmUpMs
    if (isSteady || isLong || passes >= mostPasses) return { passes, isSteady } satisfies WarmUp
    before = now
  }
})

export interface Measured {
  readonly full: Totals
  /** The same records with bodies that answer from memory; undefined where there is no such rig. */
  readonly withoutBody: Totals | undefined
  /** Of the sandbox process, microseconds of CPU while `full` was measured; undefined when it was not the same all the time. */
  readonly sandboxMicros: number | undefined
  /** The most that the sandbox process held, resident. */
  readonly residentBytes: number
}

/** Passes by turns, with the body and without, until those with it have taken so long. Two at least. */
export const measure = Effect.fnUntraced(function* (
  rig: Rig,
  without: Rig | undefined,
  batches: readonly Batch[],
  options: { readonly milliseconds: number; readonly onPass: (doneMs: number) => Effect.Effect<void> }
) {
  const full = noTotals()
  const withoutBody = without === undefined ? undefined : noTotals()
  const first = yield* rig.process
  let last: SandboxProcess | undefined = first
  let residentBytes = 0
  for (let passes = 0; passes < 2 || full.wallMs < options.milliseconds; passes++) {
    yield* pass(rig, batches, full)
    last = yield* rig.process
    residentBytes = Math.max(residentBytes, last?.residentBytes ?? 0)
    if (without !== undefined && withoutBody !== undefined) yield* pass(without, batches, withoutBody)
    yield* options.onPass(full.wallMs)
  }
  const sandboxMicros =
    first !== undefined && first.pid === last?.pid ? last.cpuMicros - first.cpuMicros : undefined
  return { full, withoutBody, sandboxMicros, residentBytes } satisfies Measured
})

/** How long single records take from the call to the durable commit, milliseconds each, until so long has gone by. */
export const measureSingles = Effect.fnUntraced(function* (
  rig: Rig,
  batches: readonly Batch[],
  milliseconds: number
) {
  const took: number[] = []
  let spent = 0
  for (const batch of batches) {
    if (spent >= milliseconds) break
    const { wallMs } = yield* rig.run(batch)
    took.push(wallMs)
    spent += wallMs
  }
  return took
})
