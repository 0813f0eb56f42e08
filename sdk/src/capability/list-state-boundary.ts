import type * as Schema from "effect/Schema"
import type { GuestState } from "../guest/abi.ts"
import type { StateMigration } from "./capability.ts"
import type { ListState } from "./list-state.ts"
import { migrationsOf } from "./state-boundary.ts"

interface ListEntry<A> {
  readonly next: number
  readonly items: readonly A[]
}

/** Its place says where the next value goes; it is written last, and so lives as long as the newest value. */
const head = -1

/** The list's handle over a map of places. The one place where its values get their type, for the codec decoded them by their schema. */
class ListHandle<A> implements ListState<A> {
  readonly #state: GuestState
  constructor(state: GuestState) {
    this.#state = state
  }
  get(): readonly A[] {
    const entries = this.#state.entries() as Iterable<readonly [number, ListEntry<A>]>
    const values: A[] = []
    for (const [place, { items }] of entries) if (place !== head) values.push(...items)
    return values
  }
  append(value: A): void {
    const last = this.#state.get(head) as ListEntry<A> | undefined
    this.#put(last?.next ?? 0, [value])
  }
  set(values: readonly A[]): void {
    this.clear()
    if (values.length > 0) this.#put(0, values)
  }
  clear(): void {
    this.#state.delete()
  }
  #put(from: number, values: readonly A[]): void {
    for (const [index, value] of values.entries()) this.#state.set({ next: 0, items: [value] }, from + index)
    this.#state.set({ next: from + values.length, items: [] }, head)
  }
}

export const listHandle = <A>(state: GuestState): ListState<A> => new ListHandle(state)

/** Migrations of a list's values as those of its entries. */
export const listMigrations = (
  migrate: readonly unknown[] | undefined,
  entryOf: (schema: Schema.Top) => Schema.Top
): readonly StateMigration[] =>
  migrationsOf(migrate).map(({ from, to }) => ({
    from: entryOf(from),
    to: (old) => {
      const { items, next } = old as ListEntry<unknown>
      return { next, items: items.map(to) }
    }
  }))
