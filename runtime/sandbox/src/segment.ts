import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BundlePlace } from "./protocol/bundle-place.ts"

/**
 * A segment: neighbouring nodes of a chain that belong to one trust domain and are called by one frame.
 * A keyed node, a source and a node with tables always begin a segment; a sink always ends one.
 */
export interface SegmentSpec {
  /** `pipeline/chain/index`; stable, used in metrics and logs. */
  readonly id: string
  /** Plugins of one trust domain share sandbox processes: a publisher's scope, or a project's folder. */
  readonly domain: string
  readonly nodes: readonly NodeSpec[]
  /** Neighbours among them that run record by record, where they can; absent: none. */
  readonly passes?: readonly PassSpec[]
  readonly limits: SandboxLimits
  /** For tests: every call sees a fresh realm, as after a kill. */
  readonly isFresh?: boolean
}

export interface SandboxLimits {
  /** V8 heap of each isolate; the process may hold this plus 150 MiB (resident) before it is killed. */
  readonly memoryMiB: number
  /** Wall time of one call of the segment; it stands still while the worker serves a request. */
  readonly deadlineMs: number
  /** What one call may give, over all outputs. */
  readonly maxOutputBytes: number
  readonly maxOutputRecordsPerInput: number
}

export interface NodeSpec {
  readonly node: string
  readonly plugin: string
  readonly kind: "processor" | "source" | "sink"
  /** SRI of the bundle: its identity in the child's cache. */
  readonly digest: string
  readonly bundle: string
  readonly configJson: string
  /** JSON pointer -> JavaScript text of a function of a row, made by `@millrace/sdk/expression`. */
  readonly expressions: { readonly [pointer: string]: string }
  /** By input name: text made by `@millrace/sdk/codec` `generateView`. A source has none. */
  readonly views: { readonly [input: string]: string }
  /** By input name: Avro schema text of the values that the body gets; what `GuestHost.schema` answers. */
  readonly schemas: { readonly [input: string]: string }
  /** By output name: how the node's results are written. `same` only for filters and pass-through. */
  readonly outputs: readonly OutputSpec[]
  readonly state: readonly StateSpec[]
  /** It sets timers; what fires comes to it as records of the input `~timer`. */
  readonly timers?: boolean
  readonly tables: readonly TableSpec[]
  /** Which host requests each handle may make; the worker checks again. */
  readonly handles: readonly string[]
  /** What becomes of a record whose body fails. `fail` stops the task with the record's error. */
  readonly onError: "dead-letter" | "skip" | "fail"
  readonly maxRetries: number
}

/** A run of nodes: text made by `@millrace/sdk/codec` `passesOf`. */
export interface PassSpec {
  /** Place of its first node. */
  readonly first: number
  /** Of the first node's realm. */
  readonly pass: string
  /** Of each node's realm. */
  readonly steps: readonly string[]
}

export interface OutputSpec {
  readonly name: string
  /** SHA-256 (32 bytes) of the schema that the records are written with. */
  readonly schemaHash: Uint8Array
  /** Text made by `generateWriter` for a closed output, or undefined where the input's view writes it (open, derived, same). */
  readonly writer?: string
  /** Text made by `generateKey`: the record key of this output from a value's bytes. Absent: the input's key stays. */
  readonly key?: string
}

export interface StateSpec {
  readonly name: string
  readonly kind: "value" | "map"
  /** Text made by `generateValue` for the state's schema (reader and writer). */
  readonly codec: string
  /** Text made by `generateMapKey`, `{ toKey, fromKey }`: a map's keys are key bytes (docs/formats/key.md), not Avro. */
  readonly mapKeyCodec?: string
  /** SHA-256 of the schema's text; the transport keeps it beside every value. */
  readonly schemaHash?: Uint8Array
  readonly ttlMs?: number
}

export interface TableSpec {
  readonly handle: string
  /** Text made by `generateView` for the table's rows. */
  readonly view: string
  /** Text made by `generateKeyOf`: key bytes from a lookup's argument. */
  readonly keyOf: string
}

/** One call. Exactly one of the heads. */
export interface SegmentCall {
  readonly partition: number
  /** Recorded clock of the batch, ms. */
  readonly now: number
  /** Key of the HMAC that `random()` draws from. */
  readonly seed: Uint8Array
  readonly head:
    | { readonly kind: "records"; readonly inputs: readonly InputFrame[]; readonly end: boolean }
    | {
        readonly kind: "source"
        readonly partition: string
        readonly positionJson: string | undefined
        readonly maxRecords: number
        readonly maxBytes: number
        /** The first record begins a trace: the header that it gets, unless it has one. */
        readonly traceparent?: string
        /** Gives the records watermarks. `newest`: the highest timestamp that the partition gave before. */
        readonly watermark?: { readonly newest: number | undefined; readonly outOfOrdernessMs: number }
      }
  readonly tables: readonly TableInput[]
  /**
   * With a batch of event timers: up to this time, ms since 1970, nothing else of their keys is due. Timers that they set up to
   * then may fire in this call, and are then neither set nor to be fired again.
   */
  readonly timersUntil?: number
  /** For a sink at the end. */
  readonly sink?: {
    readonly id: string
    readonly firstOffset: bigint
    readonly lastOffset: bigint
    readonly tokenJson: string | undefined
    /** Begins the records' ids: the sink's name, or the batch's where its frames are numbered within the batch. Default: `id`. */
    readonly recordPrefix?: string
  }
}
export interface InputFrame {
  readonly input: string
  readonly topic: string
  readonly topicPartition: number
  readonly baseOffset: bigint
  /**
   * Where records between its own are gone, as in a compacted topic: pairs of a record's number in the frame and by how much its
   * offset, and those of the records after it, exceeds `baseOffset` and that number; ascending. Absent: nowhere.
   */
  readonly leaps?: readonly number[]
  /** A batch frame (docs/formats/batch.md) without gaps, its CRC already checked. */
  readonly frame: Uint8Array
}
/** A table's changes in order; `frames.length` is its version. The pool sends what the child has not seen. */
export interface TableInput {
  readonly node: string
  readonly handle: string
  readonly frames: readonly Uint8Array[]
}

export interface SegmentResult {
  /**
   * Frames of the last node's outputs, in order, structure checked; producer, batch watermark and CRC not yet set.
   * One for each output that has records; several when the call was taken apart (a kill, outputs over the budget).
   */
  readonly outputs: readonly { readonly output: string; readonly frame: Uint8Array }[]
  /** State entries (docs/formats/state.md) of the head node. */
  readonly state: Uint8Array
  readonly deadLetters: readonly DeadLetter[]
  readonly counts: readonly NodeCounts[]
  readonly source?: {
    readonly positionJson: string
    readonly next: "more" | "idle" | "end"
    readonly waitMs: number
    /** With watermarks: the highest timestamp that the partition gave so far. */
    readonly newest?: number
  }
  /** Of a sink at the end: the token of its last write; undefined when it wrote nothing or is not transactional. */
  readonly sink?: { readonly tokenJson: string | undefined }
  readonly logs: readonly GuestLog[]
  readonly metrics: readonly {
    readonly node: string
    readonly handle: string
    readonly kind: "counter" | "histogram"
    readonly labels: string
    readonly value: number
  }[]
  /** Records that are of a trace, and what became of them at each node. */
  readonly traces: readonly {
    readonly node: string
    readonly traceparent: string
    readonly outcome: "handled" | "filtered" | "failed"
    /** Records that it gave. */
    readonly out: number
  }[]
}
export interface NodeCounts {
  readonly node: string
  readonly recordsIn: number
  readonly recordsOut: number
  /** Records that something was made of: `recordsIn = handled + filtered + failed`, each counted by itself. */
  readonly handled: number
  readonly filtered: number
  readonly failed: number
  readonly late: number
  readonly cpuMicros: number
  /** Of the batch frames that it was given, and of those that it gave. */
  readonly bytesIn: number
  readonly bytesOut: number
}
export interface DeadLetter {
  readonly node: string
  readonly input: string
  /** A batch frame with the one record, as the node received it: what a replay puts in again. Undefined for what a source rejected. */
  readonly frame: Uint8Array | undefined
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Stable: `PLUGIN_FAILED`, `RECORD_INVALID`, `DEADLINE_EXCEEDED`, `MEMORY_EXCEEDED`, `SANDBOX_KILLED`, `OUTPUT_TOO_LARGE`, or the `_tag` of the plugin's own error under `tag`. */
  readonly code: string
  readonly tag: string | undefined
  readonly message: string
  /** A source's rejected text. */
  readonly raw?: string
  /** Where the plugin's error was made, innermost first; known of the first few of a call. */
  readonly at?: readonly BundlePlace[]
}
export interface GuestLog {
  readonly node: string
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  readonly fields: string
}

/** What the driver asks of its owner while a segment runs. The owner checks permissions; a failure reaches the guest as code and text. */
export interface SegmentHost {
  readonly request: (request: HostRequest) => Effect.Effect<HostReply, HostRequestError>
  /** State of the head node for these keys, as state entries. Called before the guest of a keyed segment runs. */
  readonly readState: (keys: readonly (Uint8Array | null)[]) => Effect.Effect<Uint8Array>
  /** Absent: the guest is given all state anew at every call. */
  readonly stateLine?: StateLine
}
/**
 * Whose state `readState` reads. While it is the same owner's, and what a call changed was committed before the next one, the
 * guest may go on with what it holds, and only the state of other keys is read.
 */
export interface StateLine {
  /** Known by identity; another one wherever anybody else may have changed the state. */
  readonly owner: object
  /** Commits that the owner has made so far. */
  readonly commits: () => number
}
export interface HostRequest {
  readonly node: string
  readonly handle: string
  readonly operation: string
  readonly payload: unknown
  readonly bytes: Uint8Array | undefined
}
export interface HostReply {
  readonly result: unknown
  readonly bytes?: Uint8Array
}
export interface HostRequestError {
  readonly _tag: "HostRequestError"
  readonly code: string
  readonly message: string
}

/** A segment loaded into its domain's sandbox process; survives kills of that process. */
export interface Segment {
  /** Runs the segment once. Records that fail or kill are isolated and answered as dead letters by the node's policy. Calls of one segment do not overlap per partition. */
  readonly call: (call: SegmentCall, host: SegmentHost) => Effect.Effect<SegmentResult, SegmentError>
  readonly sourcePartitions: (host: SegmentHost) => Effect.Effect<readonly string[], SegmentError>
  readonly commitSink: (
    tokenJson: string,
    info: SinkInfo,
    host: SegmentHost
  ) => Effect.Effect<void, SegmentError>
  readonly recoverSink: (
    tokenJson: string | undefined,
    info: SinkInfo,
    host: SegmentHost
  ) => Effect.Effect<void, SegmentError>
}
export interface SinkInfo {
  readonly id: string
  readonly partition: number
}
/** Fails the task: a record under `onError: fail`, a source's or sink's own failure, a bundle that does not load, a quarantine. */
export interface SegmentError {
  readonly _tag: "SegmentError"
  readonly code: string
  readonly node: string | undefined
  readonly message: string
  /** Worth another try after a backoff. */
  readonly transient: boolean
  /** `_tag` of the plugin's own error. */
  readonly tag?: string
  /** Where the plugin's error was made, innermost first. */
  readonly at?: readonly BundlePlace[]
}

/** Live facts of one sandbox process, for `status`. */
export interface SandboxProcess {
  readonly domain: string
  readonly pid: number
  readonly startedAt: number
  readonly restarts: number
  readonly residentBytes: number
  /** Beyond which it is killed; undefined while it holds nothing. */
  readonly maxResidentBytes: number | undefined
  readonly cpuMicros: number
  readonly digests: readonly string[]
  /** Guards in force: "netns", "permission", "prlimit", … and those that this platform lacks. */
  readonly guards: readonly string[]
  readonly missingGuards: readonly string[]
}

/** The service; `SandboxPool.layer(options)` makes it live, in a scope. */
export interface SandboxPoolShape {
  readonly open: (spec: SegmentSpec) => Effect.Effect<Segment, SegmentError, Scope.Scope>
  /** Evaluates a bundle without capabilities, in a process of its own, and answers `manifest()`'s text. */
  readonly manifest: (bundle: string) => Effect.Effect<string, SegmentError>
  /**
   * Says what the bundles to be inspected begin with (`joinBundle`): it is run ahead, in a process that nobody has yet. For text of
   * one's own alone: it runs in the realm of the bundle that is inspected there.
   */
  readonly preload: (library: string) => Effect.Effect<void>
  readonly derive: (
    bundle: string,
    plugin: string,
    requestJson: string
  ) => Effect.Effect<string, SegmentError>
  readonly processes: Effect.Effect<readonly SandboxProcess[]>
  /** By trust domain: how often its processes were started again since the pool was made. */
  readonly restarts: Effect.Effect<ReadonlyMap<string, number>>
}
