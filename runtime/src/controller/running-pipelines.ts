import { randomUUID } from "node:crypto"
import { type ApiError, apiError } from "@millrace/sdk/api"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { describePermission } from "@millrace/sdk/permission"
import type { Plan, PlannedPermission } from "../plan/index.ts"
import { Transport } from "../transport/transport.ts"
import { openAhead, type OpenedAhead } from "../worker/chain/open-ahead.ts"
import { type CanaryRun, type RunningPipeline, runPlan } from "../worker/run-plan.ts"
import { type TaskFailure, taskFailure } from "../worker/task/task-failure.ts"
import type { WorkerEnvironment } from "../worker/worker-environment.ts"
import { ungranted } from "./grants.ts"
import { readMarks, writeMarks } from "./run-marks.ts"
import { Savepoints } from "./savepoint/savepoints.ts"
import { prepareStart } from "./start/prepare-start.ts"
import { type PipelineHead, PipelineStore, type StoredPipeline } from "./store.ts"
import { storeFailed } from "./store-failed.ts"
import { readStoredPlan } from "./stored.ts"
import { logFailed } from "./topics.ts"
import { readCanary } from "./upgrade/rollout.ts"

/** A pipeline in the worker's hands. */
export interface Run {
  readonly stored: PipelineHead
  readonly plan: Plan
  /** Names this run among all of the pipeline. */
  readonly run: string
  /** Undefined while it is paused from the start, or could not be started: then `failure` says why. */
  readonly running: RunningPipeline | undefined
  readonly failure: TaskFailure | undefined
}

export interface RunningPipelinesShape {
  readonly all: Effect.Effect<readonly Run[]>
  /** True when its newest started revision has run to its end. */
  readonly hasEnded: (pipeline: string) => Effect.Effect<boolean, ApiError>
  /** Opens all of a plan's segments beside what runs, which goes on; fails with the first that does not open. */
  readonly openAhead: (plan: Plan) => Effect.Effect<OpenedAhead, TaskFailure>
  /** Stops the revision before and starts this one, with the segments that were opened for it. */
  readonly replace: (stored: StoredPipeline, opened?: OpenedAhead) => Effect.Effect<void, ApiError>
  /** Makes a known pipeline be as it should: running or paused. */
  readonly carryOut: (stored: StoredPipeline) => Effect.Effect<void, ApiError>
  /** Stops after the batches in hand. */
  readonly stop: (pipeline: string) => Effect.Effect<void>
}

export class RunningPipelines extends Context.Service<RunningPipelines, RunningPipelinesShape>()(
  "millrace/controller/RunningPipelines"
) {}

interface Held extends Run {
  readonly scope: Scope.Closeable
}

/** Runs pipelines in this process's worker. Closing the scope stops all of them after the batches in hand. */
export const runningPipelinesLayer = (environment: WorkerEnvironment) =>
  Layer.effect(
    RunningPipelines,
    Effect.gen(function* () {
      const transport = yield* Transport
      const inLog = Effect.provideService(Transport, transport)
      const inStore = Effect.provideService(PipelineStore, yield* PipelineStore)
      const savepoints = yield* Savepoints
      const parent = yield* Effect.scope
      const held = new Map<string, Held>()
      const context = yield* Effect.context<never>()
      /**
       * What lives as long as a pipeline has this layer's context: in its own, which whoever applied it gave, fibers would hold on
       * to the request's span, and that to its result, a plan's text.
       */
      const apart = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
        Effect.updateContext(effect, () => context)

      const stop = (pipeline: string): Effect.Effect<void> =>
        Effect.suspend(() => {
          const run = held.get(pipeline)
          held.delete(pipeline)
          return run === undefined ? Effect.void : Scope.close(run.scope, Exit.void)
        })

      const start = Effect.fn("RunningPipelines.start")(function* (
        stored: StoredPipeline,
        opened?: OpenedAhead
      ) {
        yield* stop(stored.pipeline)
        const plan = yield* readStoredPlan(stored)
        const run = randomUUID()
        yield* transport.beginRun(stored.pipeline, run).pipe(Effect.mapError(logFailed))
        yield* prepareStart(stored, plan).pipe(inLog, Effect.provideService(Savepoints, savepoints))
        const scope = yield* Scope.fork(parent)
        const missing = yield* inStore(ungranted(plan))
        if (missing.length > 0) {
          const failure = notGranted(missing)
          held.set(stored.pipeline, { stored: headOf(stored), plan, run, running: undefined, failure, scope })
          return
        }
        if (opened !== undefined) yield* Scope.addFinalizer(scope, opened.close)
        const pool = opened?.pool ?? environment.pool
        const canary = yield* canaryRun(stored).pipe(inStore)
        const started = yield* runPlan(plan.physical, { ...environment, pool }, { canary, run }).pipe(
          Effect.provideService(Scope.Scope, scope),
          apart,
          Effect.result
        )
        const known = { stored: headOf(stored), plan, run, scope }
        const now: Held =
          started._tag === "Success"
            ? { ...known, running: started.success, failure: undefined }
            : { ...known, running: undefined, failure: started.failure }
        held.set(stored.pipeline, now)
        if (now.running === undefined) return
        if (stored.desired === "paused") yield* now.running.pause
        yield* Effect.forkIn(apart(markEnd(now.running, headOf(stored))), scope)
      })

      const markEnd = (running: RunningPipeline, stored: PipelineHead) =>
        Effect.gen(function* () {
          yield* running.untilCompleted
          yield* writeMarks(stored.pipeline, { ended: stored.revision }, yield* Clock.currentTimeMillis)
        }).pipe(inLog, Effect.ignore)

      return RunningPipelines.of({
        all: Effect.sync(() => [...held.values()]),
        hasEnded: (pipeline) => hasEnded(pipeline).pipe(Effect.mapError(logFailed), inLog),
        openAhead: (plan) => openAhead(plan.physical, environment.pool),
        replace: start,
        carryOut: (stored) =>
          Effect.suspend(() => {
            const run = held.get(stored.pipeline)
            if (
              run?.running === undefined ||
              run.stored.revision !== stored.revision ||
              run.running.state() === "failed"
            )
              return start(stored)
            held.set(stored.pipeline, { ...run, stored: headOf(stored) })
            return stored.desired === "paused" ? run.running.pause : run.running.resume
          }),
        stop
      })
    })
  )

const headOf = ({ planJson: _, ...head }: StoredPipeline): PipelineHead => head

const notGranted = (missing: readonly PlannedPermission[]): TaskFailure =>
  taskFailure(
    "PERMISSION_NOT_GRANTED",
    `not granted: ${missing.map(({ node, permission }) => `${node} may not ${describePermission(permission)}`).join("; ")}. Apply the pipeline with --grant to allow it`,
    missing[0]?.node
  )

/** What a canary runs beside: the plan of the revision that it was made of. */
const canaryRun = Effect.fnUntraced(function* ({ pipeline, planJson }: StoredPipeline) {
  const canary = yield* readCanary(planJson)
  if (canary === undefined) return undefined
  const store = yield* PipelineStore
  const found = yield* store.revision(pipeline, canary.beside).pipe(Effect.mapError(storeFailed))
  if (found === undefined) return yield* apiError("REVISION_UNKNOWN", { pipeline, revision: canary.beside })
  const { physical } = yield* readStoredPlan(found)
  return { beside: physical, revision: canary.beside, partitions: canary.partitions } satisfies CanaryRun
})

const hasEnded = Effect.fnUntraced(function* (pipeline: string) {
  const marks = yield* readMarks(pipeline)
  return marks.started > 0 && marks.ended === marks.started
})
