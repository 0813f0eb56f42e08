import { randomInt } from "node:crypto"
import { BatchCursor, BatchWriter, encodeUtf8, partitionOf } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { checkpointText, readCheckpoint } from "../checkpoint-text.ts"
import type { Checkpoint, TaskId, TransportError } from "../transport.ts"
import { TransportError as Failure } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking, kafkaFailure } from "./kafka-failure.ts"
import { SettledFrames } from "./settled-frames.ts"
import type { OutgoingFrame } from "./task-transaction.ts"

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
  private readonly nodes: Map<string, number> = new Map()
  private readonly naming = Semaphore.makeUnsafe(1)

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

  /** Id of a node, by which frames name their producer: the same for every platform on the cluster, and a new one once it was forgotten. */
  nodeId(
    pipeline: string,
    node: string,
    write: (frame: OutgoingFrame) => Effect.Effect<void, TransportError>
  ): Effect.Effect<number, TransportError> {
    const name = `${pipeline}/${node}`
    const partition = partitionOf(nodeKey(name), checkpointPartitions)
    // INVARIANT: one gives ids at a time: tasks of one node ask at once, and get the same.
    const given = Effect.gen({ self: this }, function* () {
      const cached = this.nodes.get(name)
      if (cached !== undefined) return cached
      yield* this.readAll(partition)
      const known = this.nodes.get(name)
      if (known !== undefined) return known
      const id = randomInt(1, 2 ** 32 - 1)
      yield* write({ topic: this.topic, partition, frame: nodeFrame(name, id), schemaId: 0 })
      this.nodes.set(name, id)
      return id
    })
    return this.naming.withPermit(given)
  }

  /** What takes away the ids of a pipeline's nodes, all or those named. */
  forgottenNodes(
    pipeline: string,
    nodes: readonly string[] | undefined
  ): Effect.Effect<readonly OutgoingFrame[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      for (let partition = 0; partition < checkpointPartitions; partition++) yield* this.readAll(partition)
      const names = [...this.nodes.keys()].filter(
        (name) =>
          name.startsWith(`${pipeline}/`) &&
          (nodes === undefined || nodes.includes(name.slice(pipeline.length + 1)))
      )
      for (const name of names) this.nodes.delete(name)
      return names.map((name) => ({
        topic: this.topic,
        partition: partitionOf(nodeKey(name), checkpointPartitions),
        frame: nodeFrame(name, undefined),
        schemaId: 0
      }))
    })
  }

  private readAll(partition: number): Effect.Effect<void, TransportError> {
    return Effect.flatMap(
      asking(() => this.client.listOffsets([{ topic: this.topic, partition }], "latest")),
      ([end]) => this.readTo(partition, end?.offset ?? 0n)
    )
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

  private takeNode(name: string, value: Uint8Array | null): void {
    if (value === null) this.nodes.delete(name)
    else this.nodes.set(name, Number(Buffer.from(value).toString("utf8")))
  }

  private take(cursor: BatchCursor): Effect.Effect<void, TransportError> {
    return Effect.suspend(() => {
      const name = Buffer.from(cursor.key() ?? []).toString("utf8")
      const value = cursor.value()
      if (name.startsWith(nodeMark)) this.takeNode(name.slice(nodeMark.length), value)
      else if (value === null) this.known.delete(name)
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

/** Before the names of nodes among the keys; no pipeline's name begins with it. */
const nodeMark = "node "

function nodeKey(name: string): Uint8Array {
  return encodeUtf8(`${nodeMark}${name}`) ?? new Uint8Array(0)
}

function nodeFrame(name: string, id: number | undefined): Uint8Array {
  const writer = new BatchWriter(undefined, 256)
  writer.begin(noSchema)
  writer.append({ timestamp: 0, key: nodeKey(name) }, id === undefined ? null : (encodeUtf8(`${id}`) ?? null))
  return writer.finish()
}

function keyOf(task: TaskId): Uint8Array {
  return encodeUtf8(taskName(task)) ?? new Uint8Array(0)
}
