import * as Effect from "effect/Effect"
import type { SegmentError } from "../segment.ts"
import { segmentError } from "../segment-error.ts"

export type KillCode = "DEADLINE_EXCEEDED" | "MEMORY_EXCEEDED" | "SANDBOX_KILLED"

/** A run came to nothing: its process or its guest was killed, or its outputs outgrew their budget. */
export type RunStopped =
  | {
      readonly _tag: "RunStopped"
      readonly why: "killed"
      readonly code: KillCode
      readonly stage: number
      readonly message: string
    }
  | { readonly _tag: "RunStopped"; readonly why: "overflow"; readonly stage: number }

export interface PoisonRun<P, R> {
  readonly piece: P
  readonly count: (piece: P) => number
  /** Neighbours of at most so many records. */
  readonly cut: (piece: P, size: number) => readonly P[]
  /** `isLastResort`: the piece is one record; what outgrows the budget is then that record's failure. */
  readonly run: (piece: P, isLastResort: boolean) => Effect.Effect<R, RunStopped | SegmentError>
  /** A record that killed three times. */
  readonly poisoned: (piece: P, stopped: RunStopped) => Effect.Effect<R, SegmentError>
  /** Called once when a piece is first taken apart because of a kill. */
  readonly isolating: Effect.Effect<void, SegmentError>
}

/** Kills that one record may cause before it is set aside. */
const maxKills = 3
/** So few records are tried singly at once. */
const smallPiece = 16
/** Records set aside in one call before the plugin itself is taken to be at fault. */
const maxPoisoned = 32

interface Progress<R> {
  readonly results: R[]
  poisoned: number
  isIsolating: boolean
}

/**
 * Runs a piece whole; when that kills, in slices, then singly, so that at most three kills are spent on a record that does it,
 * and its neighbours come through, in order. What outgrows the output budget is run again in halves.
 */
export function isolatePoison<P, R>(run: PoisonRun<P, R>): Effect.Effect<readonly R[], SegmentError> {
  const progress: Progress<R> = { results: [], poisoned: 0, isIsolating: false }
  return Effect.as(runPiece(run, progress, run.piece, 0), progress.results)
}

function runPiece<P, R>(
  run: PoisonRun<P, R>,
  progress: Progress<R>,
  piece: P,
  kills: number
): Effect.Effect<void, SegmentError> {
  const isSingle = run.count(piece) <= 1
  return run.run(piece, isSingle).pipe(
    Effect.map((result) => {
      progress.results.push(result)
    }),
    Effect.catch((stopped) => {
      if (stopped._tag === "SegmentError") return Effect.fail(stopped)
      return stopped.why === "overflow"
        ? runHalves(run, progress, piece, kills)
        : takeApart(run, progress, piece, kills + 1, stopped)
    })
  )
}

function runHalves<P, R>(
  run: PoisonRun<P, R>,
  progress: Progress<R>,
  piece: P,
  kills: number
): Effect.Effect<void, SegmentError> {
  const count = run.count(piece)
  if (count <= 1)
    return Effect.fail(segmentError("OUTPUT_TOO_LARGE", "one record's outputs exceed the limit of one call"))
  return runAll(run, progress, run.cut(piece, Math.ceil(count / 2)), kills)
}

function takeApart<P, R>(
  run: PoisonRun<P, R>,
  progress: Progress<R>,
  piece: P,
  kills: number,
  stopped: RunStopped
): Effect.Effect<void, SegmentError> {
  const count = run.count(piece)
  const begin = progress.isIsolating ? Effect.void : run.isolating
  progress.isIsolating = true
  if (count > 1) {
    // After the last but one kill only single records are left to try.
    const size = kills >= maxKills - 1 || count <= smallPiece ? 1 : Math.ceil(Math.sqrt(count))
    return Effect.andThen(begin, runAll(run, progress, run.cut(piece, size), kills))
  }
  if (kills < maxKills) return Effect.andThen(begin, runPiece(run, progress, piece, kills))
  progress.poisoned += 1
  if (progress.poisoned > maxPoisoned) {
    return Effect.fail(
      segmentError(
        "TOO_MANY_KILLS",
        `more than ${maxPoisoned} records of one batch kill the sandbox: the plugin is at fault, not the records`
      )
    )
  }
  return Effect.map(run.poisoned(piece, stopped), (result) => {
    progress.results.push(result)
  })
}

function runAll<P, R>(
  run: PoisonRun<P, R>,
  progress: Progress<R>,
  pieces: readonly P[],
  kills: number
): Effect.Effect<void, SegmentError> {
  return Effect.forEach(pieces, (piece) => runPiece(run, progress, piece, kills), { discard: true })
}
