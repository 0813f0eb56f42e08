import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { checkDelta } from "../../state/overlay.ts"
import { carriedWatermarks } from "../carried-watermarks.ts"
import { hasKeyless, keylessError } from "../keyless.ts"
import { checkpointText, nextCheckpoint } from "../checkpoint-text.ts"
import { TransportError } from "../transport.ts"
import type { Checkpoint, Commit, Durability, TaskId, Topic } from "../transport.ts"
import type { AppendLedger } from "./append-ledger.ts"
import type { Catalogue } from "./catalogue.ts"
import type { Compaction } from "./compaction/compaction.ts"
import type { CompactionRow } from "./compaction/compaction-row.ts"
import { writeFailure } from "./failure.ts"
import type { Flusher } from "./flush/flusher.ts"
import type { SizedFrame } from "./frame-sizes.ts"
import { taskKey } from "./keys.ts"
import { type Appended, PartitionLogs } from "./partition-log.ts"
import type { Kept, Retention } from "./retention.ts"
import type { Store } from "./store.ts"
import type { TaskState } from "./task-state.ts"
import { sealValue } from "./value.ts"
import type { Waiters } from "./waiters.ts"

/** Who may commit for a task. Opening the task again fences the one before. */
export interface TaskOwner {
  readonly task: TaskId
  readonly headId: number
  readonly state: TaskState | undefined
  checkpoint: Checkpoint | undefined
  fenced: boolean
}

interface Prepared {
  readonly owner: TaskOwner
  readonly commit: Commit
  readonly outputs: readonly {
    readonly topic: Topic
    readonly partition: number
    readonly frame: Uint8Array
    readonly records: number
  }[]
  readonly bytes: number
}
/** What a transaction makes of the partitions that it appends to, by place; theirs once it is durable. */
interface Places {
  readonly ends: Map<string, bigint>
  /** For the ledger: records that were given. */
  readonly counts: Map<string, bigint>
  /** Of those with a bound. */
  readonly kept: Map<string, Kept>
  /** Of those that are compacted. */
  readonly rows: Map<string, CompactionRow>
  /** In order; none of those that are compacted. */
  readonly appended: (readonly [place: string, appended: Appended])[]
  /** Frames that are not appended yet, where their flush is waited for. */
  left: number
}

interface Waiting extends Prepared {
  readonly resume: (result: Effect.Effect<Checkpoint, TransportError>) => void
}

/** Commits that wait for the disk hold up none that do not. */
interface Lane {
  readonly durability: Durability
  waiting: Waiting[]
  /** Of those that wait. */
  bytes: number
  /** A group of it is to be written in this turn. */
  isScheduled: boolean
  /** Groups that are written and are becoming durable. */
  underWay: number
}

/** So much is written while the group before becomes durable, for the disk not to wait for it; less waits for company. */
const aheadBytes = 64 * 1024
/** Groups of a lane: one that is becoming durable, and one that is next. */
const mostUnderWay = 2

/**
 * Gathers commits into one transaction: those of an event-loop turn, and those that came while the group before became
 * durable. One flush for all of them. Where they are much, the next group is written while the one before is flushed.
 */
export class Committer {
  private readonly lanes: { readonly [durability in Durability]: Lane } = {
    fsync: { durability: "fsync", waiting: [], bytes: 0, isScheduled: false, underWay: 0 },
    async: { durability: "async", waiting: [], bytes: 0, isScheduled: false, underWay: 0 }
  }
  private readonly folder: string
  private readonly store: Store
  private readonly flusher: Flusher
  private readonly catalogue: Catalogue
  private readonly logs: PartitionLogs
  private readonly ledger: AppendLedger
  private readonly retention: Retention
  private readonly compaction: Compaction
  private readonly waiters: Waiters
  private readonly onStateGrown: () => void
  private readonly onCompactedGrown: () => void

  constructor(parts: {
    readonly folder: string
    readonly store: Store
    readonly flusher: Flusher
    readonly catalogue: Catalogue
    readonly logs: PartitionLogs
    readonly ledger: AppendLedger
    readonly retention: Retention
    readonly compaction: Compaction
    readonly waiters: Waiters
    /** Called after deltas became durable. */
    readonly onStateGrown: () => void
    /** Called after records were appended to a partition that is compacted. */
    readonly onCompactedGrown: () => void
  }) {
    this.folder = parts.folder
    this.store = parts.store
    this.flusher = parts.flusher
    this.catalogue = parts.catalogue
    this.logs = parts.logs
    this.ledger = parts.ledger
    this.retention = parts.retention
    this.compaction = parts.compaction
    this.waiters = parts.waiters
    this.onStateGrown = parts.onStateGrown
    this.onCompactedGrown = parts.onCompactedGrown
  }

  /** As durable when it answers as it asks for, or the log was opened with. A malformed frame or delta is the caller's bug: a defect. */
  commit(owner: TaskOwner, commit: Commit): Effect.Effect<Checkpoint, TransportError> {
    return Effect.suspend(() => {
      const prepared = this.prepare(owner, commit)
      return prepared instanceof TransportError ? Effect.fail(prepared) : this.enqueue(prepared)
    })
  }

  private enqueue(prepared: Prepared): Effect.Effect<Checkpoint, TransportError> {
    // Once queued it will be written: an interruption must not pretend otherwise.
    return Effect.uninterruptible(
      Effect.callback<Checkpoint, TransportError>((resume) => {
        const lane = this.lanes[prepared.commit.durability ?? this.flusher.durability]
        lane.waiting.push({ ...prepared, resume })
        lane.bytes += prepared.bytes
        this.schedule(lane)
      })
    )
  }

  private prepare(owner: TaskOwner, commit: Commit): Prepared | TransportError {
    let bytes = commit.state.length
    const outputs: Prepared["outputs"][number][] = []
    for (const { topic: name, partition, frame } of commit.outputs) {
      const topic = this.catalogue.topics.get(name)
      if (topic === undefined || partition < 0 || partition >= topic.partitions)
        return new TransportError({
          reason: "unknownTopic",
          message: `there is no partition ${partition} of a topic ${name}`
        })
      if (topic.compact === true && hasKeyless(frame)) return keylessError(taskText(owner.task), name)
      outputs.push({ topic, partition, frame, records: openBatch(frame).count })
      bytes += frame.length
    }
    checkDelta(commit.state)
    if (commit.state.length > 0 && owner.state === undefined)
      throw new RangeError(`task ${taskText(owner.task)} has no keyed node, but commits state`)
    return { owner, commit, outputs, bytes }
  }

  /** In a turn of its own, so that others come to theirs, and their commits with it. */
  private schedule(lane: Lane): void {
    if (lane.isScheduled || lane.waiting.length === 0 || lane.underWay >= mostUnderWay) return
    if (lane.underWay > 0 && lane.bytes < aheadBytes) return
    lane.isScheduled = true
    setImmediate(() => {
      lane.isScheduled = false
      lane.underWay += 1
      lane.bytes = 0
      this.writeGroup(lane, lane.waiting.splice(0))
    })
  }

  private ended(lane: Lane): void {
    lane.underWay -= 1
    this.schedule(lane)
  }

  private writeGroup(lane: Lane, group: readonly Waiting[]): void {
    const live = group.filter(({ owner }) => !owner.fenced)
    for (const { owner, resume } of group) if (owner.fenced) resume(Effect.fail(fencedError(owner.task)))
    if (live.length === 0) return this.ended(lane)
    const frames = live.reduce((sum, { outputs }) => sum + outputs.length, 0)
    const isFlushed = lane.durability === "fsync"
    const places: Places = {
      ends: new Map(),
      counts: new Map(),
      kept: new Map(),
      rows: new Map(),
      appended: [],
      left: isFlushed ? frames : 0
    }
    const checkpoints = new Map<TaskOwner, Checkpoint>()
    const wanted = live.reduce((sum, { bytes }) => sum + bytes, 0)
    const ride = this.compaction.along({ bytes: wanted, frames }, places)
    const bytes = wanted + (ride?.step.bytes ?? 0)
    try {
      // Ends are looked up before: a read of its own has no place inside the transaction.
      for (const { outputs } of live)
        for (const { partition, topic } of outputs) this.look(topic, partition, places)
      this.store.commit(() => {
        if (ride !== undefined) this.compaction.write(ride, places)
        for (const prepared of live) this.write(prepared, places, checkpoints)
        for (const [place, count] of places.counts) this.ledger.put(place, count)
        if (isFlushed) this.flusher.hasten()
      }, bytes)
    } catch (cause) {
      const failure = writeFailure(this.folder, bytes, cause)
      this.compaction.refuse(ride, failure)
      this.retention.abandoned()
      for (const { resume } of live) resume(Effect.fail(failure))
      return this.ended(lane)
    }
    this.compaction.settle(ride, places)
    this.settle(live, places, checkpoints)
    const answer = (failure: TransportError | undefined): void => {
      this.answer(live, places, checkpoints, failure)
      this.ended(lane)
    }
    if (isFlushed) this.flusher.whenDurable(answer)
    else this.flusher.whenSpace(answer)
  }

  private look(topic: Topic, partition: number, { counts, ends, kept, rows }: Places): void {
    const place = PartitionLogs.place(topic.id, partition)
    const end = this.logs.end(topic.id, partition)
    ends.set(place, end)
    counts.set(place, this.ledger.count(place) ?? end)
    if (topic.retainBytes !== undefined) kept.set(place, this.retention.keptOf(topic.id, partition))
    if (topic.compact === true) rows.set(place, this.compaction.rowOf(topic.id, partition))
  }

  /** INVARIANT: outputs, state, offsets, positions and tokens of a commit go into one transaction. */
  private write(prepared: Prepared, places: Places, checkpoints: Map<TaskOwner, Checkpoint>): void {
    const { owner, commit, outputs } = prepared
    const { counts, ends, kept } = places
    const checkpoint = nextCheckpoint(checkpoints.get(owner) ?? owner.checkpoint, commit)
    const origin = {
      producer: owner.headId,
      partition: owner.task.partition,
      sequence: checkpoint.sequence
    }
    const watermarks = carriedWatermarks(commit)
    for (const [index, { topic, partition, frame, records }] of outputs.entries()) {
      const watermark = watermarks[index]
      const sealedBy = watermark === undefined ? origin : { ...origin, watermark }
      const place = PartitionLogs.place(topic.id, partition)
      counts.set(place, (counts.get(place) ?? 0n) + BigInt(records))
      const appended = this.logs.append(topic.id, partition, ends.get(place) ?? 0n, frame, sealedBy)
      ends.set(place, appended.next)
      places.left -= 1
      if (places.left === 0) this.flusher.hastenFrames()
      // As it is now: it may have become one since this commit was given.
      if (this.catalogue.topics.get(topic.name)?.compact !== true) places.appended.push([place, appended])
      this.compaction.append(place, frame.length, places)
      const before = kept.get(place)
      if (before === undefined || topic.retainBytes === undefined) continue
      const bounds = { appended: frame.length, retainBytes: topic.retainBytes }
      kept.set(place, this.retention.append(topic, partition, before, bounds))
    }
    if (commit.state.length > 0) owner.state?.putDelta(commit.state)
    const key = taskKey(owner.headId, owner.task.partition)
    this.store.checkpoints.put(key, sealValue(checkpointText(checkpoint)))
    checkpoints.set(owner, checkpoint)
  }

  /** The system has it: what follows is written on it. */
  private settle(
    live: readonly Waiting[],
    places: Places,
    checkpoints: ReadonlyMap<TaskOwner, Checkpoint>
  ): void {
    const { appended, counts, ends, kept, rows } = places
    for (const [place, count] of counts) this.ledger.moved(place, count)
    for (const [place, one] of appended) {
      this.logs.keep(place, one)
      if (kept.has(place)) this.retention.appended(place, sizedFrame(one))
    }
    for (const [place, one] of kept) {
      this.retention.moved(place, one)
      this.logs.dropped(place, one.first)
    }
    for (const [place, end] of ends) this.logs.moveEnd(place, end, places)
    for (const { owner, commit } of live) {
      const checkpoint = checkpoints.get(owner)
      if (checkpoint === undefined) continue
      owner.checkpoint = checkpoint
      this.retention.read(`${owner.headId}/${owner.task.partition}`, commit.offsets)
      if (commit.state.length > 0) owner.state?.applied(commit.state)
    }
    if (live.some(({ commit }) => commit.state.length > 0)) this.onStateGrown()
    if (rows.size > 0) this.onCompactedGrown()
  }

  /** It is as durable as it is to be, or never will be. */
  private answer(
    live: readonly Waiting[],
    places: Places,
    checkpoints: ReadonlyMap<TaskOwner, Checkpoint>,
    failure: TransportError | undefined
  ): void {
    const grown = failure === undefined ? [...places.ends.keys()] : []
    for (const place of grown) this.logs.show(place, places)
    for (const { owner, resume } of live) {
      const checkpoint = checkpoints.get(owner)
      if (failure !== undefined) resume(Effect.fail(failure))
      else if (checkpoint !== undefined) resume(Effect.succeed(checkpoint))
    }
    for (const place of grown) this.waiters.notify(place)
  }
}

function sizedFrame({ baseOffset, frame, next }: Appended): SizedFrame {
  return { base: baseOffset, end: next, bytes: frame.length }
}

function fencedError(task: TaskId): TransportError {
  return new TransportError({
    reason: "fenced",
    message: `task ${taskText(task)} has another owner now`
  })
}

function taskText({ pipeline, node, partition }: TaskId): string {
  return `${pipeline}/${node}/${partition}`
}
