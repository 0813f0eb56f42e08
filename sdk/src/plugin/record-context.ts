import type { HandleOf } from "../capability/capability.ts"

/** Everything of a record but its value, and the config; beside them stand the handles of `uses`. */
export interface RecordContext<Config> {
  readonly config: Config
  /** The record key's bytes (docs/formats/key.md). */
  readonly key: Uint8Array | null
  /** Event time, ms since 1970. */
  readonly timestamp: number
  /**
   * The watermark that the record's source partition had just before it, ms since 1970; `-Infinity`: none. A record whose
   * timestamp is below it is late. It depends neither on how batches are cut nor on partitions downstream.
   */
  readonly watermark: number
  readonly headers: readonly (readonly [name: string, value: Uint8Array])[]
  readonly position: { readonly topic: string; readonly partition: number; readonly offset: string }
  /** The batch's clock, ms since 1970: the same when the record is run again. */
  readonly now: number
  /** 0 <= r < 1; draws the same numbers again when the record is run again. */
  readonly random: () => number
  /**
   * Gives an output event time of its own instead of the record's, and answers it: `return [stamp(row, end)]`. `timestamp`:
   * ms since 1970. `watermark`: what it is judged late by; absent: it is never late. It has no headers then.
   */
  readonly stamp: <Value extends object>(value: Value, timestamp: number, watermark?: number) => Value
  /** Makes an output the delete of what has its key, and answers it: `return [tombstone(row)]`. It has no headers. */
  readonly tombstone: <Value extends object>(value: Value) => Value
}

/** Names that a capability cannot take, for the context has them already. */
export const recordContextNames = [
  "config",
  "key",
  "timestamp",
  "watermark",
  "headers",
  "position",
  "now",
  "random",
  "stamp",
  "tombstone"
] as const

/** The handles of `uses`, under their names. */
export type Handles<U> = { readonly [K in keyof U]: HandleOf<U[K]> }

/** The second argument of a processor's body. */
export type Context<Config, U> = RecordContext<Config> & Handles<U>
