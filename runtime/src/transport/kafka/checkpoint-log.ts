import { randomInt } from "node:crypto"
import { BatchCursor, BatchWriter, encodeUtf8, partitionOf } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import { checkpointText, readCheckpoint } from "../checkpoint-text.ts"
import type { Checkpoint, CommittedTask, TaskId, TransportError } from "../transport.ts"
import { TransportError as Failure } from "../transport.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking, kafkaFailure } from "./kafka-failure.ts"
import { layoutText, readLayout } from "./kept-layout.ts"
import type { KeptLayout } from "./kept-layout.ts"
import type { IdOrigin } from "./schema-ids.ts"
import { SettledFrames } from "./settled-frames.ts"
import type { OutgoingFrame } from "./task-transaction.ts"

/** Partitions of the topic: each is read whole by a platform that has one of its tasks. */
export const checkpointPartitions = 8
const readBytes = 1024 * 1024
const waitMs = 500

/** Who has a prefix. */
export interface Claimed {
  readonly platform: string
  readonly ids: IdOrigin
}

interface Reading {
  readonly frames: SettledFrames
  /** One reads at a time. */
  readonly turn: Semaphore.Semaphore
}
const noSchema = new Uint8Array(32)

export const taskName = ({ node, partition, pipeline }: TaskId): string => `${pipeline}/${node}/${partition}`

/**
 * What the platform itself keeps in Kafka, in a compacted topic (docs/formats/kafka.md): checkpoints of all tasks of the cluster, of which a
 * commit writes its task's in the transaction of its outputs, so that it says what became of a commit that nobody was told about; ids
 * of nodes; and how their states are laid out.
 */
export class CheckpointLog {
  readonly topic: string
  private readonly client: KafkaClient
  private readonly partitions: readonly Reading[]
  private readonly known: Map<string, Checkpoint> = new Map()
  private readonly nodes: Map<string, number> = new Map()
  private readonly layouts: Map<string, KeptLayout> = new Map()
  private readonly runs: Map<string, string> = new Map()
  private claim: Claimed | undefined
  private readonly naming = Semaphore.makeUnsafe(1)

  constructor(client: KafkaClient, topic: string) {
    this.topic = topic
    this.client = client
    this.partitions = Array.from({ length: checkpointPartitions }, () => ({
      frames: new SettledFrames(),
      turn: Semaphore.makeUnsafe(1)
    }))
  }

  /** A task's checkpoint on its way; undefined takes it away. */
  frame(task: TaskId, checkpoint: Checkpoint | undefined, now: number): OutgoingFrame {
    return this.record(taskName(task), checkpoint && new Uint8Array(checkpointText(checkpoint)), now)
  }

  /** How a node's states are laid out, on its way; undefined takes it away. */
  layoutFrame(pipeline: string, node: string, layout: KeptLayout | undefined): OutgoingFrame {
    return this.record(`${layoutMark}${pipeline}/${node}`, layout && encodeUtf8(layoutText(layout)))
  }

  /** The task's last committed one. Ask once the task's id is taken over: nothing of it is open any more. */
  last(task: TaskId): Effect.Effect<Checkpoint | undefined, TransportError> {
    const name = taskName(task)
    return Effect.map(this.readFor(name), () => this.known.get(name))
  }

  /** Of every task of a pipeline. */
  ofPipeline(pipeline: string): Effect.Effect<readonly CommittedTask[], TransportError> {
    return Effect.map(this.readAll, () =>
      [...this.known].flatMap(([name, checkpoint]) => {
        if (!name.startsWith(`${pipeline}/`)) return []
        const end = name.lastIndexOf("/")
        const node = name.slice(pipeline.length + 1, end)
        return [{ task: { pipeline, node, partition: Number(name.slice(end + 1)) }, checkpoint }]
      })
    )
  }

  /** Which run of a pipeline may open tasks, on its way. */
  runFrame(pipeline: string, run: string): OutgoingFrame {
    return this.record(`${runMark}${pipeline}`, encodeUtf8(run))
  }

  runOf(pipeline: string): Effect.Effect<string | undefined, TransportError> {
    return Effect.map(this.readFor(`${runMark}${pipeline}`), () => this.runs.get(pipeline))
  }

  /** Whose all of this is, on its way. */
  claimFrame({ ids, platform }: Claimed): OutgoingFrame {
    return this.record(platformKey, encodeUtf8(ids === "own" ? platform : platform + outsideMark))
  }

  /** The platform that keeps its work here; undefined where none has said so yet. */
  get claimed(): Effect.Effect<Claimed | undefined, TransportError> {
    return Effect.map(this.readFor(platformKey), () => this.claim)
  }

  /** Whether nothing was ever written. */
  get isEmpty(): Effect.Effect<boolean, TransportError> {
    const places = this.partitions.map((_, partition) => ({ topic: this.topic, partition }))
    return Effect.map(
      asking(() => this.client.listOffsets(places, "latest")),
      (ends) => ends.every(({ offset }) => offset === 0n)
    )
  }

  layout(pipeline: string, node: string): Effect.Effect<KeptLayout | undefined, TransportError> {
    const name = `${pipeline}/${node}`
    return Effect.map(this.readFor(`${layoutMark}${name}`), () => this.layouts.get(name))
  }

  /** Of every keyed node of a pipeline. */
  layoutsOf(pipeline: string): Effect.Effect<ReadonlyMap<string, KeptLayout>, TransportError> {
    return Effect.map(
      this.readAll,
      () =>
        new Map(
          [...this.layouts].flatMap(([name, layout]) =>
            name.startsWith(`${pipeline}/`) ? [[name.slice(pipeline.length + 1), layout] as const] : []
          )
        )
    )
  }

  /** Id of a node, by which frames name their producer: the same for every platform on the cluster, and a new one once it was forgotten. */
  nodeId(
    pipeline: string,
    node: string,
    write: (frame: OutgoingFrame) => Effect.Effect<void, TransportError>
  ): Effect.Effect<number, TransportError> {
    const name = `${pipeline}/${node}`
    // Tasks of one node ask at once.
    const given = Effect.gen({ self: this }, function* () {
      for (;;) {
        yield* this.readFor(`${nodeMark}${name}`)
        const known = this.nodes.get(name)
        if (known !== undefined) return known
        const drawn = randomInt(1, 2 ** 32 - 1)
        // INVARIANT: where two draw, the first in the log counts, for both.
        yield* write(this.record(`${nodeMark}${name}`, encodeUtf8(`${drawn}`)))
      }
    })
    return this.naming.withPermit(given)
  }

  /** What takes away the ids of a pipeline's nodes, all or those named, and the layouts of their states. */
  forgottenNodes(
    pipeline: string,
    nodes: readonly string[] | undefined
  ): Effect.Effect<readonly OutgoingFrame[], TransportError> {
    return Effect.map(this.readAll, () => {
      const going = (name: string): boolean =>
        name.startsWith(`${pipeline}/`) &&
        (nodes === undefined || nodes.includes(name.slice(pipeline.length + 1)))
      return [
        ...[...this.nodes.keys()].filter(going).map((name) => `${nodeMark}${name}`),
        ...[...this.layouts.keys()].filter(going).map((name) => `${layoutMark}${name}`)
      ].map((key) => this.record(key, undefined))
    })
  }

  /**
   * Waits until what a producer's transaction wrote here is read as committed, by anybody: a coordinator answers that it is committed
   * before the partitions have its markers.
   */
  settled(producerId: bigint, frames: readonly OutgoingFrame[]): Effect.Effect<void, TransportError> {
    const own = frames.filter(({ topic }) => topic === this.topic)
    const partitions = [...new Set(own.map(({ partition }) => partition))]
    return Effect.gen({ self: this }, function* () {
      yield* this.readEnds(partitions)
      for (const partition of partitions) {
        const held = this.partitions[partition]?.frames
        while (held?.isOpen(producerId) === true) yield* this.readTo(partition, held.next + 1n)
      }
    })
  }

  private record(key: string, value: Uint8Array | undefined, now = 0): OutgoingFrame {
    const writer = new BatchWriter(undefined, 1024)
    writer.begin(noSchema)
    writer.append({ timestamp: now, key: bytesOf(key) }, value ?? null)
    return { topic: this.topic, partition: partitionFor(key), frame: writer.finish(), schemaId: 0 }
  }

  private readFor(key: string): Effect.Effect<void, TransportError> {
    return this.readEnds([partitionFor(key)])
  }

  private get readAll(): Effect.Effect<void, TransportError> {
    return this.readEnds(this.partitions.map((_, partition) => partition))
  }

  private readEnds(partitions: readonly number[]): Effect.Effect<void, TransportError> {
    const places = partitions.map((partition) => ({ topic: this.topic, partition }))
    return Effect.flatMap(
      asking(() => this.client.listOffsets(places, "latest")),
      (ends) =>
        Effect.forEach(ends, ({ offset, partition }) => this.readTo(partition, offset), {
          concurrency: "unbounded",
          discard: true
        })
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

  private take(cursor: BatchCursor): Effect.Effect<void, TransportError> {
    const key = Buffer.from(cursor.key() ?? []).toString("utf8")
    const value = cursor.value()
    return Effect.try({
      try: () => this.takeRecord(key, value === null ? undefined : Buffer.from(value)),
      catch: () =>
        new Failure({
          reason: "corrupt",
          message: `what ${this.topic} has of ${key} is none of ours: somebody else has written there`
        })
    })
  }

  private takeRecord(key: string, value: Buffer | undefined): void {
    if (key === platformKey) this.claim = value && readClaim(value.toString("utf8"))
    else if (key.startsWith(nodeMark)) {
      const name = key.slice(nodeMark.length)
      if (value === undefined) this.nodes.delete(name)
      else if (!this.nodes.has(name)) this.nodes.set(name, Number(value.toString("utf8")))
    } else if (key.startsWith(layoutMark)) {
      const name = key.slice(layoutMark.length)
      if (value === undefined) this.layouts.delete(name)
      else this.layouts.set(name, readLayout(value.toString("utf8")))
    } else if (key.startsWith(runMark))
      this.runs.set(key.slice(runMark.length), value?.toString("utf8") ?? "")
    else if (value === undefined) this.known.delete(key)
    else this.known.set(key, readCheckpoint(value))
  }
}

/** Before the names of nodes among the keys; no pipeline's name has a space. */
const nodeMark = "node "
/** Every other key has a space or a slash. */
const platformKey = "platform"
/** Behind the platform's id. Who does not know the mark takes it for a part of the id, and keeps off. */
const outsideMark = " outside"
const layoutMark = "state "
const runMark = "run "

const readClaim = (text: string): Claimed =>
  text.endsWith(outsideMark)
    ? { platform: text.slice(0, -outsideMark.length), ids: "outside" }
    : { platform: text, ids: "own" }

const bytesOf = (key: string): Uint8Array => encodeUtf8(key) ?? new Uint8Array(0)
const partitionFor = (key: string): number => partitionOf(bytesOf(key), checkpointPartitions)
