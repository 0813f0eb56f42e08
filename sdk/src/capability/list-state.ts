import * as Schema from "effect/Schema"
import type { Capability } from "./capability.ts"
import { listHandle, listMigrations } from "./list-state-boundary.ts"
import { lifeOf, type StateOptions } from "./state.ts"

/** A list per key. Reads and writes are memory; what a failed record wrote is undone. */
export interface ListState<A> {
  /** All values, in the order in which they were appended. */
  get(): readonly A[]
  /** Costs the same however long the list is. */
  append(value: A): void
  /** Puts these in the place of all there are. */
  set(values: readonly A[]): void
  clear(): void
}

/** Keyed state of a list of values. With `ttlMs`, each value lives so long after it was appended. */
export const listState = <S extends Schema.Top, const F extends readonly Schema.Top[] = readonly []>(
  schema: S,
  options: StateOptions<S["Type"], F> = {}
): Capability<ListState<S["Type"]>, true> => ({
  keyed: true,
  need: {
    need: "state",
    kind: "map",
    schema: listEntry(schema),
    mapKey: Schema.Int,
    ...lifeOf(options.ttlMs),
    migrate: listMigrations(options.migrate, listEntry),
    make: (record, name) => listHandle<S["Type"]>(record.state(name))
  }
})

/** What lies under each place: one value; and under -1, no value, but the place that the next one takes. */
const listEntry = (schema: Schema.Top) => Schema.Struct({ next: Schema.Int, items: Schema.Array(schema) })
