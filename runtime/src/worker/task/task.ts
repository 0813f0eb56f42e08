import type { SegmentHost } from "@millrace/sandbox"
import { noWatermark } from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Failpoint } from "../../telemetry/failpoint.ts"
import type { Checkpoint, Commit, Durability, TaskId, TaskLog } from "../../transport/transport.ts"
import type { BatchContext, ChainResult } from "../chain/chain-run.ts"
import { deadLetterFrames } from "../dead-letter/dead-letter.ts"
import { producerIdOf } from "../input/producer-id.ts"
import { addImbalances, type Imbalances } from "../ledger/ledger.ts"
import type { ErrorBudget } from "../chain/error-budget.ts"
import type { Gate } from "../gate.ts"
import { Pulse } from "../time/pulse.ts"
import type { OpenChain } from "../chain/open-chain.ts"
import { Router } from "./router.ts"
import { commitCounts, meterCounts, meterPlugin } from "./task-facts.ts"
import type { TaskFacts } from "./task-facts.ts"
import { fromSegment, fromTransport } from "./task-failure.ts"
import type { TaskFailure } from "./task-failure.ts"
import type { WorkerEnvironment } from "../worker-environment.ts"

/** What a task's loop works with. Made anew at every attempt: nothing but the log is carried over from a failed one. */
export interface Task {
  readonly environment: WorkerEnvironment
  readonly chain: OpenChain
  readonly id: TaskId
  readonly gate: Gate
  readonly facts: TaskFacts
  readonly log: TaskLog
  /** Of the pipeline: {@link TransportShape.beginRun}; absent: nobody else runs it. */
  readonly run?: string | undefined
  /** Of its commits; absent: as the log was opened. */
  readonly durability?: Durability | undefined
  /** Id that its batches name it by. */
  readonly producer: number
  readonly checkpoint: Checkpoint | undefined
  readonly host: SegmentHost
  readonly router: Router
  readonly seed: Uint8Array
  readonly budget: ErrorBudget
  /** Partitions of each topic of the plan. */
  readonly partitions: ReadonlyMap<string, number>
  /** Pauses the pipeline: too many records fail. */
  readonly onBudgetExceeded: Effect.Effect<void>
  /** The task has handled the end of all its input. */
  readonly onCompleted: Effect.Effect<void>
  /** Says in every partition of the chain's outputs how many tasks it has; once. */
  readonly announce: Effect.Effect<void, TaskFailure>
  readonly pulse: Pulse
}

export interface TaskParts extends Omit<
  Task,
  "log" | "producer" | "checkpoint" | "host" | "router" | "pulse"
> {}

/** Takes the task's log, fencing an earlier owner. */
export const openTask = Effect.fnUntraced(function* (parts: TaskParts): Effect.fn.Return<Task, TaskFailure> {
  const { environment, chain, id, facts } = parts
  const log = yield* Effect.mapError(
    environment.transport.openTask(id, chain.keyed, parts.run),
    fromTransport
  )
  const checkpoint = yield* Effect.mapError(log.checkpoint, fromTransport)
  const producer = yield* producerIdOf(environment.transport, `${id.pipeline}/${id.node}`)
  facts.checkpoint = checkpoint
  return {
    ...parts,
    log,
    producer,
    checkpoint,
    router: new Router(environment.transport, chain.plan.outputs, parts.partitions),
    pulse: new Pulse(new Set(chain.plan.outputs.map(({ topic }) => topic)), parts.partitions, checkpoint),
    host: {
      request: chain.request,
      // The driver's interface has no error here: a defect, which the task's runner takes apart again.
      readState: (keys) => Effect.orDie(log.readState(keys, chain.states)),
      // Of this attempt alone: what an earlier one left in a guest may never have been committed.
      stateLine: { owner: log, commits: () => facts.checkpoint?.sequence ?? 0 }
    }
  }
})

/** The parts of a commit that a batch's own loop knows. */
export interface BatchMoves {
  readonly offsets: Commit["offsets"]
  readonly positions: Commit["positions"]
  readonly watermarks: Commit["watermarks"]
  /** The task's own, ms since 1970; `-Infinity`: none. */
  readonly watermark: number
  /** Present: partitions that get no records are told of the watermark, and whether the task idles. */
  readonly pulse?: { readonly isIdle: boolean }
  /** When the oldest of its records was read by a source, ms since 1970; absent where that is not known. */
  readonly originAt?: number | undefined
  /** What reading the input found amiss. */
  readonly imbalances?: Imbalances
  readonly completed: boolean
}

/**
 * Makes a batch durable: outputs, dead letters, state, offsets and the sink's token in one commit; then makes visible
 * what the token names. INVARIANT: `commitSink` follows the commit that holds its token, and `recoverSink` does it
 * again after a kill between the two.
 */
export const commitBatch = Effect.fnUntraced(function* (
  task: Task,
  result: ChainResult,
  context: BatchContext,
  moves: BatchMoves
): Effect.fn.Return<Checkpoint, TaskFailure> {
  const { chain, id, facts, log } = task
  const failpoint = yield* Failpoint
  const routed = yield* task.router.route(result.outputs)
  const ledger = addImbalances(
    addImbalances(result.imbalances, moves.imbalances ?? {}),
    task.router.imbalances(result.outputs, routed)
  )
  const { watermark } = moves
  const isIdle = moves.pulse?.isIdle ?? (task.pulse.isDue(watermark, context.now) ? false : undefined)
  const beat = isIdle === undefined ? undefined : task.pulse.beat(watermark, isIdle, routed, context.now)
  if (watermark !== noWatermark || beat !== undefined) yield* task.announce
  const outputs = [...routed, ...(beat?.outputs ?? []), ...deadLetterOutputs(task, result, context)]
  const tables = Object.fromEntries(chain.tables.map((table) => [table.name, table.positionJson]))
  const { sink } = chain.plan
  const token = sink === undefined ? undefined : result.tokenJson
  failpoint("before-commit")
  const checkpoint = yield* Effect.mapError(
    log.commit({
      outputs,
      state: result.state,
      offsets: moves.offsets,
      positions: { ...tables, ...moves.positions },
      tokens: sink === undefined || token === undefined ? {} : { [sink.node]: token },
      watermarks: { ...moves.watermarks, ...beat?.watermarks },
      watermark,
      counts: commitCounts(result.counts),
      completed: moves.completed,
      now: context.now,
      ...(task.durability === undefined ? {} : { durability: task.durability }),
      ...(Object.keys(ledger).length === 0 ? {} : { ledger })
    }),
    fromTransport
  )
  failpoint("after-commit")
  facts.checkpoint = checkpoint
  facts.failedAttempts = 0
  task.pulse.note(watermark, isIdle, outputs, context.now)
  for (const { frame } of outputs) facts.outputBytes += frame.length
  if (token !== undefined) yield* commitSink(task, token, id)
  yield* account(task, result, context, { checkpoint, originAt: moves.originAt })
  return checkpoint
})

/** INVARIANT: what is made visible outside is never forgotten by a power cut. */
function commitSink(task: Task, token: string, id: TaskId): Effect.Effect<void, TaskFailure> {
  const segment = task.chain.segments.at(-1)
  const { sink } = task.chain.plan
  if (segment === undefined || sink?.transactional !== true) return Effect.void
  return Effect.andThen(
    Effect.mapError(task.environment.transport.flushed, fromTransport),
    Effect.mapError(
      segment.commitSink(token, { id: sinkId(task), partition: id.partition }, task.host),
      fromSegment
    )
  )
}

/** Before any write of an attempt: what the last token names is made visible, what came after it is undone. */
export function recoverSink(task: Task): Effect.Effect<void, TaskFailure> {
  const segment = task.chain.segments.at(-1)
  const { sink } = task.chain.plan
  if (segment === undefined || sink?.transactional !== true) return Effect.void
  const token = task.checkpoint?.tokens[sink.node]
  return Effect.andThen(
    Effect.mapError(task.environment.transport.flushed, fromTransport),
    Effect.mapError(
      segment.recoverSink(token, { id: sinkId(task), partition: task.id.partition }, task.host),
      fromSegment
    )
  )
}

export function sinkId({ id, chain }: Task): string {
  return `${id.pipeline}/${chain.plan.sink?.node ?? id.node}/${id.partition}`
}

function deadLetterOutputs(task: Task, result: ChainResult, context: BatchContext): Commit["outputs"] {
  const topic = task.chain.plan.deadLetterTopic
  const partition = task.id.partition % (task.partitions.get(topic) ?? 1)
  return deadLetterFrames(result.deadLetters, task.id.partition, context.now).map((frame) => ({
    topic,
    partition,
    frame
  }))
}

function digestsOf({ plan }: OpenChain): { readonly [node: string]: string } {
  const nodes = plan.segments.flatMap((segment) => segment.nodes)
  return Object.fromEntries(nodes.map(({ spec }) => [spec.node, spec.digest]))
}

/** A source's node begins a trace where it gave a record that had none. */
function noteTraces(
  { chain, environment, id }: Task,
  result: ChainResult,
  beganAt: number,
  endedAt: number
): void {
  if (result.traces.length === 0) return
  const nodes = chain.plan.segments.flatMap((segment) => segment.nodes)
  const source = chain.plan.partitions === "source" ? chain.plan.head : undefined
  for (const { node, out, outcome, traceparent } of result.traces)
    environment.meters.traces.note(traceparent, node === source, {
      pipeline: id.pipeline,
      node,
      plugin: nodes.find(({ spec }) => spec.node === node)?.spec.plugin ?? "",
      partition: id.partition,
      beganAt,
      endedAt,
      outcome,
      out
    })
}

interface Committed {
  readonly checkpoint: Checkpoint
  readonly originAt: number | undefined
}

const account = Effect.fnUntraced(function* (
  task: Task,
  result: ChainResult,
  context: BatchContext,
  { checkpoint, originAt }: Committed
): Effect.fn.Return<void> {
  const { facts, environment, id, budget } = task
  const committedAt = yield* Clock.currentTimeMillis
  facts.committedAt = committedAt
  environment.meters.commitTimes.note(task.producer, id.partition, checkpoint.sequence, {
    committedAt,
    originAt: originAt ?? context.now
  })
  if (originAt !== undefined && result.counts.length > 0)
    facts.endToEnd.observe((committedAt - originAt) / 1_000)
  meterCounts(facts, result.counts)
  for (const metric of result.metrics) meterPlugin(facts, metric)
  noteTraces(task, result, context.now, committedAt)
  facts.batches += 1
  facts.batchSeconds.observe((committedAt - context.now) / 1_000)
  yield* Effect.forEach(result.logs, (log) => environment.onLog(id.pipeline, log), { discard: true })
  if (result.deadLetters.length > 0 && environment.onDeadLetters !== undefined)
    yield* environment.onDeadLetters({
      pipeline: id.pipeline,
      letters: result.deadLetters,
      digests: digestsOf(task.chain)
    })
  const head = result.counts[0]
  const failed = result.counts.reduce((sum, count) => sum + count.failed, 0)
  const records = head === undefined ? 0 : Math.max(head.recordsIn, head.recordsOut)
  if (budget.exceededAfter(records, failed)) {
    budget.reset()
    yield* task.onBudgetExceeded
  }
})
