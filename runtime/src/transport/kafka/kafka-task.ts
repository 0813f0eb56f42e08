import { sealBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { SlotMap } from "../../state/slots.ts"
import { carriedWatermarks } from "../carried-watermarks.ts"
import { nextCheckpoint } from "../checkpoint-text.ts"
import { hasKeyless, keylessError } from "../keyless.ts"
import { TransportError } from "../transport.ts"
import type { Checkpoint, Commit, KeyedNode, TaskId, TaskLog, TransportShape } from "../transport.ts"
import { changelogFrame } from "./changelog.ts"
import { taskName } from "./checkpoint-log.ts"
import type { CheckpointLog } from "./checkpoint-log.ts"
import type { KafkaClient } from "./client/kafka-client.ts"
import { checkInputs, withPresentIds, withReadIds } from "./input-topics.ts"
import type { InputTopics } from "./input-topics.ts"
import { asking } from "./kafka-failure.ts"
import { zeroCheckpoint } from "./local-copy.ts"
import type { LocalCopy } from "./local-copy.ts"
import type { KafkaStates } from "./kafka-states.ts"
import type { OpenTasks } from "./open-tasks.ts"
import { TaskTransaction } from "./task-transaction.ts"
import type { OutgoingFrame } from "./task-transaction.ts"
import { toldWatermark } from "./told-watermark.ts"

/** What tasks need of the transport that they are of. */
export interface TaskParts extends InputTopics {
  readonly client: KafkaClient
  /** State, and checkpoints once more: what a commit has in Kafka is applied here after it. */
  readonly local: TransportShape
  readonly checkpoints: CheckpointLog
  readonly states: KafkaStates
  readonly prefix: string
  /** Of a topic of ours, its name in Kafka and how the frame's schema is known there. Fails with `unknownTopic`. */
  readonly outgoing: (output: Commit["outputs"][number]) => Effect.Effect<OutgoingFrame, TransportError>
  readonly nodeId: TransportShape["nodeId"]
  /** Of tasks that write here. */
  readonly open: OpenTasks
}

/** Among a local checkpoint's watermarks: whose it is, and that a restore is under way. */
const nodeMark = "kafka node"
const restoreMark = "kafka restore"

/**
 * A task's writer. A commit is one transaction in Kafka: outputs, state entries in the changelog, the checkpoint, and the group's
 * offsets. Then it is applied to the local store, which may lose it: a start finds by the checkpoint in Kafka what it lacks.
 */
export class KafkaTask {
  private readonly parts: TaskParts
  private readonly task: TaskId
  private readonly keyed: KeyedCopy | undefined
  private readonly slots: SlotMap | undefined
  private readonly transaction: TaskTransaction
  private readonly local: TaskLog
  private checkpoint: Checkpoint | undefined
  private changelogEnd: number
  private stopped: TransportError | undefined
  private readonly headId: number
  private readonly isRunning: boolean

  private constructor(made: {
    readonly parts: TaskParts
    readonly task: TaskId
    readonly keyed: KeyedCopy | undefined
    readonly slots: SlotMap | undefined
    readonly transaction: TaskTransaction
    readonly local: TaskLog
    readonly checkpoint: Checkpoint | undefined
    readonly changelogEnd: number
    readonly headId: number
    readonly isRunning: boolean
  }) {
    this.parts = made.parts
    this.task = made.task
    this.keyed = made.keyed
    this.slots = made.slots
    this.transaction = made.transaction
    this.local = made.local
    this.checkpoint = made.checkpoint
    this.changelogEnd = made.changelogEnd
    this.headId = made.headId
    this.isRunning = made.isRunning
  }

  /** Fences whoever had the task, and brings the local store to what Kafka says was committed. */
  static readonly open = Effect.fnUntraced(function* (
    parts: TaskParts,
    task: TaskId,
    keyedNode: KeyedNode | undefined,
    run: string | undefined
  ) {
    const { checkpoints, client, local, prefix, states } = parts
    const transaction = yield* asking(() => TaskTransaction.open(client, `${prefix}${taskName(task)}`))
    // INVARIANT: looked at after the id was taken over: who begins another run takes it over after that one was written.
    if (run !== undefined && (yield* checkpoints.runOf(task.pipeline)) !== run)
      return yield* new TransportError({
        reason: "superseded",
        message: `another run of ${task.pipeline} was begun: task ${taskName(task)} is that one's`
      })
    const committed = yield* checkpoints.last(task)
    if (run !== undefined && committed !== undefined) yield* checkInputs(parts, committed)
    const headId = yield* parts.nodeId(task.pipeline, task.node)
    const keyed = keyedNode && (yield* keyedCopy(states, task, keyedNode))
    const taken = Effect.gen(function* () {
      const opened = yield* local.openTask(task, localKeyed(keyed))
      const known = yield* opened.checkpoint
      const isStale =
        (known?.sequence ?? 0) !== (committed?.sequence ?? 0) ||
        (known !== undefined && known.watermarks[nodeMark] !== headId) ||
        known?.watermarks[restoreMark] !== undefined
      // Another chain may have written the state since: whoever has it reads its changelog on.
      if (keyed === undefined && !isStale) return { log: opened, end: 0 }
      const from = keyed === undefined ? 0 : yield* states.heldUpTo(keyed.copy, task.partition)
      const restored = yield* restore(parts, task, { committed, headId, keyed, from })
      parts.open.began(task, keyed?.node)
      return restored
    })
    const restored =
      keyed === undefined
        ? yield* taken
        : yield* parts.open.inTurn(task.pipeline, keyed.node, task.partition, taken)
    return new KafkaTask({
      parts,
      task,
      keyed,
      slots: SlotMap.of(keyedNode?.slots ?? []),
      transaction,
      local: restored.log,
      checkpoint: committed,
      changelogEnd: restored.end,
      headId,
      isRunning: run !== undefined
    }).log()
  })

  private log(): TaskLog {
    const { local } = this
    return {
      checkpoint: Effect.sync(() => this.checkpoint),
      commit: (commit) => this.commit(commit),
      close: Effect.sync(() => {
        this.stopped ??= closed
        this.parts.open.ended(this.task, this.keyed?.node)
      }),
      readState: (keys, states) => local.readState(keys, states),
      dueTimers: (state, until, limit) => local.dueTimers(state, until, limit)
    }
  }

  private readonly commit = Effect.fnUntraced(
    { self: this },
    function* (this: KafkaTask, commit: Commit): Effect.fn.Return<Checkpoint, TransportError> {
      if (this.stopped !== undefined) return yield* this.stopped
      const read = yield* this.isRunning
        ? withReadIds(this.parts, commit.offsets, this.checkpoint)
        : withPresentIds(this.parts, commit.offsets)
      const checkpoint = nextCheckpoint(this.checkpoint, { ...commit, offsets: read })
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
      const changelogAt = frames.findIndex(({ topic }) => topic === this.keyed?.topic)
      if (changelogAt >= 0) this.changelogEnd = Number(ends[changelogAt] ?? this.changelogEnd)
      this.checkpoint = checkpoint
      yield* this.applyLocally(commit)
      return checkpoint
    }
  )

  /** Outputs first, so that no reader of a checkpoint is told of what is not there. */
  private readonly framesOf = Effect.fnUntraced(
    { self: this },
    function* (
      this: KafkaTask,
      commit: Commit,
      checkpoint: Checkpoint
    ): Effect.fn.Return<readonly OutgoingFrame[], TransportError> {
      const origin = {
        producer: this.headId,
        partition: this.task.partition,
        sequence: checkpoint.sequence
      }
      const watermarks = carriedWatermarks(commit)
      const frames: OutgoingFrame[] = []
      for (const [index, output] of commit.outputs.entries()) {
        const watermark = watermarks[index]
        const sealedBy = watermark === undefined ? origin : { ...origin, watermark }
        sealBatch(output.frame, sealedBy)
        const outgoing = yield* this.parts.outgoing(output)
        if (outgoing.isCompacted === true && hasKeyless(output.frame))
          return yield* keylessError(taskName(this.task), output.topic)
        frames.push(outgoing)
        const told = toldWatermark(outgoing, watermark, commit.now)
        if (told === undefined) continue
        sealBatch(told, sealedBy)
        frames.push(yield* this.parts.outgoing({ ...output, frame: told }))
      }
      const entries = this.slots === undefined ? commit.state : this.slots.toSlots(commit.state)
      const changes = changelogFrame(entries, (slot) => this.keyed?.copy.schemaPlace(slot) ?? 0, commit.now)
      if (changes !== undefined && this.keyed === undefined)
        return yield* Effect.die(
          new RangeError(`task ${taskName(this.task)} has no keyed node, but commits state`)
        )
      if (changes !== undefined && this.keyed !== undefined)
        frames.push({
          topic: this.keyed.topic,
          partition: this.task.partition,
          frame: changes,
          schemaId: 0
        })
      frames.push(this.parts.checkpoints.frame(this.task, checkpoint, commit.now))
      return frames
    }
  )

  /** What the local store loses, Kafka has. */
  private applyLocally(commit: Commit): Effect.Effect<unknown, TransportError> {
    const mark = this.keyed === undefined ? {} : { [this.keyed.copy.mark]: this.changelogEnd }
    const watermarks = { ...commit.watermarks, ...mark, [nodeMark]: this.headId }
    return this.local.commit({ ...commit, durability: "async", outputs: [], watermarks })
  }
}

const closed = new TransportError({ reason: "fenced", message: "the task was given up here" })

/** A task's keyed node, its changelog, and the copy of it here. */
interface KeyedCopy {
  readonly node: string
  readonly topic: string
  readonly copy: LocalCopy
}

const keyedCopy = Effect.fnUntraced(function* (states: KafkaStates, task: TaskId, { node }: KeyedNode) {
  const copy = states.copyOf(task.pipeline, node)
  return { node, copy, topic: yield* states.changelogOf(copy, task.partition) } satisfies KeyedCopy
})

const localKeyed = (keyed: KeyedCopy | undefined): KeyedNode | undefined =>
  keyed && { node: keyed.node, slots: keyed.copy.localSlots }

/** Applies what the changelog has beyond what the local copy has of it, and takes Kafka's checkpoint. */
const restore = Effect.fnUntraced(function* (
  { local, states }: TaskParts,
  task: TaskId,
  {
    committed = zeroCheckpoint,
    from,
    headId,
    keyed
  }: {
    readonly committed: Checkpoint | undefined
    readonly from: number
    readonly headId: number
    readonly keyed: KeyedCopy | undefined
  }
) {
  const marked = (marks: Checkpoint["watermarks"]): Checkpoint => ({
    ...committed,
    watermarks: { ...committed.watermarks, [nodeMark]: headId, ...marks }
  })
  const mark = (at: number) => (keyed === undefined ? {} : { [keyed.copy.mark]: at })
  yield* local.restoreCheckpoint(task, marked({ ...mark(from), [restoreMark]: 1 }))
  const end =
    keyed === undefined
      ? 0
      : yield* states.replay(keyed.copy, task.partition, yield* local.openTask(task, localKeyed(keyed)), from)
  yield* local.restoreCheckpoint(task, marked(mark(end)))
  return { log: yield* local.openTask(task, localKeyed(keyed)), end }
})
