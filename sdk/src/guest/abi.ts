/**
 * Guest ABI 1, the inner half: what a published bundle offers to the harness, and what the harness offers to it.
 * Both live in one V8 context. A bundle is an IIFE that evaluates to a {@link GuestBundle} under the global
 * `__millrace_bundle`. The outer half (frames between worker and child) is runtime/sandbox's own.
 *
 * This file is a format: published bundles depend on it for ever. Change it only by a new version.
 * It has no imports, for it is read by the harness too.
 */
export const guestAbi = 1

/** What the bundle's IIFE evaluates to. */
export interface GuestBundle {
  readonly abi: 1
  /** The plugins of the package as JSON text (`PluginManifest[]`), made without any capability. */
  manifest(): string
  /** Evaluates a derived contract. Arguments and answer are JSON text; see {@link DeriveRequest}, {@link DeriveReply}. */
  derive(plugin: string, requestJson: string): string
  /** Makes an instance of a plugin for one node. Throws a plain Error when `configJson` does not fit. */
  open(plugin: string, configJson: string, host: GuestHost): GuestInstance
}

/** One node's plugin, ready for records. */
export type GuestInstance = GuestProcessor | GuestSource | GuestSink

export interface GuestProcessor {
  readonly kind: "processor"
  /** By input name ("input" when the contract has one input only). */
  readonly bodies: { readonly [input: string]: GuestBody }
  /**
   * Called when a timer fires, with its key and, as its timestamp, its time; absent when the plugin has none. Answers as
   * a body of the form `process`.
   */
  readonly onTimer?: (tag: string, context: GuestRecord) => GuestResult
  /** True when {@link onTimer} may answer a {@link GuestPending}. */
  readonly onTimerSuspends?: boolean
  /**
   * Called for a delete, which has a key and no value; absent where deletes go (`process`) or pass. Never suspends. Answers
   * as a body of the form `process`; a result of null is the delete itself, by the record's own key.
   */
  readonly onDelete?: (input: string, context: GuestRecord) => GuestResult
}

export interface GuestBody {
  /** filter answers a boolean; map one result; process an array of results, or `{ [output]: results }`. */
  readonly form: "filter" | "map" | "process"
  /** True when a call may answer a {@link GuestPending}; a plain body answers at once and throws on failure. */
  readonly suspends: boolean
  /** `record` is valid only until the call returns, unless `suspends`. */
  readonly call: (value: unknown, record: GuestRecord) => GuestResult
}

/** A body's answer, or a {@link GuestPending} of it that settles after host requests. A failure or throw fails that record alone. */
export type GuestResult = unknown
export interface GuestPending {
  readonly __millrace_pending: true
  /** Called once by the harness; exactly one of the two callbacks is called later. */
  readonly settle: (done: (value: unknown) => void, failed: (error: unknown) => void) => void
  /** Stops the body (its `finally` blocks run). */
  readonly cancel: () => void
}
/** The property that marks a pending result. A plain string: symbols do not survive two realms of the SDK. */
export const pending = "__millrace_pending"

/** What the harness tells of the record in hand; getters, so that what is not read costs nothing. */
export interface GuestRecord {
  readonly key: Uint8Array | null
  /** Milliseconds since 1970, event time. */
  readonly timestamp: number
  /** What the record's source partition had just before it, ms since 1970; `-Infinity`: none. */
  readonly watermark: number
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: string }
  /** The batch's fixed clock, ms since 1970. */
  readonly now: number
  /** 0 <= r < 1, the same again when the record is run again. */
  random(): number
  /** Keyed state of this record's key. */
  state(name: string): GuestState
  /** Sets a timer for this record's key, ms since 1970; one with the same tag, time and domain is the same timer. */
  timer(tag: string, time: number, domain: "event" | "processing"): void
  /** Takes a timer back, if there is one. */
  cancelTimer(tag: string, time: number, domain: "event" | "processing"): void
  /**
   * Gives a result of this call event time of its own, ms since 1970, instead of the record's; `watermark` is what it is
   * judged late by (`-Infinity`: never late). The value is known by its identity. Such a result has no headers.
   */
  stamp(value: object, timestamp: number, watermark: number): void
  /** Makes a result of this call the delete of what has its key. Known by its identity. Such a result has no headers. */
  tombstone(value: object): void
}

export interface GuestState {
  /** undefined when the key has no value. Values are as the state's Avro schema decodes. */
  get(mapKey?: unknown): unknown
  set(value: unknown, mapKey?: unknown): void
  delete(mapKey?: unknown): void
  /** Map state: the keys and values, in the order of their key bytes. */
  entries(): Iterable<readonly [unknown, unknown]>
}

/** What the harness gives a plugin when it is opened. Nothing else reaches a guest. */
export interface GuestHost {
  /** The function that the platform compiled from an expression in the config, by JSON pointer ("/where", "/fields/0/value"). */
  expression(pointer: string): ((row: unknown) => unknown) | undefined
  /** Avro schema (JSON text) of the values that a body gets at this input; undefined where there is none. A sink that writes Avro needs it. */
  schema(input: string): string | undefined
  /** Asks the worker. `handle` is the name in `uses`. Answers through the callback, after this call returned. */
  request(
    handle: string,
    operation: string,
    payloadJson: string,
    bytes: Uint8Array | undefined,
    reply: GuestReply
  ): void
  /** Looks a row up (undefined: none) in a lookup table that is whole in the guest. `key`: the table's key value, or an array for a composite key. */
  lookup(handle: string, key: unknown): unknown
  log(level: "debug" | "info" | "warn" | "error", message: string, fieldsJson: string): void
  metric(handle: string, kind: "counter" | "histogram", labelsJson: string, value: number): void
}

export type GuestReply = (
  error: { readonly code: string; readonly message: string } | undefined,
  resultJson: string,
  bytes: Uint8Array | undefined
) => void

export interface GuestSource {
  readonly kind: "source"
  /** The partitions to read: names that are stable for ever. */
  partitions(): GuestResult
  /**
   * The next records after a position (JSON text; undefined at first). Everything that the next call needs is in the
   * position: module variables may vanish between calls. Answers a {@link SourceRead}.
   */
  read(partition: string, positionJson: string | undefined, budget: SourceBudget): GuestResult
}
export interface SourceBudget {
  readonly maxRecords: number
  readonly maxBytes: number
  readonly now: number
}
export interface SourceRead {
  readonly records: readonly SourceRecord[]
  readonly positionJson: string
  /** `more`: call again at once. `idle`: nothing for now, call again after `waitMs`. `end`: a bounded source is done. */
  readonly next: "more" | "idle" | "end"
  readonly waitMs?: number
  /** Records of the outside world that fit no contract: they become dead letters, `at` says where they stood. */
  readonly rejected?: readonly { readonly at: string; readonly reason: string; readonly raw: string }[]
}
export interface SourceRecord {
  /** null is a tombstone. */
  readonly value: unknown
  /** Of a tombstone alone: the key's bytes. */
  readonly key?: Uint8Array | null
  readonly timestamp?: number
  readonly headers?: readonly (readonly [string, Uint8Array])[]
}

export interface GuestSink {
  readonly kind: "sink"
  readonly transactional: boolean
  /** Answers a {@link SinkWrite}. */
  write(batch: readonly SinkRecord[], info: SinkBatch): GuestResult
  /** Transactional only: makes what the token names visible. May be called again with the same token. */
  commit?(tokenJson: string, info: SinkBatch): GuestResult
  /** Transactional only: called once at start with the last committed token (undefined: none), before any write. */
  recover?(tokenJson: string | undefined, info: SinkBatch): GuestResult
}
export interface SinkRecord {
  /** Of this record alone, and the same again when it is written again. */
  readonly id: string
  readonly value: unknown
  readonly key: Uint8Array | null
  readonly timestamp: number
  readonly headers: readonly (readonly [string, Uint8Array])[]
}
export interface SinkBatch {
  /** The same again when the batch is written again after a kill. */
  readonly id: string
  readonly partition: number
  readonly firstOffset: string
  readonly lastOffset: string
  /** The token of the last commit, JSON text. */
  readonly tokenJson: string | undefined
  /** No record will follow: finish what is open. */
  readonly end: boolean
  readonly now: number
}
export interface SinkWrite {
  /** Positions in the batch that failed, with why; empty: all were written. */
  readonly failed: readonly { readonly index: number; readonly reason: string }[]
  /** Transactional only: what `commit` and `recover` need, JSON text. */
  readonly tokenJson?: string
}

/** What `derive` is asked: the node's config and, by input and table name, the schema that arrives there. */
export interface DeriveRequest {
  readonly config: unknown
  readonly inputs: { readonly [input: string]: DeriveInput }
  readonly tables: { readonly [table: string]: DeriveInput }
  /** By JSON pointer: what each expression in the config gives, and the top-level fields it reads. Checked before `derive` is asked. */
  readonly expressions: { readonly [pointer: string]: DeriveExpression }
}
export interface DeriveExpression {
  /** Avro schema of the result, JSON form; a union with null where it may be null. */
  readonly schema: unknown
  readonly fields: readonly string[]
  /** The field, where the expression is nothing but its name: such an output can be copied as bytes. */
  readonly column?: string
}
export interface DeriveInput {
  /** Avro schema, JSON form. */
  readonly schema: unknown
  readonly key: readonly string[]
}
export type DeriveReply =
  | { readonly ok: DerivedContract }
  | { readonly error: { readonly path: string; readonly message: string } }
export interface DerivedContract {
  /** By input: the fields that the body reads. Default: none. `*`: whole records. */
  readonly reads?: { readonly [input: string]: readonly string[] | "*" }
  /** Avro record schema in JSON form, or "same". A sink has "none". */
  readonly output: unknown
  /** Output field -> input field, copied as bytes. */
  readonly copies?: { readonly [outputField: string]: string }
  /** The key of the output; default: the input's. */
  readonly key?: readonly string[]
  /** Output field -> the input fields it comes from ("field" or "table.field"), beyond `copies`. */
  readonly lineage?: { readonly [outputField: string]: readonly string[] }
  /** By name, where an output is not as the contract itself says; its schema, and whether it has a key of its own. */
  readonly outputs?: {
    readonly [output: string]: { readonly output: unknown; readonly key?: readonly string[] }
  }
  /** Handle of keyed state -> Avro schema of its values, JSON form, where it is known only now. */
  readonly state?: { readonly [handle: string]: unknown }
}
