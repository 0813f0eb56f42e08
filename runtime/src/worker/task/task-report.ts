import type { TaskReport } from "@millrace/sdk/api"
import { checkpointText, readCheckpoint } from "../../transport/checkpoint-text.ts"
import type { TaskFacts } from "./task-facts.ts"

/** What a worker tells of a task. */
export function reportOf(run: string, facts: TaskFacts): TaskReport {
  const { checkpoint, committedAt, error, task } = facts
  const observed = (histogram: TaskFacts["endToEnd"]) => {
    const { counts, sum } = histogram.snapshot()
    return { counts, sum }
  }
  return {
    pipeline: task.pipeline,
    run,
    node: task.node,
    partition: task.partition,
    state: facts.state,
    ...(error === undefined
      ? {}
      : {
          error: {
            code: error.code,
            message: error.message,
            transient: error.transient,
            ...(error.node === undefined ? {} : { node: error.node })
          }
        }),
    ...(checkpoint === undefined ? {} : { checkpoint: checkpointText(checkpoint).toString("utf8") }),
    lagRecords: facts.lagRecords,
    batches: facts.batches,
    batchSeconds: observed(facts.batchSeconds),
    endToEnd: observed(facts.endToEnd),
    inputBytes: facts.inputBytes,
    outputBytes: facts.outputBytes,
    retries: facts.retries,
    failedAttempts: facts.failedAttempts,
    ...(committedAt === undefined ? {} : { committedAt }),
    nodes: Object.fromEntries([...facts.nodes].map(([node, meters]) => [node, { ...meters }])),
    plugin: [...facts.plugin.values()].map((meter) => ({ ...meter, buckets: [...meter.buckets] }))
  }
}

/** Takes what another worker tells in the place of what is known of the task. Throws a SchemaError for a checkpoint that is none. */
export function takeReport(facts: TaskFacts, worker: string, report: TaskReport): void {
  facts.worker = worker
  facts.state = report.state
  facts.error =
    report.error === undefined ? undefined : { _tag: "TaskFailure", ...report.error, node: report.error.node }
  facts.checkpoint =
    report.checkpoint === undefined ? undefined : readCheckpoint(Buffer.from(report.checkpoint, "utf8"))
  facts.lagRecords = report.lagRecords
  facts.batches = report.batches
  facts.batchSeconds.take(report.batchSeconds)
  facts.endToEnd.take(report.endToEnd)
  facts.inputBytes = report.inputBytes
  facts.outputBytes = report.outputBytes
  facts.retries = report.retries
  facts.failedAttempts = report.failedAttempts
  facts.committedAt = report.committedAt
  facts.nodes.clear()
  for (const [node, meters] of Object.entries(report.nodes)) facts.nodes.set(node, { ...meters })
  facts.plugin.clear()
  for (const meter of report.plugin)
    facts.plugin.set(JSON.stringify([meter.node, meter.handle, meter.labels]), {
      ...meter,
      buckets: [...meter.buckets]
    })
}
