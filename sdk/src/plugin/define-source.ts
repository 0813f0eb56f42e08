import type * as Schema from "effect/Schema"
import type { Uses } from "../capability/capability.ts"
import type { BodyEffect } from "./body-types.ts"
import type { AnyContract } from "./contract.ts"
import type { definitionKey, SourceDefinition } from "./definition.ts"
import type { Derive } from "./derive.ts"
import type { AnyConfig, ConfigOf } from "./processor-types.ts"
import type { Handles } from "./record-context.ts"
import { sourceOf } from "./source-boundary.ts"

/** A source: what `defineSource` answers. */
export interface Source<Out, Config> {
  readonly kind: "source"
  readonly name: string
  readonly [definitionKey]: SourceDefinition
  /** In types only. */
  readonly "~types"?: { readonly out: Out; readonly config: Config }
}

/** What a read is told beside the position. */
export interface SourceContext<Config> {
  readonly config: Config
  /** Name of the source partition that is read. */
  readonly partition: string
  /** Stop before there are more records, or about more bytes, than these. */
  readonly maxRecords: number
  readonly maxBytes: number
  /** The call's clock, ms since 1970. */
  readonly now: number
}

/** A record that a source read. */
export interface SourceRecord<Value> {
  /** null is a tombstone: a delete of what has the {@link SourceRecord.key}. */
  readonly value: Value | null
  /** Of a tombstone alone: the key's bytes, as a record's key of these fields has them (docs/formats/key.md); default: the null key. */
  readonly key?: Uint8Array | null
  /** Event time, ms since 1970; default: the call's clock. */
  readonly timestamp?: number
  readonly headers?: readonly (readonly [name: string, value: Uint8Array])[]
}

/** Something in the outside world that fits no contract; it becomes a dead letter. */
export interface Rejected {
  /** Where it stood: `movies.json:17`. */
  readonly at: string
  readonly reason: string
  readonly raw: string
}

/** One read's answer. The position and the records become durable together. */
export interface SourceAnswer<Value, Position> {
  readonly records: readonly SourceRecord<Value>[]
  /** Where the next read begins: everything that it needs, for module variables may vanish between two reads. */
  readonly position: Position
  /** `more`: read again at once. `idle`: nothing for now, read again after `waitMs` (default 1,000). `end`: a bounded source is done. */
  readonly next: "more" | "idle" | "end"
  readonly waitMs?: number
  readonly rejected?: readonly Rejected[]
}

export interface SourceOptions<
  O extends AnyContract,
  P extends Schema.Top,
  C extends AnyConfig,
  U extends Uses
> {
  /** Unique in its package; letters, digits and hyphens. */
  readonly name: string
  readonly description?: string
  /** The contract of the records; without it, `derive` answers one. */
  readonly output?: O
  readonly derive?: Derive<ConfigOf<C>>
  readonly config?: C
  readonly uses?: U
  /** Schema of the place in the outside system from which a read goes on. Its encoded side is kept as JSON. */
  readonly position: P
  /**
   * True when every partition ends some time: its node becomes `completed`. Default false. `unless`: a key of the config whose
   * `true` makes a source endless.
   */
  readonly bounded?: boolean | { readonly unless: keyof ConfigOf<C> & string }
  /** The partitions to read: names that are stable for ever. Default: one, `0`. */
  readonly partitions?: (
    context: { readonly config: ConfigOf<C> } & Handles<U>
  ) => readonly string[] | Generator<BodyEffect, readonly string[], never>
  /** Partitions may be added while the source is read: they are asked for again after so many ms, 1,000 at least. Default: at each start alone. */
  readonly partitionsEveryMs?: number
  /** The next records after a position; undefined at first. Called for one partition at a time. */
  readonly read: (
    position: P["Type"] | undefined,
    context: SourceContext<ConfigOf<C>> & Handles<U>
  ) =>
    | SourceAnswer<NoInfer<O>["Type"], NoInfer<P>["Type"]>
    | Generator<BodyEffect, SourceAnswer<NoInfer<O>["Type"], NoInfer<P>["Type"]>, never>
}

/**
 * Declares a source: a stream that is resumable from a position. The runtime pulls: each `read` answers some records and
 * the position after them, which are committed together, so that none is lost or repeated.
 */
export const defineSource = <
  P extends Schema.Top,
  O extends AnyContract,
  C extends AnyConfig = Schema.Struct<{}>,
  U extends Uses = {}
>(
  options: SourceOptions<O, P, C, U>
): Source<O["Type"], ConfigOf<C>> => sourceOf(options)
