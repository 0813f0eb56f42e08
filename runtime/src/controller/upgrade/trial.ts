import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Transport } from "../../transport/transport.ts"
import { marksNode, readMarks, type Trial, writeMarks } from "../run-marks.ts"
import type { Run } from "../running-pipelines.ts"
import { forgetRemoved } from "../start/begin-anew.ts"
import type { PipelineHead, StoredPipeline } from "../store.ts"
import { readStoredPlan } from "../stored.ts"
import { logFailed } from "../topics.ts"

/** How a revision is to be tried. */
export interface TrialWish {
  /** What it replaces was paused, and is to be again when it is taken back. */
  readonly wasPaused: boolean
  /** The revision to go back to; absent: the one that it replaces. */
  readonly before?: number
}

/**
 * Marks, while the pipeline stands still, that the revision after this one is on trial; without a trial, that none is.
 * Written before that revision is stored: a mark of a revision that never came is no mark of any other.
 */
export const markTrial = Effect.fnUntraced(function* (current: StoredPipeline, wish: TrialWish | undefined) {
  const { pipeline, revision } = current
  const now = yield* Clock.currentTimeMillis
  const marks = yield* readMarks(pipeline)
  if (wish === undefined && marks.trial === undefined) return
  const trial: Trial | undefined =
    wish === undefined
      ? undefined
      : { before: revision, ...wish, revision: revision + 1, commits: yield* commitsOf(pipeline) }
  yield* writeMarks(pipeline, { trial }, now)
}, Effect.mapError(logFailed))

/** The trial that a stored revision is on. */
export const trialOf = Effect.fnUntraced(function* ({ pipeline, revision }: PipelineHead) {
  const { trial } = yield* readMarks(pipeline).pipe(Effect.mapError(logFailed))
  return trial?.revision === revision ? trial : undefined
})

/** The revision stays: what only the one before kept is forgotten now. Does nothing where it is on no trial. */
export const endTrial = Effect.fnUntraced(function* (stored: StoredPipeline) {
  const trial = yield* trialOf(stored)
  if (trial === undefined) return
  const plan = yield* readStoredPlan(stored)
  const now = yield* Clock.currentTimeMillis
  yield* forgetRemoved(stored.pipeline, plan).pipe(
    // A kill before this, and it is forgotten again at the end of the same trial.
    Effect.andThen(writeMarks(stored.pipeline, { trial: undefined }, now)),
    Effect.mapError(logFailed)
  )
})

/** Commits of all tasks of a pipeline, the controller's own left out. */
export const commitsOf = Effect.fnUntraced(function* (pipeline: string) {
  const transport = yield* Transport
  const checkpoints = yield* transport.checkpoints(pipeline)
  return checkpoints
    .filter(({ task }) => task.node !== marksNode)
    .reduce((sum, { checkpoint }) => sum + checkpoint.sequence, 0)
})

/** Only one that does its work is worth going back to: a revision that follows any other is on no trial. */
export const trialAfter = (run: Run | undefined): TrialWish | undefined => {
  const state = run?.running?.state()
  const isWell = state === "running" || state === "starting" || state === "paused" || state === "completed"
  return isWell ? { wasPaused: run?.stored.desired === "paused" } : undefined
}
