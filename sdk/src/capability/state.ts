import type * as Schema from "effect/Schema"
import type { Capability } from "./capability.ts"
import { mapHandle, valueHandle } from "./state-boundary.ts"

/** Keyed state's options. */
export interface StateOptions {
  /** Milliseconds that a value lives after its last write; absent: for ever. */
  readonly ttlMs?: number
}

/** One value per key. Reads and writes are memory; what a failed record wrote is undone. */
export interface ValueState<A> {
  /** The key's value, else `initial`, else undefined. */
  get(): A
  set(value: A & {}): void
  delete(): void
}

/** A map per key. Reads and writes are memory; what a failed record wrote is undone. */
export interface MapState<K, V> {
  get(key: K): V | undefined
  has(key: K): boolean
  set(key: K, value: V): void
  delete(key: K): void
  /** In the order of their key bytes. */
  entries(): Iterable<readonly [K, V]>
}

/** Keyed state of one value; `get` answers `initial` while the key has none, undefined without it. */
export function valueState<S extends Schema.Top>(
  schema: S,
  options: StateOptions & { readonly initial: S["Type"] }
): Capability<ValueState<S["Type"]>, true>
export function valueState<S extends Schema.Top>(
  schema: S,
  options?: StateOptions
): Capability<ValueState<S["Type"] | undefined>, true>
export function valueState<S extends Schema.Top>(
  schema: S,
  options: StateOptions & { readonly initial?: S["Type"] } = {}
): Capability<ValueState<S["Type"]>, true> {
  return {
    keyed: true,
    need: {
      need: "state",
      kind: "value",
      schema,
      ...lifeOf(options),
      make: (record, name) => valueHandle<S["Type"]>(record.state(name), options.initial)
    }
  }
}

/** Keyed state of many values, each under a key of its own. */
export const mapState = <K extends Schema.Top, V extends Schema.Top>(
  key: K,
  value: V,
  options: StateOptions = {}
): Capability<MapState<K["Type"], V["Type"]>, true> => ({
  keyed: true,
  need: {
    need: "state",
    kind: "map",
    schema: value,
    mapKey: key,
    ...lifeOf(options),
    make: (record, name) => mapHandle<K["Type"], V["Type"]>(record.state(name))
  }
})

const lifeOf = (options: StateOptions) => (options.ttlMs === undefined ? {} : { ttlMs: options.ttlMs })
