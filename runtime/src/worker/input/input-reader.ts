import type { InputFrame } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type { ChainInput } from "../../plan/physical.ts"
import type { Checkpoint, InputOffset, TransportShape } from "../../transport/transport.ts"
import { addImbalances, type Imbalances } from "../ledger/ledger.ts"
import type { CommitTimes } from "../time/commit-times.ts"
import { EventClock } from "../time/event-clock.ts"
import { type FrameData, frameParts } from "./frames.ts"
import { producerIdOf } from "./producer-id.ts"
import { type Resolved, ResolvedFrames, type UnreadInput } from "./resolved-frames.ts"
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
  /** Records that others wrote and the chain cannot read; among `offsets`, not among `records`. */
  readonly unread: readonly UnreadOfInput[]
  /** When the oldest of it was read by a source, as far as that is known; ms since 1970. */
  readonly originAt: number | undefined
  /** What the log does not have, or has twice: batches that do not begin where the one before ended. */
  readonly imbalances: Imbalances
}

export interface UnreadOfInput extends UnreadInput {
  readonly input: string
  readonly topic: string
  readonly partition: number
}

/** What reading moved, for a commit. */
export type Moved = Pick<Fetched, "offsets" | "watermarks" | "imbalances">

const nothingMoved: Moved = { offsets: [], watermarks: {}, imbalances: {} }

/** Reads the inputs of a task on its partition. Places are held in memory: after a failed batch a new reader is made from the checkpoint. */
export class InputReader {
  readonly clock: EventClock
  private readonly next = new Map<string, bigint>()
  private readonly producers = new Map<number, string>()
  /** Topics of which a batch was read to its end, so that the next begins where it ended. */
  private readonly aligned = new Set<string>()
  private readonly schemas = new Map<string, ResolvedFrames>()
  private turn = 0
  private deferred: { readonly moved: Moved; readonly since: number } | undefined
  private readonly times: CommitTimes
  private readonly transport: TransportShape
  private readonly inputs: readonly ChainInput[]
  private readonly partition: number

  constructor(
    transport: TransportShape,
    inputs: readonly ChainInput[],
    partition: number,
    checkpoint: Checkpoint | undefined,
    times: CommitTimes
  ) {
    this.times = times
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
  readonly fetch = Effect.fnUntraced(
    { self: this },
    function* (
      this: InputReader,
      limits: { readonly bytes: number; readonly records: number }
    ): Effect.fn.Return<Fetched, TaskFailure> {
      const frames: InputFrame[] = []
      const offsets: InputOffset[] = []
      const unread: UnreadOfInput[] = []
      let bytes = 0
      let records = 0
      let originAt: number | undefined
      let imbalances: Imbalances = {}
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
        const place = { input: input.input, topic: input.topic, partition: this.partition }
        for (const { baseOffset, frame, unread: told = [] } of batches) {
          if (records >= limits.records) break
          const parts = frameParts(baseOffset, frame, start)
          for (const each of told) if (each.offset >= start) unread.push({ ...each, ...place })
          // What a bound has dropped is not lost: a reader that begins later begins with what is kept.
          if (baseOffset > next && baseOffset === (yield* this.startOf(input.topic))) next = baseOffset
          imbalances = addImbalances(imbalances, this.misplaced(input.topic, baseOffset, next, parts.next))
          next = parts.next
          originAt = earlier(
            originAt,
            this.times.of(parts.producer, parts.partition, parts.sequence)?.originAt
          )
          const producer = yield* this.producerOf(input, parts.producer)
          if (producer !== undefined) this.clock.observe(input.topic, producer, parts)
          if (parts.data === undefined) continue
          const resolved = yield* this.resolved(input, parts.data, parts.producer === unknownProducer)
          for (const each of resolved.unread) unread.push({ ...each, ...place })
          if (resolved.data === undefined) continue
          const { count, ...data } = resolved.data
          frames.push({ input: input.input, topic: input.topic, topicPartition: this.partition, ...data })
          bytes += data.frame.length
          records += count
        }
        if (next !== start) offsets.push({ topic: input.topic, partition: this.partition, next })
        this.next.set(input.topic, next)
      }
      const watermarks = this.clock.takeChanges()
      return { frames, records, bytes, offsets, unread, watermarks, originAt, imbalances }
    }
  )

  /**
   * Keeps what control records moved for the next commit: they have no effect but on event time, and read again they have
   * the same. INVARIANT: every commit takes it, so that state never runs ahead of the event time that it goes by.
   */
  defer(fetched: Fetched, now: number): void {
    this.deferred = {
      moved: joinedMoves(this.deferred?.moved ?? nothingMoved, fetched),
      since: this.deferred?.since ?? now
    }
  }

  /** Since when something is deferred, ms since 1970. */
  get deferredSince(): number | undefined {
    return this.deferred?.since
  }

  /** What was deferred, with what else a commit moves; it is the commit's from now on. */
  movedWith(moved: Moved = nothingMoved): Moved {
    const { deferred } = this
    this.deferred = undefined
    return deferred === undefined ? moved : joinedMoves(deferred.moved, moved)
  }

  /** A first batch may begin before the place that a task goes on from: a reset sets any place. */
  private misplaced(topic: string, baseOffset: bigint, next: bigint, end: bigint): Imbalances {
    // The batch before is what is found where the one that should be there is gone.
    if (end <= next) return {}
    const isFirst = !this.aligned.has(topic)
    this.aligned.add(topic)
    if (baseOffset === next || (isFirst && baseOffset < next)) return {}
    return { [`read from ${topic}/${this.partition}`]: Number(baseOffset - next) }
  }

  /** Called for each frame: without a generator where there is nothing to be done. */
  private resolved(
    { schema, topic }: ChainInput,
    data: FrameData,
    isForeign: boolean
  ): Effect.Effect<Resolved, TaskFailure> {
    const known = this.schemas.get(topic) ?? new ResolvedFrames(this.transport, topic, schema)
    this.schemas.set(topic, known)
    return known.resolve(data, isForeign)
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
          // A topic that was made anew ends before the place of its reader.
          Math.max(0, Number(end - (this.next.get(topic) ?? 0n)))
        )
      ),
      (lags) => lags.reduce((sum, lag) => sum + lag, 0)
    )
  )

  private startOf(topic: string): Effect.Effect<bigint, TaskFailure> {
    return Effect.mapError(this.transport.start(topic, this.partition), fromTransport)
  }

  /** Undefined for who wrote the topic once, and is no producer of it in the plan. */
  private producerOf(input: ChainInput, id: number): Effect.Effect<string | undefined, TaskFailure> {
    if (id === unknownProducer) return Effect.undefined
    const known = this.producers.get(id)
    if (known === undefined) return this.learned(input, id)
    return Effect.succeed(input.producers.includes(known) ? known : undefined)
  }

  private readonly learned = Effect.fnUntraced(
    { self: this },
    function* (
      this: InputReader,
      input: ChainInput,
      id: number
    ): Effect.fn.Return<string | undefined, TaskFailure> {
      for (const producer of input.producers)
        this.producers.set(yield* producerIdOf(this.transport, producer), producer)
      return this.producers.get(id)
    }
  )
}

/** What a frame has that no node has made: a gap, or what others wrote. */
const unknownProducer = 0

/** Two fetches in a row as one. */
export function joined(first: Fetched, second: Fetched): Fetched {
  return {
    frames: [...first.frames, ...second.frames],
    records: first.records + second.records,
    bytes: first.bytes + second.bytes,
    unread: [...first.unread, ...second.unread],
    originAt: earlier(first.originAt, second.originAt),
    ...joinedMoves(first, second)
  }
}

function joinedMoves(first: Moved, second: Moved): Moved {
  const offsets = new Map([...first.offsets, ...second.offsets].map((offset) => [offset.topic, offset]))
  return {
    offsets: [...offsets.values()],
    watermarks: { ...first.watermarks, ...second.watermarks },
    imbalances: addImbalances(first.imbalances, second.imbalances)
  }
}

function earlier(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a
}
