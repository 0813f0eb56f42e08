import type { DeadLetter, GuestLog, SandboxPoolShape } from "@millrace/sandbox"
import type * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import { CallMeters } from "./handlers/call-meters.ts"
import type { HostServices } from "./handlers/host-services.ts"
import type { Placement } from "./placement.ts"
import type { Inboxes } from "./inbox/inboxes.ts"
import { CommitTimes } from "./time/commit-times.ts"
import { TraceLog } from "./trace/trace-log.ts"
import type { TransportShape } from "../transport/transport.ts"

/** What all pipelines of a worker share. */
export interface WorkerEnvironment {
  readonly transport: TransportShape
  readonly pool: SandboxPoolShape
  /** Secret of this installation; a pipeline's `random()` draws from an HMAC of its name under it. */
  readonly seedKey: Uint8Array
  /** Bounds the memory of all batches in hand: one permit per KiB. */
  readonly byteBudget: Semaphore.Semaphore
  readonly budgetKiB: number
  /** The most records of a batch, for proofs; absent: what is usual. */
  readonly batchRecords?: number
  /** What is measured across tasks; for metrics alone. */
  readonly meters: WorkerMeters
  /** Where plugins' log lines go. */
  readonly onLog: (pipeline: string, log: GuestLog) => Effect.Effect<void>
  /** What guests may reach outside by their grants; absent: nothing. */
  readonly services?: HostServices
  /** Where events are posted; absent: nothing listens. */
  readonly inboxes?: Inboxes
  /** Told of records that failed, after the commit that keeps them. */
  readonly onDeadLetters?: (letters: FailedBatch) => Effect.Effect<void>
  /** Which tasks run here; absent: all. */
  readonly placement?: Placement
}

export interface WorkerMeters {
  readonly calls: CallMeters
  readonly commitTimes: CommitTimes
  readonly traces: TraceLog
}

/** Nothing was measured yet. `now`: ms since 1970; `traceEveryMs`: how often a source's task begins a trace. */
export const makeMeters = (now: number, traceEveryMs = Infinity): WorkerMeters => ({
  calls: new CallMeters(),
  commitTimes: new CommitTimes(now),
  traces: new TraceLog({ everyMs: traceEveryMs })
})

/** Records of a batch that failed, with the bundles of the nodes that they failed in. */
export interface FailedBatch {
  readonly pipeline: string
  readonly letters: readonly DeadLetter[]
  /** SRI of each node's bundle. */
  readonly digests: { readonly [node: string]: string }
}

/** What a source's call gives, and what timers give, at most by about this much. */
export const batchBytes = 1024 * 1024
/** A batch takes about this much from its inputs where there is as much: what a call and a commit cost is shared by its records. */
const fetchBytes = 2 * batchBytes
/** What a batch in hand may hold of memory: its input, what it becomes, and the copies on the way. */
export const batchBudgetKiB = (4 * fetchBytes) / 1024
const usualSourceRecords = 5_000
/** What a frame takes that holds one small record. */
const smallFrameBytes = 160

/** What a source's call may give. */
export function sourceRecords({ batchRecords }: WorkerEnvironment): number {
  return batchRecords ?? usualSourceRecords
}

/** What a task takes from its inputs at a time: about so many bytes, and no frame after so many records. */
export function fetchLimits({ batchRecords }: WorkerEnvironment): {
  readonly bytes: number
  readonly records: number
} {
  if (batchRecords === undefined) return { bytes: fetchBytes, records: Infinity }
  return { bytes: Math.min(fetchBytes, batchRecords * smallFrameBytes), records: batchRecords }
}

/** Bounds memory: a batch is fetched only when the worker's budget has room for it and what it becomes. */
export function inBudget<A, E>(
  { byteBudget, budgetKiB }: WorkerEnvironment,
  batch: Effect.Effect<A, E>
): Effect.Effect<A, E> {
  return byteBudget.withPermits(Math.min(batchBudgetKiB, budgetKiB))(batch)
}
