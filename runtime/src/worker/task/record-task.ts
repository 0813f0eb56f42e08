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
import { commitBatch, recoverSink } from "./task.ts"
import type { Task } from "./task.ts"
import type { TaskFailure } from "./task-failure.ts"
import type { EventClock } from "../time/event-clock.ts"
import { batchBytes, inBudget } from "../worker-environment.ts"

/**
 * A task that is fed by topics: fetch, run, commit, for ever; between batches it can be paused and stopped. When its
 * input has ended it is completed, and goes on listening: what comes later (a replay) is a batch that is final at once.
 */
export function runRecordTask(task: Task): Effect.Effect<void, TaskFailure> {
  return Effect.gen(function* () {
    const { chain, gate, facts, checkpoint } = task
    const reader = new InputReader(
      task.environment.transport,
      chain.plan.inputs,
      task.id.partition,
      checkpoint
    )
    const replay = new ReplayInput(task, task.id.partition)
    let completed = checkpoint?.completed ?? false
    yield* recoverSink(task)
    yield* loadTables(chain.tables, gate)
    if (completed) yield* task.onCompleted
    for (;;) {
      if (gate.isPaused()) facts.state = "paused"
      if ((yield* gate.pass) === "stop") return
      facts.state = completed ? "completed" : "running"
      yield* replay.take(completed)
      const took = yield* takeBatch(task, reader, completed)
      if (took === "completed") {
        completed = true
        facts.state = "completed"
        yield* task.onCompleted
      }
      facts.lagRecords = yield* reader.lag
      if (took !== "nothing") continue
      if (!completed) yield* pulse(task, reader.clock)
      if (!completed) facts.state = "waiting"
      const wait = Effect.raceFirst(reader.more, replay.more)
      yield* gate.whileOpen(wait)
    }
  })
}

/** Tells those who read what this task writes what they do not know yet of its event time. */
function pulse(task: Task, { isIdle, outgoing }: EventClock): Effect.Effect<void, TaskFailure> {
  return Effect.gen(function* () {
    if (!task.pulse.owes(outgoing, isIdle)) return
    const context = yield* batchContext(task, undefined, false)
    yield* commitBatch(task, emptyResult, context, {
      offsets: [],
      positions: {},
      watermarks: {},
      watermark: outgoing,
      pulse: { isIdle },
      completed: false
    })
  })
}

function takeBatch(
  task: Task,
  reader: InputReader,
  completed: boolean
): Effect.Effect<"nothing" | "taken" | "completed", TaskFailure> {
  const position = reader.position
  const handle = (fetched: Fetched) => handleBatch(task, reader, fetched, { position, completed })
  // A sink waits for its batch outside of the budget, or waiting sinks would keep others from working.
  return task.chain.plan.sink === undefined
    ? inBudget(task.environment, Effect.flatMap(reader.fetch(batchBytes), handle))
    : Effect.flatMap(gather(task, reader, task.chain.plan.sink), (fetched) =>
        inBudget(task.environment, handle(fetched))
      )
}

function handleBatch(
  task: Task,
  reader: InputReader,
  fetched: Fetched,
  before: { readonly position: bigint; readonly completed: boolean }
): Effect.Effect<"nothing" | "taken" | "completed", TaskFailure> {
  return Effect.gen(function* () {
    const { chain, facts } = task
    const failpoint = yield* Failpoint
    const ends = reader.clock.hasEnded && !before.completed
    if (fetched.offsets.length === 0 && !ends) return "nothing"
    failpoint("after-fetch")
    yield* Effect.forEach(chain.tables, (table) => table.follow)
    facts.inputBytes += fetched.bytes
    const context = yield* batchContext(
      task,
      chain.plan.sink === undefined ? undefined : sinkPlace(fetched, before.position),
      reader.clock.hasEnded
    )
    const result = yield* runFrames(chain, task.host, fetched.frames, context)
    yield* commitBatch(task, result, context, {
      offsets: fetched.offsets,
      positions: {},
      watermarks: fetched.watermarks,
      watermark: reader.clock.outgoing,
      completed: reader.clock.hasEnded
    })
    return ends ? "completed" : "taken"
  })
}

/** What comes until a sink's batch policy closes the batch: by count, bytes, delay or end. */
function gather(
  task: Task,
  reader: InputReader,
  sink: NonNullable<ChainPlan["sink"]>
): Effect.Effect<Fetched, TaskFailure> {
  return Effect.gen(function* () {
    let fetched = yield* reader.fetch(batchBytes)
    if (fetched.records === 0) return fetched
    const deadline = (yield* Clock.currentTimeMillis) + sink.maxDelayMs
    while (fetched.records < sink.maxRecords && fetched.bytes < batchBytes) {
      const left = deadline - (yield* Clock.currentTimeMillis)
      if (left <= 0 || reader.clock.hasEnded || task.gate.isStopping() || task.gate.isPaused()) break
      const wait = Effect.raceFirst(reader.more, Effect.sleep(left))
      yield* task.gate.whileOpen(wait)
      fetched = joined(fetched, yield* reader.fetch(batchBytes - fetched.bytes))
    }
    return fetched
  })
}

/** Offsets of the first input's first and last record; where there is none, the place where it would be. */
function sinkPlace(fetched: Fetched, position: bigint): SinkPlace {
  const firstOffset = fetched.frames[0]?.baseOffset ?? position
  const moved = fetched.offsets[0]?.next ?? position
  const lastOffset = moved > firstOffset ? moved - 1n : firstOffset
  return { suffix: String(firstOffset), firstOffset, lastOffset }
}
