import { apiError } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { canonicalText } from "../../pipeline/index.ts"
import { type Plan, planToJson } from "../../plan/index.ts"
import { Failpoint } from "../../telemetry/failpoint.ts"
import type { OpenedAhead } from "../../worker/chain/open-ahead.ts"
import { readMarks, writeMarks } from "../run-marks.ts"
import { RunningPipelines } from "../running-pipelines.ts"
import type { PlannedRestore } from "../savepoint/savepoint-plan.ts"
import { migrateState } from "../state/migrate-state.ts"
import { PipelineStore, type StoredPipeline } from "../store.ts"
import { storeFailed } from "../store-failed.ts"
import { readStoredPlan } from "../stored.ts"
import { logFailed } from "../topics.ts"
import { undrainedTopics } from "../undrained.ts"
import { readCanary, type Rollout, withRollout } from "./rollout.ts"
import { endTrial, markTrial, type TrialWish } from "./trial.ts"

/** One revision in the place of another. */
export interface Switch {
  readonly current: StoredPipeline | undefined
  readonly next: Plan
  /** The pipeline as its author wrote it. */
  readonly text: string
  readonly by: string
  readonly restore?: PlannedRestore | undefined
  readonly rollout?: Rollout | undefined
  /** What was opened of the new revision while the one before ran. */
  readonly opened?: OpenedAhead | undefined
  /** Present: the one before is kept until the new one has shown that it can run. */
  readonly trial?: TrialWish | undefined
}

/**
 * Stops the revision that runs after the batches in hand, stores the new one and starts it on the same places and state. Until it is
 * stored the one before is what should run: whatever stops us until then, it goes on. A kill leaves one of the two, whole.
 */
export const switchRevision = Effect.fn("switchRevision")(function* (change: Switch) {
  const { by, current, next, opened, restore, rollout, text, trial } = change
  const running = yield* RunningPipelines
  const store = yield* PipelineStore
  const failpoint = yield* Failpoint
  const { pipeline } = next.pipeline
  const ended = yield* running.hasEnded(pipeline)
  const goOn = current === undefined ? Effect.void : running.carryOut(current)
  // One that is taken back may want all that was kept for it, and its mark ends with its number.
  const isReturn = rollout?.does === "return"
  const settled = current === undefined || isReturn ? Effect.void : endTrial(current)
  const ready =
    restore === undefined
      ? Effect.andThen(standStill(current, next), ended ? Effect.void : migrateState(next))
      : running.stop(pipeline)
  const revision = {
    pipeline,
    owner: next.pipeline.owner ?? "",
    expected: current?.revision ?? 0,
    text,
    canonical: canonicalText(next.pipeline),
    planHash: next.physical.hash,
    planJson: withRollout(planToJson(next), rollout),
    by
  }
  // After a canary that is what ran on the other partitions, and no trial was.
  const canary = current === undefined ? undefined : yield* readCanary(current.planJson)
  const wish = trial === undefined || canary === undefined ? trial : { ...trial, before: canary.beside }
  const saved = yield* Effect.andThen(settled, ready).pipe(
    Effect.andThen(writeRestore(next, current, restore)),
    Effect.andThen(current === undefined || isReturn ? Effect.void : markTrial(current, wish)),
    Effect.andThen(store.putRevision(revision).pipe(Effect.mapError(storeFailed))),
    Effect.tapError(() => Effect.andThen(opened?.close ?? Effect.void, Effect.ignore(goOn)))
  )
  // From here on the new revision is what should run: a kill now, and the next start carries it out.
  failpoint("mid-apply")
  yield* running.replace(saved, opened)
  return saved
})

/** Stops the revision that runs, and fails when the new plan would drop a topic with records that were not read. */
const standStill = Effect.fnUntraced(function* (current: StoredPipeline | undefined, next: Plan) {
  if (current === undefined) return
  const running = yield* RunningPipelines
  // A run that has ended begins anew: what its topics hold is done with.
  if (yield* running.hasEnded(current.pipeline)) return
  yield* running.stop(current.pipeline)
  const topics = yield* undrainedTopics(yield* readStoredPlan(current), next).pipe(Effect.mapError(logFailed))
  if (topics.length > 0) return yield* apiError("TOPIC_NOT_DRAINED", { topics })
})

/**
 * Before the revision is stored that is to begin from a savepoint: it is told by its plan and by what it follows, and another
 * one takes the wish away.
 */
const writeRestore = Effect.fnUntraced(function* (
  next: Plan,
  current: StoredPipeline | undefined,
  restore: PlannedRestore | undefined
) {
  const { pipeline } = next.pipeline
  const marks = yield* readMarks(pipeline).pipe(Effect.mapError(logFailed))
  if (restore === undefined && marks.intent?.does !== "restore") return
  const intent =
    restore === undefined
      ? undefined
      : ({
          does: "restore",
          after: current?.revision ?? 0,
          planHash: next.physical.hash,
          pipeline: restore.head.pipeline,
          savepoint: restore.head.savepoint
        } as const)
  const now = yield* Clock.currentTimeMillis
  yield* writeMarks(pipeline, { intent }, now).pipe(Effect.mapError(logFailed))
})
