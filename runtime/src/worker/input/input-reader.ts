import type { InputFrame } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { ChainInput } from "../../plan/physical.ts"
import type { Checkpoint, InputOffset, TransportShape } from "../../transport/transport.ts"
import { EventClock } from "../time/event-clock.ts"
import { frameParts } from "./frames.ts"
import { producerIdOf } from "./producer-id.ts"
import { fromTransport } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

/** What a task takes from its inputs for one batch. */
export interface Fetched {
  readonly frames: readonly InputFrame[]
  readonly records: number
  readonly bytes: number
  /** Only what moved. */
  readonly offsets: readonly InputOffset[]
  /** What it says of event time, for the checkpoint. */
  readonly watermarks: { readonly [name: string]: number }
}

/** Reads the inputs of a task on its partition. Places are held in memory: after a failed batch a new reader is made from the checkpoint. */
export class InputReader {
  readonly clock: EventClock
  private readonly next = new Map<string, bigint>()
  private readonly producers = new Map<number, string>()
  private turn = 0
  private readonly transport: TransportShape
  private readonly inputs: readonly ChainInput[]
  private readonly partition: number

  constructor(
    transport: TransportShape,
    inputs: readonly ChainInput[],
    partition: number,
    checkpoint: Checkpoint | undefined
  ) {
    this.transport = transport
    this.inputs = inputs
    this.partition = partition
    for (const { topic } of inputs) this.next.set(topic, 0n)
    for (const offset of checkpoint?.offsets ?? [])
      if (offset.partition === partition && this.next.has(offset.topic))
        this.next.set(offset.topic, offset.next)
    this.clock = new EventClock(inputs, checkpoint)
  }

  /** Offset of the record that will be read next, of the first input. */
  get position(): bigint {
    return this.next.get(this.inputs[0]?.topic ?? "") ?? 0n
  }

  /** About so many `bytes` of what is there, and no frame after so many `records`; the inputs by turns. Does not wait. */
  fetch(limits: { readonly bytes: number; readonly records: number }): Effect.Effect<Fetched, TaskFailure> {
    return Effect.gen({ self: this }, function* () {
      const frames: InputFrame[] = []
      const offsets: InputOffset[] = []
      let bytes = 0
      let records = 0
      this.turn += 1
      for (let i = 0; i < this.inputs.length && bytes < limits.bytes && records < limits.records; i++) {
        const input = this.inputs[(i + this.turn) % this.inputs.length]
        if (input === undefined) break
        const start = this.next.get(input.topic) ?? 0n
        const batches = yield* Effect.mapError(
          this.transport.read(input.topic, this.partition, start, limits.bytes - bytes),
          fromTransport
        )
        let next = start
        for (const { baseOffset, frame } of batches) {
          if (records >= limits.records) break
          const parts = frameParts(baseOffset, frame, start)
          next = parts.next
          const producer = yield* this.producerOf(input, parts.producer)
          if (producer !== undefined) this.clock.observe(input.topic, producer, parts)
          if (parts.data === undefined) continue
          const { topic } = input
          frames.push({
            input: input.input,
            topic,
            topicPartition: this.partition,
            baseOffset: parts.data.baseOffset,
            frame: parts.data.frame
          })
          bytes += parts.data.frame.length
          records += parts.data.count
        }
        if (next !== start) offsets.push({ topic: input.topic, partition: this.partition, next })
        this.next.set(input.topic, next)
      }
      return { frames, records, bytes, offsets, watermarks: this.clock.takeChanges() }
    })
  }

  /** Until one of the inputs has more than was fetched. */
  readonly more: Effect.Effect<void, TaskFailure> = Effect.suspend(() =>
    Effect.raceAllFirst(
      this.inputs.map(({ topic }) =>
        Effect.mapError(
          this.transport.waitFor(topic, this.partition, this.next.get(topic) ?? 0n),
          fromTransport
        )
      )
    )
  )

  /** Records between the inputs' ends and what was fetched. */
  readonly lag: Effect.Effect<number, TaskFailure> = Effect.suspend(() =>
    Effect.map(
      Effect.forEach(this.inputs, ({ topic }) =>
        Effect.map(Effect.mapError(this.transport.end(topic, this.partition), fromTransport), (end) =>
          Number(end - (this.next.get(topic) ?? 0n))
        )
      ),
      (lags) => lags.reduce((sum, lag) => sum + lag, 0)
    )
  )

  /** Undefined for who wrote the topic once, and is no producer of it in the plan. */
  private producerOf(input: ChainInput, id: number): Effect.Effect<string | undefined, TaskFailure> {
    return Effect.gen({ self: this }, function* () {
      const known = this.producers.get(id)
      if (known !== undefined) return input.producers.includes(known) ? known : undefined
      for (const producer of input.producers)
        this.producers.set(yield* producerIdOf(this.transport, producer), producer)
      return this.producers.get(id)
    })
  }
}

/** Two fetches in a row as one. */
export function joined(first: Fetched, second: Fetched): Fetched {
  const offsets = new Map([...first.offsets, ...second.offsets].map((offset) => [offset.topic, offset]))
  return {
    frames: [...first.frames, ...second.frames],
    records: first.records + second.records,
    bytes: first.bytes + second.bytes,
    offsets: [...offsets.values()],
    watermarks: { ...first.watermarks, ...second.watermarks }
  }
}
