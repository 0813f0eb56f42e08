import { openBatch, sealBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { SlotMap } from "../../state/slots.ts"
import { carriedWatermarks } from "../carried-watermarks.ts"
import { nextCheckpoint } from "../checkpoint-text.ts"
import { TransportError } from "../transport.ts"
import type { Checkpoint, Commit, KeyedNode, TaskId, TaskLog, TransportShape } from "../transport.ts"
import { Restore, changelogFrame } from "./changelog.ts"
import { CheckpointLog, taskName } from "./checkpoint-log.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { asking } from "./kafka-failure.ts"
import type { PartitionReader } from "./partition-reader.ts"
import { TaskTransaction } from "./task-transaction.ts"
import type { OutgoingFrame } from "./task-transaction.ts"

/** What tasks need of the transport that they are of. */
export interface TaskParts {
  readonly client: KafkaClient
  /** State, and checkpoints once more: what a commit has in Kafka is applied here after it. */
  readonly local: TransportShape
  readonly checkpoints: CheckpointLog
  readonly prefix: string
  /** Of a topic of ours, its name in Kafka and how the frame's schema is known there. Fails with `unknownTopic`. */
  readonly outgoing: (output: Commit["outputs"][number]) => Effect.Effect<OutgoingFrame, TransportError>
  /** Of a topic of ours, its name in Kafka; undefined where there is none. */
  readonly inputName: (topic: string) => string | undefined
  /** The changelog of a keyed node, which is made where it is not there yet. */
  readonly changelog: (task: TaskId, node: string) => Effect.Effect<string, TransportError>
  readonly nodeId: TransportShape["nodeId"]
  readonly changelogReader: (topic: string, partition: number) => PartitionReader
}

/** Among a checkpoint's watermarks: the offset up to which the local state has the changelog, and that a restore is under way. */
const changelogMark = "kafka changelog"
const restoreMark = "kafka restore"
const readBytes = 4 * 1024 * 1024

/**
 * A task's writer. A commit is one transaction in Kafka: outputs, state entries in the changelog, the checkpoint, and the group's
 * offsets. Then it is applied to the local store, which may lose it: a start finds by the checkpoint in Kafka what it lacks.
 */
export class KafkaTask {
  private readonly parts: TaskParts
  private readonly task: TaskId
  private readonly changelogTopic: string | undefined
  private readonly slots: SlotMap | undefined
  private readonly transaction: TaskTransaction
  private readonly local: TaskLog
  private checkpoint: Checkpoint | undefined
  private changelogEnd: number
  private stopped: TransportError | undefined
  private readonly headId: number

  private constructor(made: {
    readonly parts: TaskParts
    readonly task: TaskId
    readonly keyed: KeyedNode | undefined
    readonly changelogTopic: string | undefined
    readonly transaction: TaskTransaction
    readonly local: TaskLog
    readonly checkpoint: Checkpoint | undefined
    readonly changelogEnd: number
    readonly headId: number
  }) {
    this.parts = made.parts
    this.task = made.task
    this.changelogTopic = made.changelogTopic
    this.slots = SlotMap.of(made.keyed?.slots ?? [])
    this.transaction = made.transaction
    this.local = made.local
    this.checkpoint = made.checkpoint
    this.changelogEnd = made.changelogEnd
    this.headId = made.headId
  }

  /** Fences whoever had the task, and brings the local store to what Kafka says was committed. */
  static readonly open = Effect.fnUntraced(function* (
    parts: TaskParts,
    task: TaskId,
    keyed: KeyedNode | undefined
  ) {
    const { checkpoints, client, local, prefix } = parts
    const transaction = yield* asking(() => TaskTransaction.open(client, `${prefix}${taskName(task)}`))
    const committed = yield* checkpoints.last(task)
    const changelogTopic = keyed === undefined ? undefined : yield* parts.changelog(task, keyed.node)
    const opened = yield* local.openTask(task, keyed)
    const known = yield* opened.checkpoint
    const isCurrent = committed === undefined ? known === undefined : isSame(known, committed)
    const restored = isCurrent
      ? { log: opened, end: known?.watermarks[changelogMark] ?? 0 }
      : yield* restore(parts, task, keyed, known, committed, changelogTopic)
    const headId = yield* parts.nodeId(task.pipeline, task.node)
    return new KafkaTask({
      parts,
      task,
      keyed,
      changelogTopic,
      transaction,
      local: restored.log,
      checkpoint: committed,
      changelogEnd: restored.end,
      headId
    }).log()
  })

  /** Takes the task's checkpoint out of Kafka, and fences whoever has it. */
  static readonly forget = Effect.fnUntraced(function* (
    client: KafkaClient,
    prefix: string,
    checkpoints: CheckpointLog,
    task: TaskId
  ) {
    const frame = CheckpointLog.frame(task, undefined, 0)
    const place = { topic: checkpoints.topic, partition: CheckpointLog.partition(task) }
    yield* asking(async () => {
      const transaction = await TaskTransaction.open(client, `${prefix}${taskName(task)}`)
      await transaction.commit([{ ...place, frame, schemaId: 0 }], { name: "", offsets: [] })
    })
  })

  private log(): TaskLog {
    const { local } = this
    return {
      checkpoint: Effect.sync(() => this.checkpoint),
      commit: (commit) => this.commit(commit),
      readState: (keys, states) => local.readState(keys, states),
      dueTimers: (state, until, limit) => local.dueTimers(state, until, limit)
    }
  }

  private commit(commit: Commit): Effect.Effect<Checkpoint, TransportError> {
    return Effect.gen({ self: this }, function* () {
      if (this.stopped !== undefined) return yield* this.stopped
      const checkpoint = nextCheckpoint(this.checkpoint, commit)
      const frames = yield* this.framesOf(commit, checkpoint)
      const offsets = commit.offsets.flatMap(({ next, partition, topic: name }) => {
        const topic = this.parts.inputName(name)
        return topic === undefined ? [] : [{ topic, partition, offset: next }]
      })
      const group = { name: `${this.parts.prefix}${this.task.pipeline}`, offsets }
      // INVARIANT: after a failure nobody knows what the producer's transaction holds: it writes no more, and who opens the task anew finds out.
      const ends = yield* Effect.tapError(
        Effect.uninterruptible(asking(() => this.transaction.commit(frames, group))),
        (error) => Effect.sync(() => (this.stopped = error))
      )
      const changelogAt = frames.findIndex(({ topic }) => topic === this.changelogTopic)
      if (changelogAt >= 0) this.changelogEnd = Number(ends[changelogAt] ?? this.changelogEnd)
      this.checkpoint = checkpoint
      yield* this.applyLocally(commit)
      return checkpoint
    })
  }

  /** Outputs first, so that no reader of a checkpoint is told of what is not there. */
  private framesOf(
    commit: Commit,
    checkpoint: Checkpoint
  ): Effect.Effect<readonly OutgoingFrame[], TransportError> {
    return Effect.gen({ self: this }, function* () {
      const origin = {
        producer: this.headId,
        partition: this.task.partition,
        sequence: checkpoint.sequence
      }
      const watermarks = carriedWatermarks(commit)
      const frames: OutgoingFrame[] = []
      for (const [index, output] of commit.outputs.entries()) {
        const watermark = watermarks[index]
        sealBatch(output.frame, watermark === undefined ? origin : { ...origin, watermark })
        frames.push(yield* this.parts.outgoing(output))
      }
      const entries = this.slots === undefined ? commit.state : this.slots.toSlots(commit.state)
      const changes = changelogFrame(entries, commit.now)
      if (changes !== undefined && this.changelogTopic === undefined)
        return yield* Effect.die(
          new RangeError(`task ${taskName(this.task)} has no keyed node, but commits state`)
        )
      if (changes !== undefined && this.changelogTopic !== undefined)
        frames.push({
          topic: this.changelogTopic,
          partition: this.task.partition,
          frame: changes,
          schemaId: 0
        })
      frames.push({
        topic: this.parts.checkpoints.topic,
        partition: CheckpointLog.partition(this.task),
        frame: CheckpointLog.frame(this.task, checkpoint, commit.now),
        schemaId: 0
      })
      return frames
    })
  }

  /** What the local store loses, Kafka has. */
  private applyLocally(commit: Commit): Effect.Effect<unknown, TransportError> {
    const watermarks = { ...commit.watermarks, [changelogMark]: this.changelogEnd }
    return this.local.commit({ ...commit, outputs: [], watermarks })
  }
}

function isSame(known: Checkpoint | undefined, committed: Checkpoint): boolean {
  return known?.sequence === committed.sequence && known.watermarks[restoreMark] === undefined
}

/** Applies what the changelog has beyond what the local store has of it, and takes Kafka's checkpoint. */
const restore = Effect.fnUntraced(function* (
  parts: TaskParts,
  task: TaskId,
  keyed: KeyedNode | undefined,
  known: Checkpoint | undefined,
  committed: Checkpoint | undefined,
  changelogTopic: string | undefined
) {
  const { client, local } = parts
  if (committed === undefined)
    return yield* new TransportError({
      reason: "corrupt",
      message: `Kafka has no checkpoint of task ${taskName(task)}, of which this folder has one: the cluster is another one, or its topic ${parts.checkpoints.topic} was taken away; use another folder, or the cluster that the folder belongs to`
    })
  const from = known?.watermarks[changelogMark] ?? 0
  const began = {
    ...committed,
    watermarks: { ...committed.watermarks, [changelogMark]: from, [restoreMark]: 1 }
  }
  yield* local.restoreCheckpoint(task, began)
  let at = from
  if (keyed !== undefined && changelogTopic !== undefined) {
    // INVARIANT: the changelog names states by their slots, as a task's log does that is given none.
    const log = new Restore(yield* local.openTask(task, { node: keyed.node }))
    const [end] = yield* asking(() =>
      client.listOffsets([{ topic: changelogTopic, partition: task.partition }], "lastStable")
    )
    const reader = parts.changelogReader(changelogTopic, task.partition)
    while (BigInt(at) < (end?.offset ?? 0n)) {
      yield* reader.waitFor(BigInt(at))
      const batches = yield* reader.read(BigInt(at), readBytes)
      yield* log.take(batches)
      for (const { baseOffset, frame } of batches) at = Number(baseOffset) + openBatch(frame).count
    }
    yield* log.flush
  }
  yield* local.restoreCheckpoint(task, {
    ...committed,
    watermarks: { ...committed.watermarks, [changelogMark]: at }
  })
  return { log: yield* local.openTask(task, keyed), end: at }
})
