import {
  type ApiError,
  apiError,
  type ApplyRequest,
  type ApplyView,
  type PlanRequest
} from "@millrace/sdk/api"
import { describePermission, Permission } from "@millrace/sdk/permission"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Plan, PlanFailed } from "../../plan/index.ts"
import type { TaskFailure } from "../../worker/task/task-failure.ts"
import { planPipeline } from "../planning.ts"
import { RunningPipelines } from "../running-pipelines.ts"
import { plannedRestore } from "../savepoint/savepoint-plan.ts"
import { stateProblems } from "../state/state-problems.ts"
import { PipelineStore, type StoredPipeline } from "../store.ts"
import { storeFailed } from "../store-failed.ts"
import { readStoredPlan } from "../stored.ts"
import { readerProblems } from "../stream-readers.ts"
import { registerStreams } from "../streams.ts"
import { canaryOf } from "./plan-canary.ts"
import { readCanary, type Rollout } from "./rollout.ts"
import { switchRevision } from "./switch-revision.ts"
import { trialAfter } from "./trial.ts"

export interface ApplyOptions {
  /** The new revision stays, whether or not it can run: for an author at work, who wants to see how it fails. */
  readonly untried?: boolean
}

/** What was applied; `saved` where something was changed, and has yet to be judged. */
export interface Applied {
  readonly view: ApplyView
  readonly saved: StoredPipeline | undefined
}

/** Applies the plan with the request's hash. Repeating it changes nothing. */
export const applyPlan = Effect.fn("applyPlan")(function* (
  request: ApplyRequest,
  by: string,
  { untried = false }: ApplyOptions
) {
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
  const before = current === undefined ? undefined : yield* readStoredPlan(current)
  const [lost] = [
    ...(yield* readerProblems(before, next)),
    ...(restore?.problems ?? (yield* lostState(next, request, ended)))
  ]
  if (lost !== undefined) return yield* apiError("PLAN_FAILED", { count: 1, first: lost.message })
  const rollout = yield* rolloutOf(request, planned)
  const hasConsented = yield* consent(next, request.grant, by)
  if (current !== undefined && restore === undefined && rollout === undefined && !difference.wouldChange) {
    // It may have stood still for the want of just that.
    if (hasConsented) yield* running.carryOut(current)
    const view: ApplyView = { pipeline, revision: current.revision, hash: current.planHash, changed: false }
    return { view, saved: undefined } satisfies Applied
  }
  const run = (yield* running.all).find((each) => each.stored.pipeline === pipeline)
  const opened = current === undefined || untried ? undefined : yield* openBeside(current, next)
  yield* registerStreams(next, by).pipe(Effect.tapError(() => opened?.close ?? Effect.void))
  const keeps = restore === undefined && !ended && !untried && (yield* stateProblems(next)).length === 0
  const saved = yield* switchRevision({
    current,
    next,
    text: request.text,
    by,
    restore,
    opened,
    rollout,
    trial: keeps ? trialAfter(run) : undefined
  })
  const view: ApplyView = { pipeline, revision: saved.revision, hash: saved.planHash, changed: true }
  return { view, saved } satisfies Applied
})

/** A plan applied as a canary, or over one of just this plan: that is taken everywhere. */
const rolloutOf = Effect.fnUntraced(function* (
  request: ApplyRequest,
  { current, difference, plan: next }: Effect.Success<ReturnType<typeof planPipeline>>
): Effect.fn.Return<Rollout | undefined, ApiError, RunningPipelines> {
  if (current === undefined || request.canary === undefined) {
    const runs = current === undefined ? undefined : yield* readCanary(current.planJson)
    if (current === undefined || runs === undefined || difference.wouldChange) return undefined
    return { does: "promote", canary: current.revision }
  }
  const planned = yield* canaryOf(request, current, next)
  if ("problems" in planned)
    return yield* apiError("PLAN_FAILED", {
      count: planned.problems.length,
      first: planned.problems[0]?.message ?? ""
    })
  return { does: "canary", beside: current.revision, partitions: planned.partitions }
})

/** Opens a plan's segments while the revision before runs; what does not open leaves that one alone. */
export const openBeside = Effect.fnUntraced(function* ({ pipeline, revision }: StoredPipeline, next: Plan) {
  const running = yield* RunningPipelines
  return yield* running.openAhead(next).pipe(
    Effect.mapError(({ message, node = "a node", transient }: TaskFailure) =>
      transient
        ? apiError("SANDBOX_FAILED", { reason: message })
        : apiError("UPGRADE_FAILED", {
            pipeline,
            revision: revision + 1,
            node,
            reason: message,
            before: String(revision)
          })
    )
  )
})

/** State that the plan could not go on with, where the caller did not say that it may go; a run that begins anew keeps none. */
export const lostState = (next: Plan, request: Pick<PlanRequest, "discardState">, ended: boolean) =>
  request.discardState === true || ended ? Effect.succeed([]) : stateProblems(next)

const PermissionJson = Schema.fromJsonString(Permission)

/** Grants what the plan asks for where the caller said so; else fails with what is missing. True when it granted something. */
export const consent = Effect.fnUntraced(function* (
  next: Plan,
  grant: boolean,
  by: string
): Effect.fn.Return<boolean, ApiError, PipelineStore> {
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
