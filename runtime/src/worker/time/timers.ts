import { createHash } from "node:crypto"
import type { InputFrame } from "@millrace/sandbox"
import {
  BatchWriter,
  eventTimers,
  noWatermark,
  processingTimers,
  StateEntryWriter,
  timerInput
} from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { DueTimer } from "../../transport/transport.ts"
import { batchContext } from "../chain/batch-context.ts"
import type { SinkPlace } from "../chain/batch-context.ts"
import { runFrames } from "../chain/chain-run.ts"
import { commitBatch } from "../task/task.ts"
import type { Task } from "../task/task.ts"
import { fromTransport } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"
import { batchBytes, inBudget } from "../worker-environment.ts"
import type { InputReader } from "../input/input-reader.ts"

const maxBatch = 1_000
const never = Number.MAX_SAFE_INTEGER - 1
const tagSchemaHash = new Uint8Array(createHash("sha256").update('"string"').digest())

/**
 * The timers of a task's keyed node. What fires goes through the chain as records of the node's input `~timer`, in the order
 * of time, each batch in a commit that also removes its timers: every one fires once, however often the task is killed.
 * The task tells its readers of a watermark only when everything up to it has fired.
 */
export class Timers {
  private readonly task: Task
  private readonly segment: number
  private fired = noWatermark

  private constructor(task: Task, segment: number) {
    this.task = task
    this.segment = segment
  }

  /** Undefined for a chain none of whose nodes sets timers. */
  static of(task: Task): Timers | undefined {
    const { segments } = task.chain.plan
    const segment = segments.findIndex(({ nodes }) => nodes[0]?.spec.timers === true)
    return segment < 0 ? undefined : new Timers(task, segment)
  }

  /** What the task may tell of itself. */
  get outgoing(): number {
    return this.fired
  }

  /** Fires all that is due: by the clock of the task's input, and by the worker's. Ends early when the pipeline pauses or stops. */
  readonly fire = Effect.fnUntraced(
    { self: this },
    function* (
      this: Timers,
      reader: InputReader,
      completed: boolean
    ): Effect.fn.Return<"all" | "some", TaskFailure> {
      const { environment, gate, log } = this.task
      const { clock } = reader
      const limit = Math.min(maxBatch, environment.batchRecords ?? maxBatch)
      for (;;) {
        if (gate.isPaused() || gate.isStopping()) return "some"
        const now = yield* Clock.currentTimeMillis
        // Nothing will come after the end: what waits for a time need not wait for it.
        const until = clock.hasEnded ? never : clock.watermark
        let due: readonly DueTimer[] = []
        if (until !== noWatermark)
          due = yield* Effect.mapError(log.dueTimers(eventTimers, until, limit), fromTransport)
        let state = eventTimers
        if (due.length === 0) {
          state = processingTimers
          const latest = clock.hasEnded ? never : now
          due = yield* Effect.mapError(log.dueTimers(processingTimers, latest, limit), fromTransport)
        }
        if (due.length === 0) break
        yield* inBudget(environment, this.fireBatch(reader, state, { due, until, completed }))
      }
      this.fired = clock.outgoing
      return "all"
    }
  )

  /** Until the next timer of the worker's clock. */
  readonly next: Effect.Effect<void, TaskFailure> = Effect.gen({ self: this }, function* () {
    const [first] = yield* Effect.mapError(this.task.log.dueTimers(processingTimers, never, 1), fromTransport)
    if (first === undefined) return yield* Effect.never
    const now = yield* Clock.currentTimeMillis
    yield* Effect.sleep(Math.max(0, first.time - now))
  })

  private readonly fireBatch = Effect.fnUntraced(
    { self: this },
    function* (
      this: Timers,
      reader: InputReader,
      state: number,
      { completed, due, until }: DueBatch
    ): Effect.fn.Return<void, TaskFailure> {
      const { chain, facts, host, id } = this.task
      const sequence = BigInt(facts.checkpoint?.sequence ?? 0)
      const place: SinkPlace | undefined =
        chain.plan.sink === undefined
          ? undefined
          : { suffix: `timer/${sequence}`, firstOffset: sequence, lastOffset: sequence }
      const context = yield* batchContext(this.task, place, false)
      const { frame, taken } = timerFrame(due)
      const input: InputFrame = {
        input: timerInput,
        topic: timerInput,
        topicPartition: id.partition,
        baseOffset: sequence,
        frame
      }
      const first = chain.segments[this.segment]
      if (first === undefined) return
      const timersUntil = state === eventTimers ? chainable(due, taken, until) : undefined
      const given = timersUntil === undefined ? context : { ...context, timersUntil }
      const result = yield* runFrames(chain, host, [input], given, { segment: this.segment, first })
      yield* commitBatch(
        this.task,
        { ...result, state: joined(removal(state, taken), result.state) },
        context,
        { ...reader.movedWith(), positions: {}, watermark: this.fired, completed }
      )
    }
  )
}

interface DueBatch {
  readonly due: readonly DueTimer[]
  /** What is due is due up to then, ms since 1970. */
  readonly until: number
  readonly completed: boolean
}

/** Up to when the timers that these set are the next ones due. */
function chainable(due: readonly DueTimer[], taken: readonly DueTimer[], until: number): number | undefined {
  if (taken.length === due.length && due.length < maxBatch) return until
  const last = taken.at(-1)
  return last === undefined ? undefined : last.time - 1
}

/** A batch of timers as records; as many as one batch may hold. */
function timerFrame(due: readonly DueTimer[]): {
  readonly frame: Uint8Array
  readonly taken: readonly DueTimer[]
} {
  const writer = new BatchWriter()
  writer.begin(tagSchemaHash)
  for (const { key, tag, time } of due) {
    if (writer.count > 0 && writer.byteLength > batchBytes) break
    writer.append({ timestamp: time, key }, tag)
  }
  return { frame: writer.finish(), taken: due.slice(0, writer.count) }
}

/** Before what the bodies set: a timer that sets itself again stays. */
function removal(state: number, timers: readonly DueTimer[]): Uint8Array {
  const writer = new StateEntryWriter()
  for (const { mapKey } of timers) writer.delete(state, null, mapKey)
  return writer.finish()
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first, 0)
  bytes.set(second, first.length)
  return bytes
}
