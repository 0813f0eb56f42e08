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
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import { describePermission, Permission } from "@millrace/sdk/permission"
import { type Plan, planToJson, type PlanFailed } from "../plan/index.ts"
import { canonicalText } from "../pipeline/index.ts"
import { Failpoint } from "../telemetry/failpoint.ts"
import { Transport } from "../transport/transport.ts"
import { findMissingSecrets, type SecretNames } from "./missing-secrets.ts"
import type { Packages } from "./packages.ts"
import { planPipeline } from "./planning.ts"
import { planView } from "./plan-view.ts"
import { readMarks, writeMarks } from "./run-marks.ts"
import { RunningPipelines } from "./running-pipelines.ts"
import { savepointName } from "./savepoint/savepoint-name.ts"
import { type PlannedRestore, plannedRestore } from "./savepoint/savepoint-plan.ts"
import type { Savepoints } from "./savepoint/savepoints.ts"
import { takeSavepoint } from "./savepoint/take-savepoint.ts"
import { previewReset } from "./start/reset-preview.ts"
import { migrateState } from "./state/migrate-state.ts"
import { stateProblems } from "./state/state-problems.ts"
import { PipelineStore, type StoredPipeline } from "./store.ts"
import { registerStreams, streamProblems, type Streams } from "./streams.ts"
import { storeFailed } from "./store-failed.ts"
import { readStoredPlan } from "./stored.ts"
import { logFailed } from "./topics.ts"
import { undrainedTopics } from "./undrained.ts"

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
  readonly apply: (request: ApplyRequest, by: string) => Effect.Effect<ApplyView, ApiError>
  readonly pause: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  readonly resume: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  readonly remove: (pipeline: string, by: string) => Effect.Effect<void, ApiError>
  /** Sets a pipeline back in what it reads, or says what that would do. */
  readonly reset: (pipeline: string, request: ResetRequest) => Effect.Effect<ResetView, ApiError>
  /** Puts aside all that a pipeline keeps; it stands still meanwhile. Without a name it gets one by the time. */
  readonly savepoint: (pipeline: string, name: string | undefined) => Effect.Effect<SavepointView, ApiError>
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
      return Controller.of({
        plan: (request) => inTurn(plan(request)),
        apply: (request, by) => inTurn(apply(request, by)),
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

const apply = Effect.fn("Controller.apply")(function* (request: ApplyRequest, by: string) {
  const store = yield* PipelineStore
  const failpoint = yield* Failpoint
  const planned = yield* planPipeline(request).pipe(
    Effect.catchTag("PlanFailed", ({ problems }: PlanFailed) =>
      apiError("PLAN_FAILED", { count: problems.length, first: problems[0]?.message ?? "" })
    )
  )
  const { current, difference, plan: next } = planned
  const pipeline = next.pipeline.pipeline
  if (next.physical.hash !== request.hash)
    return yield* apiError("PLAN_CHANGED", { pipeline, planned: next.physical.hash, asked: request.hash })
  const running = yield* RunningPipelines
  const ended = yield* running.hasEnded(pipeline)
  const restore = request.from === undefined ? undefined : yield* plannedRestore(next, request.from)
  const [lost] = restore?.problems ?? (yield* lostState(next, request, ended))
  if (lost !== undefined) return yield* apiError("PLAN_FAILED", { count: 1, first: lost.message })
  const hasConsented = yield* consent(next, request.grant, by)
  if (current !== undefined && restore === undefined && !difference.wouldChange) {
    // It may have stood still for the want of just that.
    if (hasConsented) yield* Effect.flatMap(RunningPipelines, (running) => running.carryOut(current))
    return {
      pipeline,
      revision: current.revision,
      hash: current.planHash,
      changed: false
    } satisfies ApplyView
  }
  yield* registerStreams(next, by)
  // Until the new revision is stored the old one is what should run: whatever stops us here, it goes on.
  const goOn = current === undefined ? Effect.void : running.carryOut(current)
  const ready =
    restore === undefined
      ? Effect.andThen(standStill(current, next), ended ? Effect.void : migrateState(next))
      : running.stop(pipeline)
  const saved = yield* ready.pipe(
    Effect.andThen(writeRestore(pipeline, next, current, restore)),
    Effect.andThen(
      store
        .putRevision({
          pipeline,
          owner: next.pipeline.owner ?? "",
          expected: current?.revision ?? 0,
          text: request.text,
          canonical: canonicalText(next.pipeline),
          planHash: next.physical.hash,
          planJson: planToJson(next),
          by
        })
        .pipe(Effect.mapError(storeFailed))
    ),
    Effect.tapError(() => Effect.ignore(goOn))
  )
  // From here on the new revision is what should run: a kill now, and the next start carries it out.
  failpoint("mid-apply")
  yield* running.replace(saved)
  return { pipeline, revision: saved.revision, hash: saved.planHash, changed: true } satisfies ApplyView
})

/**
 * Before the revision is stored that is to begin from a savepoint: it is told by its plan and by what it follows, and another
 * one takes the wish away.
 */
const writeRestore = Effect.fnUntraced(function* (
  pipeline: string,
  next: Plan,
  current: StoredPipeline | undefined,
  restore: PlannedRestore | undefined
) {
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

/** State that the plan could not go on with, where the caller did not say that it may go; a run that begins anew keeps none. */
const lostState = (next: Plan, request: PlanRequest, ended: boolean) =>
  request.discardState === true || ended ? Effect.succeed([]) : stateProblems(next)

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

const PermissionJson = Schema.fromJsonString(Permission)

/** Grants what the plan asks for where the caller said so; else fails with what is missing. True when it granted something. */
const consent = Effect.fnUntraced(function* (next: Plan, grant: boolean, by: string) {
  const missing = next.permissions.filter((each) => !each.granted)
  if (missing.length === 0) return false
  const { pipeline } = next.pipeline
  if (!grant)
    return yield* apiError("GRANT_NEEDED", {
      pipeline,
      permissions: missing.map(({ node, permission }) => `${node}: ${describePermission(permission)}`)
    })
  const store = yield* PipelineStore
  const granted = yield* Effect.forEach(missing, ({ node, permission }) =>
    Effect.map(Effect.orDie(Schema.encodeEffect(PermissionJson)(permission)), (text) => ({
      node,
      permission: text
    }))
  )
  yield* store.grant(pipeline, granted, by).pipe(Effect.mapError(storeFailed))
  return true
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
