import type { TableInput } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { TableFeed } from "../../plan/physical.ts"
import type { TransportShape } from "../../transport/transport.ts"
import { frameParts } from "./frames.ts"
import type { Gate } from "../gate.ts"
import { producerIdOf } from "./producer-id.ts"
import { ResolvedFrames } from "./resolved-frames.ts"
import { fromTransport, taskFailure } from "../task/task-failure.ts"
import type { TaskFailure } from "../task/task-failure.ts"

const readBytes = 1024 * 1024
/** A table is whole in the worker and in each guest. */
const maxTableBytes = 256 * 1024 * 1024

/** One lookup table of a chain, whole and in the order of its partitions' logs; shared by the chain's tasks. */
export class TableReader {
  private frames: readonly Uint8Array[] = []
  private readonly offsets: bigint[]
  private readonly ends: Set<string>[]
  private bytes = 0
  private loaded = false
  private readonly one = Semaphore.makeUnsafe(1)
  private readonly transport: TransportShape
  readonly feed: TableFeed
  private readonly schemas: ResolvedFrames

  constructor(transport: TransportShape, feed: TableFeed, partitions: number) {
    this.transport = transport
    this.feed = feed
    this.schemas = new ResolvedFrames(transport, feed.topic, feed.schema)
    this.offsets = Array.from({ length: partitions }, () => 0n)
    this.ends = Array.from({ length: partitions }, () => new Set<string>())
  }

  /** It holds what a first batch needs. */
  get isLoaded(): boolean {
    return this.loaded
  }

  /** Under this name its offsets stand among a checkpoint's positions. */
  get name(): string {
    return `table ${this.feed.node}/${this.feed.handle}`
  }

  get input(): TableInput {
    return { node: this.feed.node, handle: this.feed.handle, frames: this.frames }
  }

  /** What of the table a batch saw, for its commit. */
  get positionJson(): string {
    return JSON.stringify(this.offsets.map(String))
  }

  /** Reads the table as far as a first batch needs it: a bounded one to its end of input, another to its present end. */
  readonly load: Effect.Effect<void, TaskFailure> = Effect.gen({ self: this }, function* () {
    yield* this.follow
    while (this.feed.bounded && this.feed.producers.length > 0) {
      const open = this.ends.findIndex((seen) => seen.size < this.feed.producers.length)
      if (open < 0) break
      yield* Effect.mapError(
        this.transport.waitFor(this.feed.topic, open, this.offsets[open] ?? 0n),
        fromTransport
      )
      yield* this.follow
    }
    this.loaded = true
  })

  /** Reads what was added since; called at batch boundaries. */
  readonly follow: Effect.Effect<void, TaskFailure> = Effect.suspend(() =>
    this.one.withPermits(1)(
      Effect.forEach(
        this.offsets.map((_, partition) => partition),
        (partition) => this.followPartition(partition),
        { discard: true }
      )
    )
  )

  private readonly followPartition = Effect.fnUntraced(
    { self: this },
    function* (this: TableReader, partition: number): Effect.fn.Return<void, TaskFailure> {
      const { topic } = this.feed
      const end = yield* Effect.mapError(this.transport.end(topic, partition), fromTransport)
      const added: Uint8Array[] = []
      for (let offset = this.offsets[partition] ?? 0n; offset < end;) {
        const batches = yield* Effect.mapError(
          this.transport.read(topic, partition, offset, readBytes),
          fromTransport
        )
        for (const { baseOffset, frame, unread = [] } of batches) {
          const [first] = unread
          // A table that lacks a row would answer wrongly without a word.
          if (first !== undefined)
            return yield* Effect.fail(taskFailure(first.code, first.message, this.feed.node))
          const parts = frameParts(baseOffset, frame, offset)
          if (parts.controls.some(({ kind }) => kind === "end")) yield* this.sawEnd(partition, parts.producer)
          if (parts.data !== undefined) {
            const { data } = yield* this.schemas.resolve(parts.data, false)
            if (data === undefined) continue
            added.push(data.frame)
            this.bytes += data.frame.length
          }
          offset = parts.next
        }
        this.offsets[partition] = offset
        if (batches.length === 0) break
      }
      if (added.length > 0) this.frames = [...this.frames, ...added]
      if (this.bytes > maxTableBytes)
        return yield* Effect.fail(
          taskFailure(
            "TABLE_TOO_LARGE",
            `the lookup table ${topic} has more than ${maxTableBytes / 1024 / 1024} MiB; key and keep it as state instead`,
            this.feed.node
          )
        )
    }
  )

  private sawEnd(partition: number, producerId: number): Effect.Effect<void, TaskFailure> {
    return Effect.forEach(
      this.feed.producers,
      (producer) =>
        Effect.map(producerIdOf(this.transport, producer), (id) => {
          if (id === producerId) this.ends[partition]?.add(producer)
        }),
      { discard: true }
    )
  }
}

/** Loads a chain's tables, across pauses, unless the pipeline stops before. */
export const loadTables = Effect.fnUntraced(function* (
  tables: readonly TableReader[],
  gate: Gate
): Effect.fn.Return<void, TaskFailure> {
  for (const table of tables)
    while (!table.isLoaded) {
      if ((yield* gate.pass) === "stop") return
      yield* gate.whileOpen(table.load)
    }
})
