import {
  type ApiError,
  type ApplyRequest,
  type ApplyView,
  apiError,
  type PlanAnswer,
  type PlanRequest,
  type ResetRequest,
  type ResetView,
  type SavepointView
} from "@millrace/sdk/api"
import type { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Semaphore from "effect/Semaphore"
import type { PlanFailed } from "../plan/index.ts"
import { Failpoint } from "../telemetry/failpoint.ts"
import { Transport } from "../transport/transport.ts"
import { findMissingSecrets, type SecretNames } from "./missing-secrets.ts"
import type { Packages } from "./packages.ts"
import { planPipeline } from "./planning.ts"
import { planView } from "./plan-view.ts"
import { writeMarks } from "./run-marks.ts"
import { RunningPipelines } from "./running-pipelines.ts"
import { savepointName } from "./savepoint/savepoint-name.ts"
import { plannedRestore } from "./savepoint/savepoint-plan.ts"
import type { Savepoints } from "./savepoint/savepoints.ts"
import { takeSavepoint } from "./savepoint/take-savepoint.ts"
import { previewReset } from "./start/reset-preview.ts"
import { PipelineStore, type StoredPipeline } from "./store.ts"
import { streamProblems, type Streams } from "./streams.ts"
import { storeFailed } from "./store-failed.ts"
import { readStoredPlan } from "./stored.ts"
import { logFailed } from "./topics.ts"
import { type Applied, type ApplyOptions, applyPlan, lostState } from "./upgrade/apply.ts"
import { judgeTrial, settleTrial, watchTrial } from "./upgrade/judge.ts"
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
  readonly pause: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  readonly resume: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  readonly remove: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  /** Sets a pipeline back in what it reads, or says what that would do. */
  readonly reset: (pipeline: string, request: ResetRequest) => Effect.Effect<ResetView, ApiError>
  /** Puts aside all that a pipeline keeps; it stands still meanwhile. Without a name it gets one by the time. */
  readonly savepoint: (pipeline: string, name: string | undefined) => Effect.Effect<SavepointView, ApiError>
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
      const watched = (saved: StoredPipeline) =>
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
        plan: (request) => inTurn(plan(request)),
        apply: (request, by, options = {}) => inTurn(judged(applyPlan(request, by, options))),
        watchTrials: inTurn(onTrial).pipe(
          Effect.flatMap((stored) => Effect.forEach(stored, watched, { discard: true }))
        ),
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

const plan = Effect.fn("Controller.plan")(function* (request: PlanRequest) {
  const running = yield* RunningPipelines
  const planned = yield* planPipeline(request).pipe(
    Effect.catchTag("PlanFailed", ({ problems }: PlanFailed) => Effect.succeed({ problems }))
  )
  if ("problems" in planned) return planned
  const { difference, plan: next } = planned
  const ended = yield* running.hasEnded(next.pipeline.pipeline)
  const restore = request.from === undefined ? undefined : yield* plannedRestore(next, request.from)
  const state = restore?.problems ?? (yield* lostState(next, request, ended))
  const problems = [...(yield* streamProblems(next)), ...state]
  if (problems.length > 0) return { problems }
  const rerun = restore === undefined && ended && difference.wouldChange
  const missingSecrets = yield* findMissingSecrets(next)
  const view = planView({ plan: next, difference, rerun, missingSecrets })
  if (restore === undefined) return { plan: view }
  const notes = restore.notes.map((text) => ({ action: "note", text }) as const)
  return { plan: { ...view, wouldChange: true, changes: [...view.changes, ...notes] } }
})

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
  yield* known(pipeline)
  const store = yield* PipelineStore
  const transport = yield* Transport
  yield* store.setDesired(pipeline, "deleted", by).pipe(Effect.mapError(storeFailed))
  yield* Effect.flatMap(RunningPipelines, (running) => running.stop(pipeline))
  yield* transport.forget(pipeline).pipe(Effect.mapError(logFailed))
})
