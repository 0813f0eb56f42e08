import { hostname } from "node:os"
import type { WorkRun } from "@millrace/sdk/api"
import { SandboxPool } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { readStoredPlan } from "../../controller/stored.ts"
import type { IdOrigin } from "../../transport/kafka/schema-ids.ts"
import { Transport } from "../../transport/transport.ts"
import { Refusals } from "../../worker/handlers/refusals.ts"
import { type RunningPipeline, runPlan } from "../../worker/run-plan.ts"
import { reportOf } from "../../worker/task/task-report.ts"
import { makeMeters, type WorkerEnvironment } from "../../worker/worker-environment.ts"
import { batchRecords } from "../batch-records.ts"
import { hostServicesWith } from "../host-services.ts"
import { joinWorkers } from "../kafka/join-workers.ts"
import { kafkaLayerWith } from "../kafka/kafka-layer.ts"
import type { KafkaSettings } from "../kafka/kafka-settings.ts"
import { sandboxOptions } from "../sandbox-options.ts"
import { idsOf, type PlatformClient, secretsOf } from "./platform-client.ts"

export interface WorkerOptions {
  /** Its own, for a copy of its tasks' state; another process has another. */
  readonly folder: string
  readonly client: PlatformClient
  /** As the platform has them, with the worker's own user. */
  readonly kafka: KafkaSettings
  readonly seedKey: Uint8Array
  /** Whose ids the platform gives. */
  readonly schemaIds: IdOrigin
  /** Told when the platform does not answer any more, and when it does again. */
  readonly onSilence: (isSilent: boolean, why: string) => Effect.Effect<void>
}

const askEveryMs = 500
const budgetKiB = 256 * 1024

interface Held {
  readonly run: string
  readonly scope: Scope.Closeable
  readonly running: RunningPipeline | undefined
}

/**
 * Does tasks of what a platform runs, as a member of its workers, for as long as the scope is open: it asks the platform what runs, and tells
 * what its tasks do. While the platform does not answer it goes on with what it has. Fails where the cluster or the folder cannot be had.
 */
export const startWorker = Effect.fn("startWorker")(function* (options: WorkerOptions) {
  const { client, folder, kafka, onSilence, schemaIds, seedKey } = options
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  yield* fs.makeDirectory(folder, { recursive: true })
  const built = yield* Layer.build(
    Layer.merge(
      kafkaLayerWith(path.join(folder, "kafka"), kafka, seedKey, idsOf(client, schemaIds)),
      SandboxPool.layer(sandboxOptions)
    )
  )
  const group = yield* joinWorkers({ folder, settings: kafka, traits: [], seedKey })
  const records = batchRecords(process.env)
  const environment: WorkerEnvironment = {
    transport: Context.get(built, Transport),
    pool: Context.get(built, SandboxPool),
    seedKey,
    meters: makeMeters(yield* Clock.currentTimeMillis),
    byteBudget: yield* Semaphore.make(budgetKiB),
    budgetKiB,
    ...(records === undefined ? {} : { batchRecords: records }),
    onLog: (pipeline, log) =>
      Effect.logInfo(log.message).pipe(Effect.annotateLogs({ pipeline, node: log.node, level: log.level })),
    services: yield* hostServicesWith(new Refusals(), seedKey, secretsOf(client)),
    placement: group.placement
  }
  const parent = yield* Effect.scope
  const held = new Map<string, Held>()
  const toldDegraded = new Set<string>()
  const stop = (pipeline: string) =>
    Effect.suspend(() => {
      const run = held.get(pipeline)
      held.delete(pipeline)
      return run === undefined ? Effect.void : Scope.close(run.scope, Exit.void)
    })
  const start = Effect.fnUntraced(function* ({ pipeline, run }: WorkRun) {
    const stored = yield* client.workPlan({ params: { pipeline, run } })
    const plan = yield* readStoredPlan({ pipeline, planJson: stored.planJson })
    const beside =
      stored.canary === undefined
        ? undefined
        : yield* readStoredPlan({ pipeline, planJson: stored.canary.planJson })
    const canary =
      stored.canary === undefined || beside === undefined
        ? undefined
        : {
            beside: beside.physical,
            revision: stored.canary.revision,
            partitions: stored.canary.partitions
          }
    const scope = yield* Scope.fork(parent)
    const running = yield* runPlan(plan.physical, environment, { canary, run }).pipe(
      Effect.provideService(Scope.Scope, scope),
      Effect.tapError((failure) => Effect.logError("a pipeline cannot be run here", failure.message)),
      Effect.option
    )
    held.set(pipeline, { run, scope, running: running._tag === "Some" ? running.value : undefined })
  })
  const follow = Effect.gen(function* () {
    const { runs } = yield* client.workRuns({})
    const now = new Map(runs.map((run) => [run.pipeline, run]))
    for (const [pipeline, { run }] of held) if (now.get(pipeline)?.run !== run) yield* stop(pipeline)
    for (const run of runs) {
      if (!held.has(run.pipeline)) yield* start(run)
      const running = held.get(run.pipeline)?.running
      if (running === undefined) continue
      // INVARIANT: what the platform does not know to be over its budget yet, it has not let go on either.
      if (running.state() === "degraded" && !toldDegraded.has(run.run)) continue
      if (run.isPaused) yield* running.pause
      else {
        toldDegraded.delete(run.run)
        yield* running.resume
      }
    }
    const degraded = [...held]
      .filter(([, { run, running }]) => running?.state() === "degraded" && !toldDegraded.has(run))
      .map(([pipeline, { run }]) => ({ pipeline, run }))
    const worker = `${hostname()}:${process.pid}`
    yield* client.reportWork({ body: { worker, tasks: reportsOf(held), degraded } })
    for (const { run } of degraded) toldDegraded.add(run)
  })
  let isSilent = false
  const told = (silent: boolean, why: string) =>
    Effect.suspend(() => {
      if (silent === isSilent) return Effect.void
      isSilent = silent
      return onSilence(silent, why)
    })
  const following = Effect.matchEffect(follow, {
    onSuccess: () => told(false, ""),
    onFailure: (error) => told(true, error.message)
  })
  yield* Effect.forkScoped(Effect.forever(Effect.andThen(following, Effect.sleep(askEveryMs))))
  yield* Effect.addFinalizer(() => group.leave)
  return { facts: group.facts }
})

/** Of tasks that are at work here. */
const reportsOf = (held: ReadonlyMap<string, Held>) =>
  [...held.values()].flatMap(({ run, running }) =>
    (running?.tasks() ?? []).filter(({ state }) => state !== "stopped").map((facts) => reportOf(run, facts))
  )
