import { BatchCursor, BatchWriter, encodeUtf8, partitionOf } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { checkpointText, readCheckpoint } from "../checkpoint-text.ts"
import type { Checkpoint, TaskId, TransportError } from "../transport.ts"
import { TransportError as Failure } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking } from "./kafka-failure.ts"
import { PartitionReader } from "./partition-reader.ts"
import type { ReaderParts } from "./partition-reader.ts"

/** Partitions of the topic: an open transaction of one task holds up who reads the same. */
export const checkpointPartitions = 8
const readBytes = 1024 * 1024
const noSchema = new Uint8Array(32)

export const taskName = ({ node, partition, pipeline }: TaskId): string => `${pipeline}/${node}/${partition}`

/**
 * Checkpoints of all tasks of the cluster, in a compacted topic: a commit writes its task's in the transaction of its outputs, so that
 * it says what became of a commit that nobody was told about.
 */
export class CheckpointLog {
  readonly topic: string
  private readonly client: KafkaClient
  private readonly readers: readonly PartitionReader[]
  private readonly next: bigint[] = Array.from({ length: checkpointPartitions }, () => 0n)
  private readonly known: Map<string, Checkpoint> = new Map()

  constructor(parts: ReaderParts, topic: string) {
    this.topic = topic
    this.client = parts.client
    this.readers = this.next.map((_, partition) => new PartitionReader(parts, topic, partition))
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

  /** The task's last committed one. Ask when nobody else can commit for it: transactions of others may be open, and are waited for. */
  last(task: TaskId): Effect.Effect<Checkpoint | undefined, TransportError> {
    const partition = CheckpointLog.partition(task)
    return Effect.gen({ self: this }, function* () {
      const [end] = yield* asking(() => this.client.listOffsets([{ topic: this.topic, partition }], "latest"))
      yield* this.readTo(partition, end?.offset ?? 0n)
      return this.known.get(taskName(task))
    })
  }

  private readTo(partition: number, end: bigint): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const reader = this.readers[partition]
      if (reader === undefined) return
      while ((this.next[partition] ?? 0n) < end) {
        const from = this.next[partition] ?? 0n
        yield* reader.waitFor(from)
        for (const { baseOffset, frame } of yield* reader.read(from, readBytes)) {
          const cursor = new BatchCursor(frame)
          while (cursor.next()) if (baseOffset + BigInt(cursor.index) >= from) yield* this.take(cursor)
          this.next[partition] = baseOffset + BigInt(cursor.header.count)
        }
      }
    })
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
