import * as Effect from "effect/Effect"
import type { Run } from "../../controller/running-pipelines.ts"
import { metrics } from "../../telemetry/metric/catalogue.ts"
import type { SampleSink } from "../../telemetry/metric/definition.ts"
import { joinObservations } from "../../telemetry/metric/histogram.ts"
import type { Checkpoint, TransportError } from "../../transport/transport.ts"
import type { TaskFacts } from "../../worker/task/task-facts.ts"
import { finalWatermark, newestName, reachedName } from "../../worker/time/watermark.ts"
import type { WorkTally } from "../workers/worker-watch.ts"
import { type LagSurroundings, taskLag, type TaskLag } from "./task-lag.ts"

export interface TaskSurroundings extends LagSurroundings {
  /** What there is to do for workers is told here. */
  readonly work: WorkTally
}

/** Tasks that run, each; and of each chain how long batches take. */
export const addTaskFamilies = (
  families: SampleSink,
  run: Run,
  around: TaskSurroundings
): Effect.Effect<void, TransportError> =>
  Effect.gen(function* () {
    const tasks = run.running?.tasks() ?? []
    const { pipeline } = run.stored
    for (const facts of tasks) yield* addTask(families, run, facts, around)
    for (const { head } of run.plan.physical.chains) {
      const own = tasks.filter(({ task }) => task.node === head)
      if (own.length === 0) continue
      const labels = { pipeline, chain: head }
      families.add(
        metrics.batchSeconds,
        labels,
        joinObservations(own.map(({ batchSeconds }) => batchSeconds.snapshot()))
      )
      families.add(metrics.endToEnd, labels, joinObservations(own.map(({ endToEnd }) => endToEnd.snapshot())))
    }
  })

const addTask = (
  families: SampleSink,
  run: Run,
  facts: TaskFacts,
  around: TaskSurroundings
): Effect.Effect<void, TransportError> =>
  Effect.gen(function* () {
    const { plan, stored } = run
    const { checkpoint, state, task } = facts
    const labels = { pipeline: stored.pipeline, chain: task.node, partition: String(task.partition) }
    const chain = plan.physical.chains.find(({ head }) => head === task.node)
    const lag = yield* taskLag(chain?.inputs ?? [], task.partition, checkpoint, around)
    around.work.add(run, facts, lag.records)
    families.add(metrics.lagRecords, labels, lag.records)
    families.add(
      metrics.lagSeconds,
      labels,
      lag.since === undefined ? 0 : Math.max(0, around.now - lag.since) / 1_000
    )
    families.add(metrics.watermarkDelay, labels, watermarkDelay(checkpoint, around.now))
    families.add(metrics.taskUp, labels, state === "failed" || state === "retrying" ? 0 : 1)
    families.add(metrics.taskRetries, labels, facts.retries)
    families.add(metrics.commits, labels, checkpoint?.sequence ?? 0)
    families.add(metrics.stuckSeconds, labels, stuckSeconds(facts, lag, around))
    families.add(metrics.failedAttempts, labels, facts.failedAttempts)
  })

/** A record counts from when it was written: a task that had nothing to do was not stuck. */
const stuckSeconds = (
  { committedAt }: TaskFacts,
  { since }: TaskLag,
  { now, times }: TaskSurroundings
): number =>
  since === undefined ? 0 : Math.max(0, now - Math.max(since, committedAt ?? times.startedAt)) / 1_000

/** Seconds; undefined for a task without event time, and for one whose input has ended. */
const watermarkDelay = (checkpoint: Checkpoint | undefined, now: number): number | undefined => {
  const reached = checkpoint?.watermarks[reachedName] ?? checkpoint?.watermarks[newestName]
  if (reached === undefined || !Number.isFinite(reached) || reached >= finalWatermark) return undefined
  return checkpoint?.completed === true ? undefined : Math.max(0, now - reached) / 1_000
}
