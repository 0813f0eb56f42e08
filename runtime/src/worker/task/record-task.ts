import { Pace } from "@millrace/sandbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { ChainPlan } from "../../plan/physical.ts"
import { Failpoint } from "../../telemetry/failpoint.ts"
import { batchContext } from "../chain/batch-context.ts"
import type { SinkPlace } from "../chain/batch-context.ts"
import { emptyResult, runFrames } from "../chain/chain-run.ts"
import { loadTables } from "../input/table-reader.ts"
import { InputReader, joined } from "../input/input-reader.ts"
import type { Fetched } from "../input/input-reader.ts"
import { ReplayInput } from "../dead-letter/replay-input.ts"
import { withUnread } from "../dead-letter/unread-letters.ts"
import { commitBatch, recoverSink } from "./task.ts"
import type { Task } from "./task.ts"
import { rest } from "./task-facts.ts"
import type { TaskFailure } from "./task-failure.ts"
import { Timers } from "../time/timers.ts"
import { fetchLimits, inBudget } from "../worker-environment.ts"

/**
 * A task that is fed by topics: fetch, run, commit, for ever; between batches it can be paused and stopped. When its
 * input has ended it is completed, and goes on listening: what comes later (a replay) is a batch that is final at once.
 */
export const runRecordTask = Effect.fnUntraced(function* (task: Task): Effect.fn.Return<void, TaskFailure> {
  const { chain, gate, facts, checkpoint } = task
  const reader = new InputReader(
    task.environment.transport,
    chain.plan.inputs,
    task.id.partition,
    checkpoint,
    task.environment.meters.commitTimes
  )
  const replay = new ReplayInput(task, task.id.partition)
  const timers = Timers.of(task)
  const pace = new Pace(Infinity)
  let completed = checkpoint?.completed ?? false
  yield* recoverSink(task)
  yield* loadTables(chain.tables, gate)
  if (completed) yield* task.onCompleted
  for (;;) {
    if (gate.isPaused()) facts.state = "paused"
    if ((yield* gate.pass) === "stop") return
    facts.state = completed ? "completed" : "running"
    yield* replay.take(completed)
    const took = yield* takeBatch(task, reader, { completed, pace, timers })
    const fired = timers === undefined ? "all" : yield* timers.fire(reader, completed)
    if (fired === "some") continue
    if (reader.clock.hasEnded && !completed) {
      if (timers !== undefined) yield* finish(task, timers, reader)
      completed = true
      facts.state = "completed"
      yield* task.onCompleted
    }
    facts.lagRecords = yield* reader.lag
    if (took === "taken") continue
    const next = [reader.more, replay.more, ...(timers === undefined ? [] : [timers.next])]
    if (!completed) {
      const owed = yield* pulse(task, reader, timers?.outgoing ?? reader.clock.outgoing)
      if (owed > 0) next.push(Effect.sleep(owed))
      rest(facts)
    }
    yield* gate.whileOpen(Effect.raceAllFirst(next))
  }
})

/** What was read of control records alone is committed after so many ms at the latest. */
const mostDeferredMs = 1_000

/**
 * Tells those who read what this task writes what they do not know yet of its event time, and commits what was deferred for
 * long; or answers in how many ms it will. 0: nothing is owed.
 */
const pulse = Effect.fnUntraced(function* (
  task: Task,
  reader: InputReader,
  watermark: number
): Effect.fn.Return<number, TaskFailure> {
  const now = yield* Clock.currentTimeMillis
  const { isIdle } = reader.clock
  const since = reader.deferredSince
  const told = task.pulse.dueIn(watermark, isIdle, now) ?? Infinity
  const committed = since === undefined ? Infinity : Math.max(0, since + mostDeferredMs - now)
  const due = Math.min(told, committed)
  if (due > 0) return Number.isFinite(due) ? due : 0
  const context = yield* batchContext(task, undefined, false)
  yield* commitBatch(task, emptyResult, context, {
    ...reader.movedWith(),
    positions: {},
    watermark,
    ...(told === 0 ? { pulse: { isIdle } } : {}),
    completed: false
  })
  return 0
})

/** The end of a task with timers: all have fired, and nothing follows for a sink behind them. */
const finish = Effect.fnUntraced(function* (
  task: Task,
  timers: Timers,
  reader: InputReader
): Effect.fn.Return<void, TaskFailure> {
  const sequence = BigInt(task.facts.checkpoint?.sequence ?? 0)
  const place = { suffix: `end/${sequence}`, firstOffset: sequence, lastOffset: sequence }
  const context = yield* batchContext(task, task.chain.plan.sink === undefined ? undefined : place, true)
  const result = yield* runFrames(task.chain, task.host, [], context)
  yield* commitBatch(task, result, context, {
    ...reader.movedWith(),
    positions: {},
    watermark: timers.outgoing,
    completed: true
  })
})

/**
 * CPU time that a batch is made to take at most: until it is committed nobody sees what came of it, and a kill begins it again.
 * What it waits for others is no matter: smaller batches would make all of them wait longer.
 */
const maxBatchMs = 2_000

interface TaskMode {
  readonly pace: Pace
  readonly completed: boolean
  readonly timers: Timers | undefined
}

function takeBatch(
  task: Task,
  reader: InputReader,
  mode: TaskMode
): Effect.Effect<"nothing" | "taken", TaskFailure> {
  const position = reader.position
  const handle = (fetched: Fetched) => handleBatch(task, reader, fetched, { ...mode, position })
  // A sink waits for its batch outside of the budget, or waiting sinks would keep others from working.
  return task.chain.plan.sink === undefined
    ? inBudget(task.environment, Effect.flatMap(reader.fetch(pacedLimits(task, mode.pace)), handle))
    : Effect.flatMap(gather(task, reader, task.chain.plan.sink), (fetched) =>
        inBudget(task.environment, handle(fetched))
      )
}

function pacedLimits(
  { environment }: Task,
  pace: Pace
): { readonly bytes: number; readonly records: number } {
  const { bytes, records } = fetchLimits(environment)
  return { bytes, records: Math.min(records, pace.fitting(maxBatchMs)) }
}

const handleBatch = Effect.fnUntraced(function* (
  task: Task,
  reader: InputReader,
  fetched: Fetched,
  { completed, pace, position, timers }: TaskMode & { readonly position: bigint }
): Effect.fn.Return<"nothing" | "taken", TaskFailure> {
  const { chain, facts } = task
  const failpoint = yield* Failpoint
  // With timers, the end is a commit of its own: they fire first.
  const isLast = completed || (reader.clock.hasEnded && timers === undefined)
  if (fetched.offsets.length === 0 && (completed || !isLast)) return "nothing"
  failpoint("after-fetch")
  if (fetched.frames.length === 0 && fetched.unread.length === 0 && !isLast) {
    reader.defer(fetched, yield* Clock.currentTimeMillis)
    return "taken"
  }
  yield* Effect.forEach(chain.tables, (table) => table.follow)
  facts.inputBytes += fetched.bytes
  const context = yield* batchContext(
    task,
    chain.plan.sink === undefined ? undefined : sinkPlace(fetched, position),
    isLast
  )
  const result = yield* Effect.flatMap(runFrames(chain, task.host, fetched.frames, context), (run) =>
    withUnread(chain.plan, run, fetched.unread)
  )
  pace.note(fetched.records, result.counts.reduce((sum, { cpuMicros }) => sum + cpuMicros, 0) / 1_000)
  yield* commitBatch(task, result, context, {
    ...reader.movedWith(fetched),
    positions: {},
    originAt: fetched.originAt,
    watermark: timers?.outgoing ?? reader.clock.outgoing,
    completed: isLast
  })
  return "taken"
})

/** What comes until a sink's batch policy closes the batch: by count, bytes, delay or end. */
const gather = Effect.fnUntraced(function* (
  task: Task,
  reader: InputReader,
  sink: NonNullable<ChainPlan["sink"]>
): Effect.fn.Return<Fetched, TaskFailure> {
  const { bytes, records } = fetchLimits(task.environment)
  let fetched = yield* reader.fetch({ bytes, records })
  if (fetched.records === 0) return fetched
  const deadline = (yield* Clock.currentTimeMillis) + sink.maxDelayMs
  while (fetched.records < sink.maxRecords && fetched.bytes < bytes) {
    const left = deadline - (yield* Clock.currentTimeMillis)
    if (left <= 0 || reader.clock.hasEnded || task.gate.isStopping() || task.gate.isPaused()) break
    const wait = Effect.raceFirst(reader.more, Effect.sleep(left))
    yield* task.gate.whileOpen(wait)
    fetched = joined(fetched, yield* reader.fetch({ bytes: bytes - fetched.bytes, records }))
  }
  return fetched
})

/** Offsets of the first input's first and last record; where there is none, the place where it would be. */
function sinkPlace(fetched: Fetched, position: bigint): SinkPlace {
  const firstOffset = fetched.frames[0]?.baseOffset ?? position
  const moved = fetched.offsets[0]?.next ?? position
  const lastOffset = moved > firstOffset ? moved - 1n : firstOffset
  return { suffix: String(firstOffset), firstOffset, lastOffset }
}
