import type * as Effect from "effect/Effect"
import type { Timer } from "@millrace/sdk/record"
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"

/**
 * What carries records between chains and makes a task's effects durable. Two implementations are foreseen, the embedded
 * log and Kafka; `acceptance.ts` beside this file is what either must pass.
 */
export interface TransportShape {
  /** Makes a topic, or answers the one that is there, with what it keeps as it is said now; a different partition count is a failure. */
  readonly ensureTopic: (spec: TopicSpec) => Effect.Effect<Topic, TransportError>
  readonly topics: Effect.Effect<readonly Topic[], TransportError>
  readonly deleteTopic: (name: string) => Effect.Effect<void, TransportError>
  /** Stores a schema's text; answers its SHA-256. */
  readonly putSchema: (text: string) => Effect.Effect<Uint8Array, TransportError>
  readonly schema: (hash: Uint8Array) => Effect.Effect<string | undefined, TransportError>
  /** The offset of the first record that is kept: 0 until a bound has dropped some. */
  readonly start: (topic: string, partition: number) => Effect.Effect<bigint, TransportError>
  /** The offset that the next record will take. */
  readonly end: (topic: string, partition: number) => Effect.Effect<bigint, TransportError>
  /**
   * Batches from `offset` on, whole frames, checked; empty when there is nothing yet. The first may begin before `offset`, or, where that
   * was dropped, at `start`. Each begins where the one before ended: offsets without records are gaps of frames (docs/formats/batch.md).
   */
  readonly read: (
    topic: string,
    partition: number,
    offset: bigint,
    maxBytes: number
  ) => Effect.Effect<readonly LogBatch[], TransportError>
  /** Records that a partition was given, by the commits that gave them, and that it keeps, by its last batch: an audit compares. */
  readonly appended: (
    topic: string,
    partition: number
  ) => Effect.Effect<{ readonly given: bigint; readonly kept: bigint }, TransportError>
  /** Answers when all that was committed before outlives a power cut: at once, where a commit that is acknowledged does. */
  readonly flushed: Effect.Effect<void, TransportError>
  /** Waits until the partition's end is beyond `offset`. */
  readonly waitFor: (topic: string, partition: number, offset: bigint) => Effect.Effect<void, TransportError>
  /** Id of a node (docs/formats/commit.md), given at first asking and never again to another; what a frame's header names its producer by. */
  readonly nodeId: (pipeline: string, node: string) => Effect.Effect<number, TransportError>
  /**
   * Settles how a node's states are kept, before its tasks are opened; answers the slot of each, for `openTask`. A state goes on by its name while its kind, the node's key and a map's keys are the same and its values can be
   * read by the new schema, which they are from then on; what cannot go on begins empty, and so do all under another key.
   */
  readonly openState: (
    pipeline: string,
    node: string,
    wanted: WantedStates
  ) => Effect.Effect<readonly number[], TransportError>
  /** How the state of a pipeline's nodes is kept. */
  readonly statesOf: (pipeline: string) => Effect.Effect<readonly NodeState[], TransportError>
  /** What the open tasks of a node keep, without what was committed last; undefined where that is not known. */
  readonly stateSize: (pipeline: string, node: string) => Effect.Effect<StateSize | undefined, TransportError>
  /**
   * What a node keeps on a partition, timers included, in the order of the store; what has expired is left out. A page ends at
   * the limit, or before it where entries are large; an empty one is the end.
   */
  readonly scanState: (
    pipeline: string,
    node: string,
    query: StateQuery
  ) => Effect.Effect<readonly KeptEntry[], TransportError>
  /** Sets the checkpoint of a task that nobody has open, as it was saved elsewhere. */
  readonly restoreCheckpoint: (task: TaskId, checkpoint: Checkpoint) => Effect.Effect<void, TransportError>
  /**
   * Makes what is kept of a node's states anew for other ones, beside what is there, which nothing may write meanwhile. The next
   * `openState` that wants just these takes it; one that wants others drops it. State whose name `migrate` has goes through
   * that, the rest as `openState` would keep it. A kill leaves nothing of it.
   */
  readonly restageState: <E, R>(
    pipeline: string,
    node: string,
    wanted: WantedStates,
    migrate: { readonly [state: string]: StateMigrator<E, R> }
  ) => Effect.Effect<void, TransportError | E, R>
  /**
   * Only this run of the pipeline may open tasks from now on: on a shared transport, where another worker may still be at one of before.
   */
  readonly beginRun: (pipeline: string, run: string) => Effect.Effect<void, TransportError>
  /**
   * A task's writer; taking it fences the previous owner of the same task. `keyed`: the chain's node that has state. `run`: fails with
   * `superseded` when another one was begun.
   */
  readonly openTask: (task: TaskId, keyed?: KeyedNode, run?: string) => Effect.Effect<TaskLog, TransportError>
  /** Last committed checkpoints of every task of a pipeline, for status and planning. */
  readonly checkpoints: (pipeline: string) => Effect.Effect<readonly CommittedTask[], TransportError>
  /**
   * Writes a copy of all that is kept, of one moment, into an empty folder, from which the same transport can be opened; commits go
   * on meanwhile. Durable when it answers.
   */
  readonly snapshot: (folder: string) => Effect.Effect<void, TransportError>
  /** Forgets offsets, cursors and state of a pipeline's nodes (all, or those named). */
  readonly forget: (pipeline: string, nodes?: readonly string[]) => Effect.Effect<void, TransportError>
  /**
   * Brings the copy of a node's state that lies here to what processes elsewhere have committed; nothing where a task here writes it, or where
   * nothing is kept. Absent where all state is here.
   */
  readonly refreshState?: (
    pipeline: string,
    node: string,
    partition: number
  ) => Effect.Effect<void, TransportError>
  /** Present where what carries the records is elsewhere, and may not answer. */
  readonly remote?: RemoteLog
}

/** A log that may not answer, for those who only look at it, and must not wait for it. */
export interface RemoteLog {
  /** Since when it does not answer; undefined while it does. */
  readonly outage: Effect.Effect<Outage | undefined>
  /** What {@link TransportShape.end} answers, or where that takes more than a moment, what it answered last. */
  readonly lastEnd: TransportShape["end"]
  /** The same of {@link TransportShape.checkpoints}. */
  readonly lastCheckpoints: TransportShape["checkpoints"]
  /** As {@link TransportShape.read}, but fails where that takes more than a moment. */
  readonly readSoon: TransportShape["read"]
}

export interface Outage {
  /** For how long nothing was answered. */
  readonly silentMs: number
  /** What the last attempt came to, who was asked, and what to look at. */
  readonly message: string
  /** Brokers answer, and do not let us in: the user, its secret or its token is refused. */
  readonly isRefused: boolean
}

export class Transport extends Context.Service<Transport, TransportShape>()("millrace/transport/Transport") {}

export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** Made by the planner between chains; not in the catalogue. */
  readonly internal: boolean
  /**
   * Bytes of frames that each partition keeps: beyond them the oldest go, once every task that has a checkpoint is past them.
   * Absent: all are kept.
   */
  readonly retainBytes?: number
  /**
   * Of each key the newest record is kept, and older ones go, sooner or later: whoever reads all that is left has each key as who
   * read all that ever was. A record keeps its offset, and the records before and after one that is gone are in batches that
   * follow each other, as before. It goes whether or not everybody has read it. A delete stays {@link deletesToldMs}
   * after the last record that it deletes, and until every task with a checkpoint is past it; then it goes too. A record without
   * a key is refused.
   */
  readonly compact?: boolean
}

/** A day, as Kafka's `delete.retention.ms`. */
export const deletesToldMs = 86_400_000

export interface Topic extends TopicSpec {
  readonly id: number
}

export interface LogBatch {
  readonly baseOffset: bigint
  /**
   * Of a compacted topic it may have gaps (docs/formats/batch.md): its count is the number of offsets that it takes, and the next batch begins after them.
   * Others may be given the same bytes: nobody writes into them.
   */
  readonly frame: Uint8Array
  /** Records that others wrote and no task can read, in their order; where they stand the frame has gaps. Absent: there is none. */
  readonly unread?: readonly UnreadRecord[]
}

/** A record in a stream that somebody else wrote, and that is none of the stream's. */
export interface UnreadRecord {
  readonly offset: bigint
  /** `RECORD_UNREADABLE`: no Avro behind a schema's id; `SCHEMA_UNKNOWN`: the id is in no registry of ours. */
  readonly code: "RECORD_UNREADABLE" | "SCHEMA_UNKNOWN"
  readonly message: string
  /** As it came, for people: `rawRecord`. */
  readonly raw: string
}

/** A chain of a pipeline, named by its first node, on one partition. */
export interface TaskId {
  readonly pipeline: string
  readonly node: string
  readonly partition: number
}

/** State goes by the name of the node that owns it, not by its chain's: it stays when chains are cut otherwise. */
export interface KeyedNode {
  readonly node: string
  /** By state index: what `openState` answered. Absent: its states stand at their indexes. */
  readonly slots?: readonly number[]
}

/** The states of a node as its plan declares them. */
export interface WantedStates {
  /** What the node's records are keyed by, in any words that are equal when key bytes mean the same. */
  readonly key: string
  readonly states: readonly {
    readonly name: string
    readonly kind: string
    /** SHA-256 of the schema's text, stored before by `putSchema`. */
    readonly schema: Uint8Array | undefined
    /** Avro schema text of a map's keys. */
    readonly mapKey?: string
  }[]
}

export interface StateQuery {
  readonly partition: number
  /** {@link KeptEntry.place} of the last entry of the page before. */
  readonly after?: Uint8Array
  /** Only entries of this key of one state. */
  readonly under?: { readonly slot: number; readonly key: Uint8Array | null }
  readonly limit: number
}

export interface KeptEntry {
  /** Which state: {@link NodeState}; `eventTimers` and `processingTimers` for timers, whose map key and value they are. */
  readonly slot: number
  readonly key: Uint8Array | null
  /** Of a map's entry. */
  readonly mapKey?: Uint8Array
  /** ms since 1970; 0: never. */
  readonly expiry: number
  /** As the schema in force has it. */
  readonly value: Uint8Array
  /** Where it stands in the order of the partition. */
  readonly place: Uint8Array
}

/** Values of one state as the schema that is kept has them, in, and as the one that is wanted has them, out: as many, in the same order. */
export type StateMigrator<E, R> = (
  values: readonly { readonly key: Uint8Array | null; readonly value: Uint8Array }[]
) => Effect.Effect<readonly Uint8Array[], E, R>

/** The state of a node as the log has it. */
export interface NodeState {
  readonly node: string
  /** {@link WantedStates.key} of the plan that was opened last. */
  readonly key: string
  readonly states: readonly {
    readonly name: string
    readonly kind: string
    /** Avro schema text that values are read and written with. */
    readonly schema: string
    readonly mapKey?: string
    readonly slot: number
  }[]
  /** Partitions under which something is kept, timers included, whether or not it has expired. */
  readonly partitions: readonly number[]
}

export interface TaskLog {
  /** What the last commit left; undefined before the first. */
  readonly checkpoint: Effect.Effect<Checkpoint | undefined, TransportError>
  /**
   * Safe from a kill when it answers, and visible then or, on Kafka, a moment later; safe from a power cut too, unless the log was told to
   * flush later. Fails with `fenced` when another owner has opened the task.
   */
  readonly commit: (commit: Commit) => Effect.Effect<Checkpoint, TransportError>
  /** State entries (docs/formats/state.md) of a keyed node for these keys: puts, maps' entries, and "known absent". Sees every commit of this task. */
  readonly readState: (
    keys: readonly (Uint8Array | null)[],
    states: readonly StateIndex[]
  ) => Effect.Effect<Uint8Array, TransportError>
  /**
   * Timers of one kind (`eventTimers`, `processingTimers`) whose time is at most `until`, the earliest first, at most `limit`.
   * Sees every commit of this task.
   */
  readonly dueTimers: (
    state: number,
    until: number,
    limit: number
  ) => Effect.Effect<readonly DueTimer[], TransportError>
  /** Nothing is committed by it any more; what is held for it may be let go. */
  readonly close: Effect.Effect<void>
}
/** A timer among a task's state (docs/formats/state.md). */
export interface DueTimer extends Timer {
  /** Its map key: what a delete names it by. */
  readonly mapKey: Uint8Array
}
export interface StateIndex {
  readonly index: number
  readonly kind: "value" | "map"
}

export interface StateSize {
  readonly entries: number
  /** Of keys and values, without what the store needs around them. */
  readonly bytes: number
}
/**
 * When a commit is durable. `fsync`: when it is acknowledged. `async`: within about 50 ms of it; a kill of the process loses
 * nothing, a power cut what was not flushed yet, and only from the end.
 */
export type Durability = "fsync" | "async"

export interface Commit {
  /** Absent: as the log was opened. A log that flushes nothing itself (Kafka) heeds neither. */
  readonly durability?: Durability
  readonly outputs: readonly {
    readonly topic: string
    readonly partition: number
    readonly frame: Uint8Array
  }[]
  /** State entries of the chain's keyed node. */
  readonly state: Uint8Array
  /** Changes only; what is not named stays as in the last checkpoint. */
  readonly offsets: readonly InputOffset[]
  /** Of a source: position JSON by source partition name. */
  readonly positions: { readonly [sourcePartition: string]: string }
  /** Of sinks in the chain: token JSON by node. */
  readonly tokens: { readonly [node: string]: string }
  /** What the task knows of event time, by name (worker/time/watermark.ts). */
  readonly watermarks: { readonly [name: string]: number }
  /**
   * The task's own watermark, ms since 1970, which the last of its batches in each partition carries, and none before that: a reader may
   * stop between two. Absent: they keep what they have.
   */
  readonly watermark?: number
  /** To be added to the running totals. */
  readonly counts: { readonly [node: string]: Counts }
  /** The task has handled the end of all its input. */
  readonly completed: boolean
  /** Recorded clock of the batch, ms since 1970. */
  readonly now: number
  /** Records that are not accounted for, by place; to be added to what the ledger has. Absent: all balances. */
  readonly ledger?: { readonly [place: string]: number }
}
export interface InputOffset {
  readonly topic: string
  readonly partition: number
  readonly next: bigint
  /** Of a checkpoint: which topic it was that was read, where another may be made under its name; absent: not known. */
  readonly topicId?: string
}
export interface Counts {
  readonly in: number
  readonly out: number
  /** Records that something was made of: in = handled + filtered + dead, each counted by itself. */
  readonly handled: number
  readonly filtered: number
  readonly dead: number
  readonly late: number
}
export interface CommittedTask {
  readonly task: TaskId
  readonly checkpoint: Checkpoint
}

/** Running totals and places after a commit. */
export interface Checkpoint {
  readonly sequence: number
  readonly offsets: readonly InputOffset[]
  readonly positions: { readonly [sourcePartition: string]: string }
  readonly tokens: { readonly [node: string]: string }
  readonly watermarks: { readonly [name: string]: number }
  readonly counts: { readonly [node: string]: Counts }
  readonly completed: boolean
  readonly now: number
  /** Records that are not accounted for since the task's beginning, by place: lost ones positive, repeated ones negative. */
  readonly ledger: { readonly [place: string]: number }
}

/**
 * `diskFull` and `unavailable` pass with time; `unauthorized`, `topicGone` and `tooLarge` when somebody changes the cluster; the others
 * do not.
 */
export class TransportError extends Schema.TaggedError<TransportError>()("TransportError", {
  reason: Schema.Literals([
    "diskFull",
    "unavailable",
    "unauthorized",
    "topicGone",
    "topicReset",
    "tooLarge",
    "fenced",
    "superseded",
    "corrupt",
    "locked",
    "taken",
    "registryChanged",
    "unknownTopic",
    "partitionCount",
    "keyless",
    "unsupported",
    "formatVersion"
  ]),
  message: Schema.String
}) {}
