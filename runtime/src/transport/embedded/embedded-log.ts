import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Scope from "effect/Scope"
import { SlotMap } from "../../state/slots.ts"
import { TransportError } from "../transport.ts"
import type {
  Checkpoint,
  KeyedNode,
  TaskId,
  TaskLog,
  Topic,
  TopicSpec,
  TransportShape
} from "../transport.ts"
import { AppendLedger } from "./append-ledger.ts"
import type { Catalogue, Dropped } from "./catalogue.ts"
import { Checkpoints } from "./checkpoints.ts"
import { clearDropped } from "./clearing.ts"
import { Committer } from "./committer.ts"
import { Compaction } from "./compaction/compaction.ts"
import { type CompactionPace, makeCompactor } from "./compaction/compactor.ts"
import type { TaskOwner } from "./committer.ts"
import { readFailure, writeFailure } from "./failure.ts"
import type { Flusher } from "./flush/flusher.ts"
import { makeFolder } from "./folding.ts"
import { restageState } from "./restaging.ts"
import { scanState } from "./scanning.ts"
import { takeSnapshot } from "./snapshot.ts"
import { StateBook } from "./state-book.ts"
import { TaskStates } from "./task-states.ts"
import { Retention } from "./retention.ts"
import { PartitionLogs } from "./partition-log.ts"
import type { Store } from "./store.ts"
import { makeWaiters } from "./waiters.ts"

/** Topics, tasks and state over an opened store. Made by the layer. */
export class EmbeddedLog {
  private readonly owners = new Map<string, TaskOwner>()
  private readonly states: TaskStates
  /** Open while something is to be cleared. */
  private readonly left = Latch.makeUnsafe(true)
  private readonly waiters = makeWaiters()
  private readonly logs: PartitionLogs
  private readonly ledger: AppendLedger
  private readonly checkpoints: Checkpoints
  private readonly retention: Retention
  private readonly compaction: Compaction
  private readonly folder: string
  private readonly store: Store
  private readonly catalogue: Catalogue

  private constructor(folder: string, store: Store, catalogue: Catalogue) {
    this.folder = folder
    this.store = store
    this.catalogue = catalogue
    this.ledger = new AppendLedger(store)
    this.checkpoints = new Checkpoints(folder, store, catalogue)
    this.retention = new Retention(store, () => this.checkpoints.all())
    this.compaction = new Compaction(
      store,
      this.retention,
      ({ id, name }) => catalogue.topics.get(name)?.id === id
    )
    this.logs = new PartitionLogs(folder, store, (topicId) => catalogue.nameOf(topicId))
    this.states = new TaskStates({
      folder,
      store,
      catalogue,
      book: new StateBook(folder, store, catalogue),
      onLeft: () => this.left.openUnsafe()
    })
  }

  /** Goes on with what an earlier run had begun to clear, and folds state in the background while the scope is open. */
  static make({
    catalogue,
    compaction,
    flusher,
    folder,
    store
  }: {
    readonly folder: string
    readonly store: Store
    readonly catalogue: Catalogue
    readonly flusher: Flusher
    readonly compaction: CompactionPace
  }): Effect.Effect<TransportShape, TransportError, Scope.Scope> {
    return Effect.gen(function* () {
      const log = new EmbeddedLog(folder, store, catalogue)
      const folding = yield* makeFolder(folder, () => log.states.all())
      const { waiters, logs } = log
      const compactor = yield* makeCompactor({
        folder,
        store,
        logs,
        retention: log.retention,
        compaction: log.compaction,
        topics: () => catalogue.topics.values(),
        pace: compaction
      })
      const committer = new Committer({
        folder,
        store,
        flusher,
        catalogue,
        logs,
        ledger: log.ledger,
        retention: log.retention,
        compaction: log.compaction,
        waiters,
        onStateGrown: folding.grown,
        onCompactedGrown: compactor.grown
      })
      yield* log.writing(() => log.states.book.dropUnfinished())
      yield* Effect.forkScoped(Effect.forever(log.clearLeft))
      return { ...log.shape(committer), flushed: flusher.flushed }
    })
  }

  private shape(committer: Committer): Omit<TransportShape, "flushed"> {
    const { catalogue } = this
    return {
      ensureTopic: (spec) => this.writing(() => this.ensureTopic(spec)),
      topics: Effect.sync(() => [...catalogue.topics.values()]),
      deleteTopic: (name) => this.deleteTopic(name),
      putSchema: (text) => this.writing(() => catalogue.putSchema(text)),
      schema: (hash) => this.reading(() => catalogue.schemaText(hash)),
      nodeId: (pipeline, node) => this.writing(() => catalogue.nodeId(pipeline, node)),
      start: (topic, partition) =>
        this.reading(() => this.retention.first(this.place(topic, partition), partition)),
      end: (topic, partition) =>
        this.reading(() => this.logs.shownEnd(this.place(topic, partition), partition)),
      read: (topic, partition, offset, maxBytes) =>
        this.reading(() => this.logs.readShown(this.place(topic, partition), partition, offset, maxBytes)),
      appended: (topic, partition) => this.reading(() => this.appended(topic, partition)),
      waitFor: (topic, partition, offset) => this.waitFor(topic, partition, offset),
      openState: (pipeline, node, wanted) => this.states.settle(pipeline, node, wanted),
      statesOf: (pipeline) => this.reading(() => this.states.statesOf(pipeline)),
      stateSize: (pipeline, node) => this.reading(() => this.states.sizeOf(pipeline, node)),
      scanState: (pipeline, node, query) =>
        scanState({ folder: this.folder, store: this.store, states: this.states }, pipeline, node, query),
      restoreCheckpoint: (task, checkpoint) => this.writing(() => this.putCheckpoint(task, checkpoint)),
      restageState: (pipeline, node, wanted, migrate) =>
        restageState({ folder: this.folder, store: this.store, states: this.states }, pipeline, node, {
          wanted,
          migrate
        }),
      snapshot: (target) => takeSnapshot({ folder: this.folder, store: this.store }, target),
      // One process has the folder, and ends a run before it begins the next.
      beginRun: () => Effect.void,
      openTask: (task, keyed) => Effect.suspend(() => this.openTask(committer, task, keyed)),
      checkpoints: (pipeline) => this.reading(() => this.checkpoints.ofPipeline(pipeline)),
      forget: (pipeline, nodes) => this.forget(pipeline, nodes)
    }
  }

  private writing<A>(work: () => A): Effect.Effect<A, TransportError> {
    return Effect.try({ try: work, catch: (cause) => writeFailure(this.folder, 0, cause) })
  }

  private reading<A>(work: () => A): Effect.Effect<A, TransportError> {
    return Effect.try({ try: work, catch: (cause) => readFailure(this.folder, cause) })
  }

  private ensureTopic(spec: TopicSpec): Topic {
    const known = this.catalogue.topics.get(spec.name)
    if (known !== undefined && known.retainBytes === undefined && spec.retainBytes !== undefined)
      this.retention.measure(known)
    if (known !== undefined && known.compact !== true && spec.compact === true) {
      this.compaction.begin(known, (partition) => this.retention.bytesOf(known.id, partition))
      this.logs.forgetTail(known.id)
    }
    return this.catalogue.ensureTopic(spec)
  }

  /** Id of the topic. Throws `unknownTopic` for a topic or partition that is not there. */
  private place(name: string, partition: number): number {
    const topic = this.catalogue.topic(name)
    if (partition >= 0 && partition < topic.partitions) return topic.id
    throw new TransportError({
      reason: "unknownTopic",
      message: `topic ${name} has ${topic.partitions} partitions, no ${partition}`
    })
  }

  private waitFor(name: string, partition: number, offset: bigint): Effect.Effect<void, TransportError> {
    return Effect.flatMap(
      this.reading(() => {
        const id = this.place(name, partition)
        this.logs.end(id, partition)
        return id
      }),
      (id) =>
        this.waiters.wait(
          PartitionLogs.place(id, partition),
          () => this.logs.shownEnd(id, partition) > offset
        )
    )
  }

  private appended(topic: string, partition: number): { readonly given: bigint; readonly kept: bigint } {
    const id = this.place(topic, partition)
    const kept = this.logs.storedEnd(id, partition)
    return { given: this.ledger.count(PartitionLogs.place(id, partition)) ?? kept, kept }
  }

  private openTask(
    committer: Committer,
    task: TaskId,
    keyed: KeyedNode | undefined
  ): Effect.Effect<TaskLog, TransportError> {
    checkTask(task)
    return this.writing(() => {
      const headId = this.catalogue.nodeId(task.pipeline, task.node)
      const name = `${headId}/${task.partition}`
      const last = this.owners.get(name)
      if (last !== undefined) last.fenced = true
      const owner: TaskOwner = {
        task,
        headId,
        state: keyed === undefined ? undefined : this.states.of(task.pipeline, keyed, task.partition),
        checkpoint: this.checkpoints.get(headId, task.partition),
        fenced: false
      }
      this.owners.set(name, owner)
      return this.taskLog(committer, owner, SlotMap.of(keyed?.slots ?? []))
    })
  }

  private taskLog(committer: Committer, owner: TaskOwner, slots: SlotMap | undefined): TaskLog {
    return {
      checkpoint: Effect.sync(() => owner.checkpoint),
      // The next owner fences it; what is kept of the node's state is kept for that one.
      close: Effect.void,
      commit: (commit) =>
        Effect.suspend(() =>
          committer.commit(
            owner,
            slots === undefined ? commit : { ...commit, state: slots.toSlots(commit.state) }
          )
        ),
      readState: (keys, states) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          const { state } = owner
          if (state === undefined) return Effect.die(new RangeError("the task has no keyed node"))
          if (slots === undefined) return this.reading(() => state.read(keys, states, now))
          return this.reading(() => slots.toIndexes(state.read(keys, slots.states(states), now)))
        }),
      dueTimers: (index, until, limit) =>
        Effect.suspend(() => {
          const { state } = owner
          return state === undefined
            ? Effect.succeed([])
            : this.reading(() => state.dueTimers(index, until, limit))
        })
    }
  }

  private putCheckpoint(task: TaskId, checkpoint: Checkpoint): void {
    const headId = this.catalogue.nodeId(task.pipeline, task.node)
    const owner = this.owners.get(`${headId}/${task.partition}`)
    if (owner !== undefined) owner.fenced = true
    this.owners.delete(`${headId}/${task.partition}`)
    this.retention.forgetReaders()
    this.checkpoints.put(headId, task.partition, checkpoint)
  }

  private deleteTopic(name: string): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const dropped = yield* this.writing(() => this.catalogue.dropTopic(name))
      if (dropped === undefined) return
      this.logs.forget(dropped.id)
      this.ledger.forget(dropped.id)
      this.retention.forget(dropped.id)
      this.compaction.forget(dropped.id)
      yield* this.clear(dropped)
    })
  }

  private forget(
    pipeline: string,
    nodes: readonly string[] | undefined
  ): Effect.Effect<void, TransportError> {
    return Effect.gen({ self: this }, function* () {
      const { book } = this.states
      const going = book
        .ofPipeline(pipeline)
        .filter(({ node }) => nodes === undefined || nodes.includes(node))
      const names = going.map(({ node }) => node)
      const dropped = yield* this.writing(() =>
        this.catalogue.dropNodes(pipeline, nodes, {
          states: going.map(({ record }) => record.id),
          alongside: () => book.removeNames(pipeline, names)
        })
      )
      book.forget(pipeline, names)
      const ids = new Set(dropped.map(({ id }) => id))
      for (const [name, owner] of this.owners) {
        if (!ids.has(owner.headId)) continue
        owner.fenced = true
        this.owners.delete(name)
      }
      this.states.forget(ids)
      yield* Effect.forEach(dropped, (one) => this.clear(one))
      this.retention.forgetReaders()
    })
  }

  /** Waits until something is left to clear, by this run or an earlier one, and clears it. */
  private get clearLeft(): Effect.Effect<void> {
    return Effect.gen({ self: this }, function* () {
      yield* this.left.await
      yield* this.left.close
      for (const dropped of yield* this.reading(() => this.catalogue.dropped())) yield* this.clear(dropped)
      yield* this.states.clearRetired
    }).pipe(Effect.catch((error) => Effect.logWarning("what was dropped is not all cleared yet", error)))
  }

  private clear(dropped: Dropped): Effect.Effect<void, TransportError> {
    return clearDropped(this.folder, this.store, this.catalogue, dropped)
  }
}

function checkTask(task: TaskId): void {
  if (Number.isInteger(task.partition) && task.partition >= 0 && task.partition <= 0xffff) return
  throw new RangeError(`a task's partition is 0 to 65535, not ${task.partition}`)
}
