import type { NodeCounts } from "@millrace/sandbox"
import { noCounts } from "../../transport/counts.ts"
import type { Checkpoint, Counts, TaskId } from "../../transport/transport.ts"
import { valueBounds } from "../../telemetry/metric/definition.ts"
import { Histogram } from "../../telemetry/metric/histogram.ts"
import type { TaskFailure } from "./task-failure.ts"

export type TaskState =
  | "starting"
  | "running"
  | "waiting"
  | "retrying"
  | "paused"
  | "completed"
  | "failed"
  | "stopped"

/** Counters of one node in one task since the worker started it; for metrics. Durable totals stand in the checkpoint. */
export interface NodeMeters {
  recordsIn: number
  recordsOut: number
  filtered: number
  failed: number
  late: number
  cpuMicros: number
  bytesIn: number
  bytesOut: number
}

/** What is to be told of a task: plain numbers, changed in place by its loop, read by status and metrics. */
export interface TaskFacts {
  readonly task: TaskId
  /** Who runs it, where that is another worker. */
  worker?: string | undefined
  state: TaskState
  error: TaskFailure | undefined
  checkpoint: Checkpoint | undefined
  lagRecords: number
  batches: number
  /** From when a batch was begun to when it was durable, seconds. */
  readonly batchSeconds: Histogram
  /** From when a source read the oldest record of a batch to when what was made of it was durable, seconds. */
  readonly endToEnd: Histogram
  inputBytes: number
  outputBytes: number
  retries: number
  /** In a row, since the last commit or since the task last had nothing to do. */
  failedAttempts: number
  /** When this worker last committed for it, ms since 1970. */
  committedAt: number | undefined
  readonly nodes: Map<string, NodeMeters>
  /** Of the plugins' own metrics: counters' sums, and histograms' counts and sums, by node, handle and labels. */
  readonly plugin: Map<string, PluginMeter>
}

export interface PluginMeter {
  readonly node: string
  readonly handle: string
  readonly kind: "counter" | "histogram"
  readonly labels: string
  /** A counter's total; of a histogram's values the sum. */
  sum: number
  /** Of a histogram: its values by bucket of {@link valueBounds}; empty for a counter. */
  readonly buckets: number[]
}

export function makeTaskFacts(task: TaskId): TaskFacts {
  return {
    task,
    state: "starting",
    error: undefined,
    checkpoint: undefined,
    lagRecords: 0,
    batches: 0,
    batchSeconds: new Histogram(),
    endToEnd: new Histogram(),
    inputBytes: 0,
    outputBytes: 0,
    retries: 0,
    failedAttempts: 0,
    committedAt: undefined,
    nodes: new Map(),
    plugin: new Map()
  }
}

/** The task has done all there is to do. What failed before did not keep it from that: it is no failure any more. */
export function rest(facts: TaskFacts): void {
  facts.state = "waiting"
  facts.failedAttempts = 0
}

/** Adds one call's counts to the meters. */
export function meterCounts(facts: TaskFacts, counts: readonly NodeCounts[]): void {
  for (const count of counts) {
    const meters = facts.nodes.get(count.node) ?? {
      recordsIn: 0,
      recordsOut: 0,
      filtered: 0,
      failed: 0,
      late: 0,
      cpuMicros: 0,
      bytesIn: 0,
      bytesOut: 0
    }
    meters.recordsIn += count.recordsIn
    meters.recordsOut += count.recordsOut
    meters.filtered += count.filtered
    meters.failed += count.failed
    meters.late += count.late
    meters.cpuMicros += count.cpuMicros
    meters.bytesIn += count.bytesIn
    meters.bytesOut += count.bytesOut
    facts.nodes.set(count.node, meters)
  }
}

const maxPluginMeters = 1_000

/** Adds a plugin's measurement; beyond 1,000 label sets in a task, new ones are dropped. */
export function meterPlugin(
  facts: TaskFacts,
  one: Omit<PluginMeter, "buckets" | "sum"> & { readonly value: number }
): void {
  const name = JSON.stringify([one.node, one.handle, one.labels])
  let meter = facts.plugin.get(name)
  if (meter === undefined) {
    if (facts.plugin.size >= maxPluginMeters) return
    const { node, handle, kind, labels } = one
    const buckets = kind === "histogram" ? Array.from({ length: valueBounds.length + 1 }, () => 0) : []
    meter = { node, handle, kind, labels, sum: 0, buckets }
    facts.plugin.set(name, meter)
  }
  meter.sum += one.value
  if (meter.kind === "counter") return
  const bucket = valueBounds.findIndex((bound) => one.value <= bound)
  const place = bucket < 0 ? valueBounds.length : bucket
  meter.buckets[place] = (meter.buckets[place] ?? 0) + 1
}

/** A commit's counts, from those of its calls. */
export function commitCounts(counts: readonly NodeCounts[]): { readonly [node: string]: Counts } {
  const result: { [node: string]: Counts } = Object.create(null)
  for (const { node, recordsIn, recordsOut, handled, filtered, failed, late } of counts) {
    const sum = result[node] ?? noCounts
    result[node] = {
      in: sum.in + recordsIn,
      out: sum.out + recordsOut,
      handled: sum.handled + handled,
      filtered: sum.filtered + filtered,
      dead: sum.dead + failed,
      late: sum.late + late
    }
  }
  return result
}
