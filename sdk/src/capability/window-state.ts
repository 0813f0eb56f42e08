import * as Schema from "effect/Schema"
import type { Capability } from "./capability.ts"
import { lifeOf, type StateOptions } from "./state.ts"
import { migrationsOf } from "./state-boundary.ts"
import { windowHandle } from "./window-state-boundary.ts"

/** A window of time, ms since 1970: from `start` to before `end`. */
export interface Window {
  readonly start: number
  readonly end: number
}

/** A value per key and window. Reads and writes are memory; what a failed record wrote is undone. */
export interface WindowState<A> {
  get(window: Window): A | undefined
  set(window: Window, value: A): void
  delete(window: Window): void
  /** In the order of their starts, then of their ends. */
  entries(): Iterable<readonly [Window, A]>
}

/** Keyed state of a value for each window that a body names. What is over is the body's to delete, or `ttlMs`'s. */
export const windowState = <S extends Schema.Top, const F extends readonly Schema.Top[] = readonly []>(
  schema: S,
  options: StateOptions<S["Type"], F> = {}
): Capability<WindowState<S["Type"]>, true> => ({
  keyed: true,
  need: {
    need: "state",
    kind: "map",
    schema,
    mapKey: Schema.String,
    ...lifeOf(options.ttlMs),
    migrate: migrationsOf(options.migrate),
    make: (record, name) => windowHandle<S["Type"]>(record.state(name))
  }
})
