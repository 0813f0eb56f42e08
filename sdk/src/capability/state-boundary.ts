import type { GuestState } from "../guest/abi.ts"
import type { StateMigration } from "./capability.ts"
import type { MapState, ValueState } from "./state.ts"

/**
 * The state handles. The one place where a state's values get their type: the codec decoded them by the very schema
 * that the type comes from. Classes, since one is made for each record that asks: no closures.
 */
class ValueHandle<A> implements ValueState<A> {
  readonly #state: GuestState
  readonly #initial: A | undefined
  constructor(state: GuestState, initial: A | undefined) {
    this.#state = state
    this.#initial = initial
  }
  get(): A {
    const value = this.#state.get()
    return (value === undefined ? this.#initial : value) as A
  }
  set(value: A & {}): void {
    this.#state.set(value)
  }
  delete(): void {
    this.#state.delete()
  }
}

class MapHandle<K, V> implements MapState<K, V> {
  readonly #state: GuestState
  constructor(state: GuestState) {
    this.#state = state
  }
  get(key: K): V | undefined {
    return this.#state.get(key) as V | undefined
  }
  has(key: K): boolean {
    return this.#state.get(key) !== undefined
  }
  set(key: K, value: V): void {
    this.#state.set(value, key)
  }
  delete(key: K): void {
    this.#state.delete(key)
  }
  entries(): Iterable<readonly [K, V]> {
    return this.#state.entries() as Iterable<readonly [K, V]>
  }
}

export const valueHandle = <A>(state: GuestState, initial: A | undefined): ValueState<A> =>
  new ValueHandle(state, initial)

export const mapHandle = <K, V>(state: GuestState): MapState<K, V> => new MapHandle(state)

/** Migrations without the types of their values: the codec reads each by the very schema that its function's type comes from. */
export const migrationsOf = (migrate: readonly unknown[] | undefined): readonly StateMigration[] =>
  (migrate ?? []) as readonly StateMigration[]
