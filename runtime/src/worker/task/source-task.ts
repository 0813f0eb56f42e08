import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { batchContext } from "../chain/batch-context.ts"
import type { SinkPlace } from "../chain/batch-context.ts"
import { SourceClock } from "../time/source-clock.ts"
import { runSource } from "../chain/chain-run.ts"
import type { ChainResult } from "../chain/chain-run.ts"
import { ReplayInput } from "../dead-letter/replay-input.ts"
import { loadTables } from "../input/table-reader.ts"
import { commitBatch, recoverSink } from "./task.ts"
import type { Task } from "./task.ts"
import { rest } from "./task-facts.ts"
import { fromTransport, taskFailure } from "./task-failure.ts"
import type { TaskFailure } from "./task-failure.ts"
import { batchBytes, inBudget, sourceRecords } from "../worker-environment.ts"

const minWaitMs = 50
const maxWaitMs = 60_000

/**
 * A task that reads one partition of a source. Its position is committed with what was read up to it. The chain's first
 * task takes the chain's replays: no node of a source's chain keeps state, so any task may.
 */
export function runSourceTask(task: Task, sourcePartition: string): Effect.Effect<void, TaskFailure> {
  const { alignment } = task.chain
  const { partition } = task.id
  return Effect.gen(function* () {
    const { gate, facts, checkpoint } = task
    const replay = task.id.partition === 0 ? new ReplayInput(task, 0) : undefined
    const clock = new SourceClock(task.chain.plan.watermark, checkpoint, yield* Clock.currentTimeMillis)
    let position = checkpoint?.positions[sourcePartition]
    let completed = checkpoint?.completed ?? false
    yield* recoverSink(task)
    yield* loadTables(task.chain.tables, gate)
    if (completed) yield* task.onCompleted
    for (;;) {
      if (gate.isPaused()) facts.state = "paused"
      if ((yield* gate.pass) === "stop") return
      facts.state = completed ? "completed" : "running"
      if (replay !== undefined) yield* replay.take(completed)
      if (completed) {
        yield* gate.whileOpen(replay === undefined ? Effect.never : replay.more)
        continue
      }
      alignment.reads(partition, clock.watermark)
      if (alignment.isAhead(partition)) {
        facts.state = "waiting"
        yield* gate.whileOpen(
          Effect.raceAllFirst([alignment.turn(partition), ...(replay ? [replay.more] : [])])
        )
        continue
      }
      const read = yield* inBudget(task.environment, readOn(task, sourcePartition, position, clock))
      position = read.positionJson
      if (read.next !== "more") alignment.rests(partition)
      if (read.next === "end") {
        completed = true
        yield* task.onCompleted
      } else if (read.waitMs > 0) {
        rest(facts)
        const reasons = [Effect.sleep(read.waitMs), ...(replay ? [replay.more] : []), ...arrivals(task)]
        yield* gate.whileOpen(Effect.raceAllFirst(reasons))
      }
    }
  }).pipe(Effect.ensuring(Effect.sync(() => alignment.rests(partition))))
}

/** What is posted is read at once. */
function arrivals({ chain }: Task): readonly Effect.Effect<void, TaskFailure>[] {
  return chain.inbox === undefined ? [] : [Effect.mapError(chain.inbox.arrival, fromTransport)]
}

interface Read {
  readonly positionJson: string
  readonly next: "more" | "idle" | "end"
  readonly waitMs: number
}

const readOn = Effect.fnUntraced(function* (
  task: Task,
  partition: string,
  positionJson: string | undefined,
  clock: SourceClock
): Effect.fn.Return<Read, TaskFailure> {
  const { chain } = task
  yield* Effect.forEach(chain.tables, (table) => table.follow)
  const context = yield* batchContext(task, sinkPlaceOf(task), false)
  const traceparent = task.environment.meters.traces.begin(
    `${task.id.pipeline}/${task.id.node}/${task.id.partition}`,
    context.now
  )
  const head = {
    kind: "source",
    partition,
    positionJson,
    maxRecords: sourceRecords(task.environment),
    maxBytes: batchBytes,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...clock.head
  } as const
  const given = BigInt(task.facts.checkpoint?.counts[chain.plan.head]?.out ?? 0)
  const result = yield* runSource(chain, task.host, head, context, given)
  const { source } = result
  if (source === undefined)
    return yield* Effect.fail(
      taskFailure("SOURCE_INVALID", "the source's call answered no position", chain.plan.head)
    )
  const isFed = (result.counts[0]?.recordsIn ?? 0) > 0
  const watermarks = clock.moveTo(source.newest, isFed, context.now)
  const completed = source.next === "end"
  const isIdle = !completed && clock.isIdle(context.now)
  const moved = source.positionJson !== positionJson || completed || hasEffects(result)
  const owes = source.next === "idle" && task.pulse.owes(clock.watermark, isIdle)
  if (moved || owes)
    yield* commitBatch(task, result, context, {
      offsets: [],
      positions: { [partition]: source.positionJson },
      watermarks,
      originAt: context.now,
      watermark: clock.watermark,
      ...(owes ? { pulse: { isIdle } } : {}),
      completed
    })
  // A source that says "more" and gives nothing would keep the worker busy for nothing.
  const waitMs = source.next === "idle" ? clamp(source.waitMs) : moved ? 0 : minWaitMs
  return { positionJson: source.positionJson, next: source.next, waitMs }
})

function sinkPlaceOf({ chain, facts }: Task): SinkPlace | undefined {
  if (chain.plan.sink === undefined) return undefined
  const sequence = BigInt(facts.checkpoint?.sequence ?? 0)
  return { suffix: String(sequence), firstOffset: sequence, lastOffset: sequence }
}

function hasEffects({ outputs, deadLetters, state }: ChainResult): boolean {
  return outputs.length > 0 || deadLetters.length > 0 || state.length > 0
}

function clamp(waitMs: number): number {
  return Math.min(maxWaitMs, Math.max(minWaitMs, waitMs))
}
