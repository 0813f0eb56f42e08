import { BatchCursor, BatchWriter, encodeUtf8, partitionOf } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { checkpointText, readCheckpoint } from "../checkpoint-text.ts"
import type { Checkpoint, TaskId, TransportError } from "../transport.ts"
import { TransportError as Failure } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking, kafkaFailure } from "./kafka-failure.ts"
import { SettledFrames } from "./settled-frames.ts"

/** Partitions of the topic: each is read whole by a platform that has one of its tasks. */
export const checkpointPartitions = 8
const readBytes = 1024 * 1024
const waitMs = 500

interface Reading {
  readonly frames: SettledFrames
  /** One reads at a time. */
  readonly turn: Semaphore.Semaphore
}
const noSchema = new Uint8Array(32)

export const taskName = ({ node, partition, pipeline }: TaskId): string => `${pipeline}/${node}/${partition}`

/**
 * Checkpoints of all tasks of the cluster, in a compacted topic: a commit writes its task's in the transaction of its outputs, so that
 * it says what became of a commit that nobody was told about.
 */
export class CheckpointLog {
  readonly topic: string
  private readonly client: KafkaClient
  private readonly partitions: readonly Reading[]
  private readonly known: Map<string, Checkpoint> = new Map()

  constructor(client: KafkaClient, topic: string) {
    this.topic = topic
    this.client = client
    this.partitions = Array.from({ length: checkpointPartitions }, () => ({
      frames: new SettledFrames(),
      turn: Semaphore.makeUnsafe(1)
    }))
  }

  static partition(task: TaskId): number {
    return partitionOf(keyOf(task), checkpointPartitions)
  }

  /** A frame with a task's checkpoint; undefined takes it away. */
  static frame(task: TaskId, checkpoint: Checkpoint | undefined, now: number): Uint8Array {
    const writer = new BatchWriter(undefined, 1024)
    writer.begin(noSchema)
    const value = checkpoint === undefined ? null : new Uint8Array(checkpointText(checkpoint))
    writer.append({ timestamp: now, key: keyOf(task) }, value)
    return writer.finish()
  }

  /** The task's last committed one. Ask once the task's id is taken over: nothing of it is open any more. */
  last(task: TaskId): Effect.Effect<Checkpoint | undefined, TransportError> {
    const partition = CheckpointLog.partition(task)
    return Effect.gen({ self: this }, function* () {
      const [end] = yield* asking(() => this.client.listOffsets([{ topic: this.topic, partition }], "latest"))
      yield* this.readTo(partition, end?.offset ?? 0n)
      return this.known.get(taskName(task))
    })
  }

  private readTo(partition: number, end: bigint): Effect.Effect<void, TransportError> {
    const reading = this.partitions[partition]
    if (reading === undefined) return Effect.void
    const { frames, turn } = reading
    return turn.withPermit(
      Effect.gen({ self: this }, function* () {
        while (frames.next < end) {
          const [fetched] = yield* asking(() =>
            this.client.fetch({
              partitions: [{ topic: this.topic, partition, offset: frames.next }],
              maxWaitMs: waitMs,
              minBytes: 1,
              maxBytes: readBytes,
              isolation: "uncommitted",
              lane: `${this.topic}/${partition}`
            })
          )
          if (fetched?.error !== undefined) return yield* kafkaFailure(fetched.error)
          const settled = yield* Effect.try({
            try: () => frames.take(fetched?.records ?? new Uint8Array(0)),
            catch: kafkaFailure
          })
          for (const frame of settled) {
            const cursor = new BatchCursor(frame)
            while (cursor.next()) yield* this.take(cursor)
          }
        }
      })
    )
  }

  private take(cursor: BatchCursor): Effect.Effect<void, TransportError> {
    return Effect.suspend(() => {
      const name = Buffer.from(cursor.key() ?? []).toString("utf8")
      const value = cursor.value()
      if (value === null) this.known.delete(name)
      else
        try {
          this.known.set(name, readCheckpoint(Buffer.from(value)))
        } catch {
          const message = `the checkpoint of ${name} in ${this.topic} is none: somebody else has written there`
          return Effect.fail(new Failure({ reason: "corrupt", message }))
        }
      return Effect.void
    })
  }
}

function keyOf(task: TaskId): Uint8Array {
  return encodeUtf8(taskName(task)) ?? new Uint8Array(0)
}
