import type * as Schema from "effect/Schema"
import type { Capability } from "./capability.ts"
import { mapHandle, migrationsOf, valueHandle } from "./state-boundary.ts"

/** Keyed state's options. `Now`: its values; `Froms`: the schemas of values of earlier versions. */
export interface StateOptions<Now = unknown, Froms extends readonly Schema.Top[] = readonly []> {
  /** Milliseconds that a value lives after its last write; absent: for ever. */
  readonly ttlMs?: number
  /**
   * What becomes of values of earlier versions that the schema cannot read by itself: of the first whose `from` is what is
   * kept, else can read it. Called for each value when the new version is applied, before it starts; a throw refuses the
   * version, and the one before goes on. A plain function of the value: it sees nothing else.
   */
  readonly migrate?: {
    readonly [I in keyof Froms]: {
      readonly from: Froms[I]
      readonly to: (old: Froms[I]["Type"]) => NoInfer<Now>
    }
  }
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
export function valueState<S extends Schema.Top, const F extends readonly Schema.Top[] = readonly []>(
  schema: S,
  options: StateOptions<S["Type"], F> & { readonly initial: S["Type"] }
): Capability<ValueState<S["Type"]>, true>
export function valueState<S extends Schema.Top, const F extends readonly Schema.Top[] = readonly []>(
  schema: S,
  options?: StateOptions<S["Type"], F>
): Capability<ValueState<S["Type"] | undefined>, true>
export function valueState<S extends Schema.Top, const F extends readonly Schema.Top[] = readonly []>(
  schema: S,
  options: StateOptions<S["Type"], F> & { readonly initial?: S["Type"] } = {}
): Capability<ValueState<S["Type"]>, true> {
  return {
    keyed: true,
    need: {
      need: "state",
      kind: "value",
      schema,
      ...lifeOf(options.ttlMs),
      migrate: migrationsOf(options.migrate),
      make: (record, name) => valueHandle<S["Type"]>(record.state(name), options.initial)
    }
  }
}

/** Keyed state of many values, each under a key of its own. */
export const mapState = <
  K extends Schema.Top,
  V extends Schema.Top,
  const F extends readonly Schema.Top[] = readonly []
>(
  key: K,
  value: V,
  options: StateOptions<V["Type"], F> = {}
): Capability<MapState<K["Type"], V["Type"]>, true> => ({
  keyed: true,
  need: {
    need: "state",
    kind: "map",
    schema: value,
    mapKey: key,
    ...lifeOf(options.ttlMs),
    migrate: migrationsOf(options.migrate),
    make: (record, name) => mapHandle<K["Type"], V["Type"]>(record.state(name))
  }
})

/** A need's `ttlMs`, where there is one. */
export const lifeOf = (ttlMs: number | undefined) => (ttlMs === undefined ? {} : { ttlMs })
