import type { InputFrame } from "@millrace/sandbox"
import { BatchCursor, noWatermark } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { ChainPlan } from "../../plan/physical.ts"
import type { InputOffset } from "../../transport/transport.ts"
import { batchContext } from "../chain/batch-context.ts"
import { emptyResult, runFrames } from "../chain/chain-run.ts"
import { readInstruction, replayTopic } from "./replay.ts"
import type { ReplayInstruction } from "./replay.ts"
import { commitBatch } from "../task/task.ts"
import type { Task } from "../task/task.ts"
import { fromTransport } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

const readBytes = 1024 * 1024

/**
 * The instructions to replay dead letters that a task finds on its partition of the chain's replay topic. Each goes in
 * at its node and is committed with the offset after it: taken once, whatever is killed.
 */
export class ReplayInput {
  private next: bigint
  private readonly task: Task
  private readonly topic: string
  private readonly partition: number

  constructor(task: Task, partition: number) {
    this.task = task
    this.topic = replayTopic(task.id.pipeline, task.chain.plan.head)
    this.partition = partition
    const last = task.checkpoint?.offsets.find(
      (offset) => offset.topic === this.topic && offset.partition === partition
    )
    this.next = last?.next ?? 0n
  }

  readonly more: Effect.Effect<void, TaskFailure> = Effect.suspend(() =>
    Effect.mapError(
      this.task.environment.transport.waitFor(this.topic, this.partition, this.next),
      fromTransport
    )
  )

  /** Handles what is there, one instruction per commit. `completed`: the task has, and stays so. */
  readonly take = Effect.fnUntraced(
    { self: this },
    function* (this: ReplayInput, completed: boolean): Effect.fn.Return<void, TaskFailure> {
      const { transport } = this.task.environment
      const batches = yield* Effect.mapError(
        transport.read(this.topic, this.partition, this.next, readBytes),
        fromTransport
      )
      for (const { baseOffset, frame } of batches) {
        const cursor = new BatchCursor(frame)
        while (cursor.next()) {
          const offset = baseOffset + BigInt(cursor.index)
          if (offset < this.next) continue
          yield* this.replay(readInstruction(cursor), offset, completed)
          this.next = offset + 1n
        }
      }
    }
  )

  private readonly replay = Effect.fnUntraced(
    { self: this },
    function* (
      this: ReplayInput,
      instruction: ReplayInstruction | undefined,
      offset: bigint,
      completed: boolean
    ): Effect.fn.Return<void, TaskFailure> {
      const { task } = this
      const place = instruction === undefined ? undefined : placeOf(task.chain.plan, instruction.node)
      const moved: InputOffset = { topic: this.topic, partition: this.partition, next: offset + 1n }
      if (instruction === undefined || place === undefined) {
        // The plan changed since it was written. It must not stand in the way of what follows.
        yield* Effect.logError("a replay was passed over: the chain has no such node now").pipe(
          Effect.annotateLogs({
            pipeline: task.id.pipeline,
            node: instruction?.node ?? "?",
            offset: String(offset)
          })
        )
        return yield* this.passOver(moved, completed)
      }
      const sink =
        task.chain.plan.sink === undefined
          ? undefined
          : { suffix: `replay/${offset}`, firstOffset: offset, lastOffset: offset }
      const context = yield* batchContext(task, sink, completed)
      const first = yield* task.chain.tail(place.segment, place.node)
      const input: InputFrame = {
        input: instruction.input,
        topic: this.topic,
        topicPartition: this.partition,
        baseOffset: offset,
        frame: instruction.frame
      }
      const result = yield* runFrames(task.chain, task.host, [input], context, {
        segment: place.segment,
        first
      })
      yield* commitBatch(task, result, context, {
        offsets: [moved],
        positions: {},
        watermarks: {},
        watermark: noWatermark,
        completed
      })
    }
  )

  private readonly passOver = Effect.fnUntraced(
    { self: this },
    function* (
      this: ReplayInput,
      moved: InputOffset,
      completed: boolean
    ): Effect.fn.Return<void, TaskFailure> {
      const context = yield* batchContext(this.task, undefined, completed)
      yield* commitBatch(this.task, emptyResult, context, {
        offsets: [moved],
        positions: {},
        watermarks: {},
        watermark: noWatermark,
        completed
      })
    }
  )
}

function placeOf(
  plan: ChainPlan,
  name: string
): { readonly segment: number; readonly node: number } | undefined {
  for (const [segment, { nodes }] of plan.segments.entries()) {
    const node = nodes.findIndex(({ spec }) => spec.node === name)
    if (node >= 0) return { segment, node }
  }
  return undefined
}
