import type * as Schema from "effect/Schema"
import type { Uses } from "../capability/capability.ts"
import type { BodyEffect } from "./body-types.ts"
import type { AnyContract } from "./contract.ts"
import type { definitionKey, SinkDefinition } from "./definition.ts"
import type { Derive, DerivedRow } from "./derive.ts"
import type { OpenFields, RowOf } from "./open-field.ts"
import type { AnyConfig, ConfigOf } from "./processor-types.ts"
import type { Handles } from "./record-context.ts"
import { sinkOf } from "./sink-boundary.ts"

/** A sink: what `defineSink` answers. */
export interface Sink<In, Config> {
  readonly kind: "sink"
  readonly name: string
  readonly [definitionKey]: SinkDefinition
  /** In types only. */
  readonly "~types"?: { readonly in: In; readonly config: Config }
}

/** A record to write; the value is null for a tombstone. */
export interface SinkRecord<Value> {
  /**
   * Of this record alone, and the same again when it is written again after a kill, however the batch is cut then: what
   * an idempotency key is made of. A pipeline that begins anew may give it to another record.
   */
  readonly id: string
  readonly value: Value | null
  readonly key: Uint8Array | null
  /** Event time, ms since 1970. */
  readonly timestamp: number
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
}

/** What every call of a sink is told. */
export interface SinkCall<Config> {
  readonly config: Config
  /** Avro schema (JSON text) of the values. */
  readonly schema: string
  readonly partition: number
  /** The call's clock, ms since 1970. */
  readonly now: number
}

/** What a write is told beside the batch. */
export interface SinkContext<Config, Token> extends SinkCall<Config> {
  /** The same again when the batch is written again after a kill: an idempotency key. */
  readonly id: string
  readonly firstOffset: bigint
  readonly lastOffset: bigint
  /** The token of the last commit. */
  readonly token: Token | undefined
  /** No record will follow: finish what is open. */
  readonly end: boolean
}

/** Records of the batch that could not be written, by their index: they become dead letters, the others count as written. */
export interface FailedRecord {
  readonly index: number
  readonly reason: string
}

type WriteAnswer<T> = [T] extends [never]
  ? void | { readonly failed: readonly FailedRecord[] }
  : { readonly token: TokenOf<T>; readonly failed?: readonly FailedRecord[] }
type TokenOf<T> = T extends { readonly Type: infer A } ? A : never
type Call<A> = A | Generator<BodyEffect, A, never>

export interface SinkOptions<
  I extends AnyContract,
  R extends OpenFields,
  C extends AnyConfig,
  U extends Uses,
  T
> {
  /** Unique in its package; letters, digits and hyphens. */
  readonly name: string
  readonly description?: string
  /** Closed: whole records. Give `input`, `reads` or `derive`. */
  readonly input?: I
  /** Open: any record that has these fields. */
  readonly reads?: R
  /** Derived: answers `{ reads, output: "none" }` when a pipeline is planned; `reads: { input: "*" }` for whole records. */
  readonly derive?: Derive<ConfigOf<C>>
  readonly config?: C
  readonly uses?: U
  /** When a batch closes. Defaults: 1,000 records, 1,000 ms. */
  readonly batch?: { readonly maxRecords?: number; readonly maxDelayMs?: number }
  /**
   * Writes a batch. Called again with the same `id` after a kill. At-least-once, unless there is a `transaction`: then
   * nothing of it may be visible before `commit` of the token that this answers.
   */
  readonly write: (
    batch: readonly SinkRecord<SinkValue<I, R>>[],
    context: SinkContext<ConfigOf<C>, TokenOf<T>> & Handles<U>
  ) => Call<WriteAnswer<NoInfer<T>>>
  readonly transaction?: {
    /** Schema of what `commit` and `recover` need; its encoded side is kept as JSON in the commit. */
    readonly token: T
    /** Makes visible what the token names. Called after the runtime's own commit, maybe more than once, maybe by another process. */
    readonly commit: (token: TokenOf<NoInfer<T>>, context: SinkCall<ConfigOf<C>> & Handles<U>) => Call<void>
    /** Once at each start, before any write: finishes the last committed token and removes what was written after it. */
    readonly recover: (
      token: TokenOf<NoInfer<T>> | undefined,
      context: SinkCall<ConfigOf<C>> & Handles<U>
    ) => Call<void>
  }
}

type SinkValue<I, R> = [keyof R] extends [never]
  ? I extends { readonly Type: infer A }
    ? unknown extends A
      ? DerivedRow
      : A
    : DerivedRow
  : RowOf<R>

/** Declares a sink. It has its own durable cursor; batches of one partition come in order, one at a time. */
export const defineSink = <
  I extends AnyContract,
  R extends OpenFields = {},
  C extends AnyConfig = Schema.Struct<{}>,
  U extends Uses = {},
  T extends Schema.Top = never
>(
  options: SinkOptions<I, R, C, U, T>
): Sink<SinkValue<I, R>, ConfigOf<C>> => sinkOf(options)
