import {
  type ApiError,
  type ApplyRequest,
  type ApplyView,
  apiError,
  type PlanAnswer,
  type PlanRequest,
  type ResetRequest,
  type ResetView,
  type RevisionView,
  type RollbackPlan,
  type RollbackQuestion,
  type RollbackRequest,
  type SavepointView
} from "@millrace/sdk/api"
import type { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import { Failpoint } from "../telemetry/failpoint.ts"
import { Transport } from "../transport/transport.ts"
import type { SecretNames } from "./missing-secrets.ts"
import type { Packages } from "./packages.ts"
import { writeMarks } from "./run-marks.ts"
import { RunningPipelines } from "./running-pipelines.ts"
import { savepointName } from "./savepoint/savepoint-name.ts"
import type { Savepoints } from "./savepoint/savepoints.ts"
import { takeSavepoint } from "./savepoint/take-savepoint.ts"
import { previewReset } from "./start/reset-preview.ts"
import { type PipelineHead, PipelineStore } from "./store.ts"
import { refuseWhileRead } from "./stream-readers.ts"
import type { Streams } from "./streams.ts"
import { storeFailed } from "./store-failed.ts"
import { readStoredPlan } from "./stored.ts"
import { logFailed } from "./topics.ts"
import { type Applied, type ApplyOptions, applyPlan } from "./upgrade/apply.ts"
import { pipelineHistory } from "./upgrade/history.ts"
import { judgeTrial, settleTrial, watchTrial } from "./upgrade/judge.ts"
import { promote } from "./upgrade/promote.ts"
import { planRollback, rollBack } from "./upgrade/rollback.ts"
import { showPlan } from "./upgrade/show-plan.ts"
import { endTrial, trialOf } from "./upgrade/trial.ts"

type ControllerServices =
  | Packages
  | PipelineStore
  | RunningPipelines
  | SandboxPool
  | Savepoints
  | SecretNames
  | Streams
  | Transport

/** Keeps what should run running: plans, applies, pauses, resumes and removes pipelines. What should run is in the store before anything runs. */
export interface ControllerShape {
  readonly plan: (request: PlanRequest) => Effect.Effect<PlanAnswer, ApiError>
  /** Applies the plan with the request's hash. Repeating it changes nothing. */
  readonly apply: (
    request: ApplyRequest,
    by: string,
    options?: ApplyOptions
  ) => Effect.Effect<ApplyView, ApiError>
  /** The newest revisions, each with why it is there and what it changed. */
  readonly history: (pipeline: string, limit: number) => Effect.Effect<readonly RevisionView[], ApiError>
  readonly planRollback: (
    pipeline: string,
    question: RollbackQuestion
  ) => Effect.Effect<RollbackPlan, ApiError>
  /** Takes an earlier revision's plan again, as it was, as a new revision. */
  readonly rollBack: (
    pipeline: string,
    request: RollbackRequest,
    by: string
  ) => Effect.Effect<ApplyView, ApiError>
  /** Takes the canary that runs to all partitions. */
  readonly promote: (pipeline: string, by: string) => Effect.Effect<ApplyView, ApiError>
  readonly pause: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  readonly resume: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  readonly remove: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  /** Sets a pipeline back in what it reads, or says what that would do. */
  readonly reset: (pipeline: string, request: ResetRequest) => Effect.Effect<ResetView, ApiError>
  /** Puts aside all that a pipeline keeps; it stands still meanwhile. Without a name it gets one by the time. */
  readonly savepoint: (pipeline: string, name: string | undefined) => Effect.Effect<SavepointView, ApiError>
  /** Runs work while nothing is applied or changed; what runs goes on. */
  readonly undisturbed: <A, E>(work: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Looks after revisions that were on trial when the platform ended last. */
  readonly watchTrials: Effect.Effect<void, ApiError>
  /** Starts a pipeline anew under the grants that are in force now; without one that it needs it does not start. */
  readonly recheck: (pipeline: string) => Effect.Effect<void, ApiError>
}

export class Controller extends Context.Service<Controller, ControllerShape>()(
  "millrace/controller/Controller"
) {
  static readonly layer = Layer.effect(
    Controller,
    Effect.gen(function* () {
      const services = yield* Effect.context<ControllerServices>()
      // One change at a time: a plan is made against what runs.
      const turn = yield* Semaphore.make(1)
      const inTurn = <A, E>(effect: Effect.Effect<A, E, ControllerServices>) =>
        turn.withPermits(1)(Effect.provideContext(effect, services))
      const scope = yield* Effect.scope
      /** Settles what is on trial once there is something to say of it; nobody waits for it. */
      const watched = (saved: PipelineHead) =>
        Effect.provideContext(watchTrial(saved), services).pipe(
          Effect.andThen(inTurn(settleTrial(saved))),
          Effect.catch((error) => Effect.logError(error.message)),
          Effect.forkIn(scope)
        )
      /** Judges what was changed before it answers; what cannot be told yet is watched on. */
      const judged = (changed: Effect.Effect<Applied, ApiError, ControllerServices>) =>
        Effect.gen(function* () {
          const { saved, view } = yield* changed
          if (saved !== undefined && (yield* judgeTrial(saved))) yield* watched(saved)
          return view
        })
      return Controller.of({
        plan: (request) => inTurn(showPlan(request)),
        apply: (request, by, options = {}) => inTurn(judged(applyPlan(request, by, options))),
        undisturbed: inTurn,
        watchTrials: inTurn(onTrial).pipe(
          Effect.flatMap((stored) => Effect.forEach(stored, watched, { discard: true }))
        ),
        history: (pipeline, limit) =>
          Effect.provideContext(
            Effect.flatMap(known(pipeline), ({ revision }) => pipelineHistory(pipeline, revision, limit)),
            services
          ),
        planRollback: (pipeline, question) =>
          inTurn(Effect.flatMap(known(pipeline), (stored) => planRollback(stored, question))),
        rollBack: (pipeline, request, by) =>
          inTurn(judged(Effect.flatMap(known(pipeline), (stored) => rollBack(stored, request, by)))),
        promote: (pipeline, by) =>
          inTurn(judged(Effect.flatMap(known(pipeline), (stored) => promote(stored, by)))),
        pause: (pipeline, by) => inTurn(setDesired(pipeline, "paused", by)),
        resume: (pipeline, by) => inTurn(setDesired(pipeline, "running", by)),
        remove: (pipeline, by) => inTurn(remove(pipeline, by)),
        reset: (pipeline, request) => inTurn(reset(pipeline, request)),
        savepoint: (pipeline, name) => inTurn(savepoint(pipeline, name)),
        recheck: (pipeline) => inTurn(recheck(pipeline))
      })
    })
  )
}

/** What ran when the platform ended last, and has yet to show that it can. */
const onTrial = Effect.gen(function* () {
  const running = yield* RunningPipelines
  const runs = yield* running.all
  const trials = yield* Effect.forEach(runs, ({ stored }) =>
    Effect.map(trialOf(stored), (trial) => (trial === undefined ? [] : [stored]))
  )
  return trials.flat()
})

const known = Effect.fnUntraced(function* (pipeline: string) {
  const store = yield* PipelineStore
  const stored = yield* store.get(pipeline).pipe(Effect.mapError(storeFailed))
  return stored ?? (yield* apiError("PIPELINE_UNKNOWN", { pipeline }))
})

const setDesired = Effect.fnUntraced(function* (pipeline: string, desired: "running" | "paused", by: string) {
  const stored = yield* known(pipeline)
  const store = yield* PipelineStore
  if (stored.desired !== desired)
    yield* store.setDesired(pipeline, desired, by).pipe(Effect.mapError(storeFailed))
  yield* Effect.flatMap(RunningPipelines, (running) => running.carryOut({ ...stored, desired }))
})

const reset = Effect.fnUntraced(function* (pipeline: string, { dryRun, target }: ResetRequest) {
  const stored = yield* known(pipeline)
  const changes = yield* previewReset(yield* readStoredPlan(stored), target)
  if (dryRun) return { pipeline, changes, done: false }
  const running = yield* RunningPipelines
  const failpoint = yield* Failpoint
  const now = yield* Clock.currentTimeMillis
  yield* endTrial(stored)
  yield* running.stop(pipeline)
  const intent = { does: "reset", revision: stored.revision, target } as const
  yield* writeMarks(pipeline, { intent }, now).pipe(Effect.mapError(logFailed))
  // From here on it will be set back: a kill now, and the next start does it.
  failpoint("mid-apply")
  yield* running.replace(stored)
  return { pipeline, changes, done: true }
})

const savepoint = Effect.fnUntraced(function* (pipeline: string, name: string | undefined) {
  const stored = yield* known(pipeline)
  const running = yield* RunningPipelines
  const now = yield* Clock.currentTimeMillis
  const taken = name ?? savepointName(now)
  yield* endTrial(stored)
  const isHeld = (yield* running.all).some((run) => run.stored.pipeline === pipeline)
  yield* running.stop(pipeline)
  const bytes = yield* takeSavepoint(stored, yield* readStoredPlan(stored), { savepoint: taken, now }).pipe(
    Effect.ensuring(isHeld ? Effect.ignore(running.replace(stored)) : Effect.void)
  )
  return { pipeline, savepoint: taken, revision: stored.revision, takenAt: now, bytes, isDamaged: false }
})

const recheck = Effect.fnUntraced(function* (pipeline: string) {
  const stored = yield* known(pipeline)
  yield* Effect.flatMap(RunningPipelines, (running) => running.replace(stored))
})

const remove = Effect.fnUntraced(function* (pipeline: string, by: string) {
  yield* refuseWhileRead(yield* readStoredPlan(yield* known(pipeline)))
  const store = yield* PipelineStore
  const transport = yield* Transport
  yield* store.setDesired(pipeline, "deleted", by).pipe(Effect.mapError(storeFailed))
  yield* Effect.flatMap(RunningPipelines, (running) => running.stop(pipeline))
  yield* transport.forget(pipeline).pipe(Effect.mapError(logFailed))
})
