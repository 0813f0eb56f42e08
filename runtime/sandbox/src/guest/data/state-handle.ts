import type { GuestState } from "@millrace/sdk/guest"
import { noExpiry } from "@millrace/sdk/record"
import { keyIdOf } from "./key-id.ts"
import type { Held } from "./map-entries.ts"
import { TypeErrorOf } from "../realm/primordials.ts"
import type { Cell, StateJournal } from "./state-cell.ts"
import type { StateDefinition, StateStore } from "./state-store.ts"

/** What a body gets of one state of its record's key. Throws a TypeError when the call that it was given in is over. */
export class StateHandle implements GuestState {
  readonly #store: StateStore
  readonly #definition: StateDefinition
  readonly #cell: Cell
  readonly #journal: StateJournal
  readonly #call: number

  constructor(store: StateStore, definition: StateDefinition, cell: Cell, journal: StateJournal) {
    this.#store = store
    this.#definition = definition
    this.#cell = cell
    this.#journal = journal
    this.#call = store.call
  }

  get(mapKey?: unknown): unknown {
    const cell = this.#open()
    const definition = this.#definition
    const held = definition.isMap ? cell.entries?.get(mapIdOf(definition, mapKey)) : cell.value
    return this.#decode(held)
  }

  set(value: unknown, mapKey?: unknown): void {
    const cell = this.#open()
    const definition = this.#definition
    const key = definition.isMap ? mapKeyOf(definition, mapKey) : undefined
    this.#store.touch(definition, cell)
    const held = this.#store.encode(definition, value)
    if (key === undefined) cell.set(held, this.#journal)
    else cell.setEntry(key, keyIdOf(key, 0, key.length), held, this.#journal)
  }

  delete(mapKey?: unknown): void {
    const cell = this.#open()
    const definition = this.#definition
    this.#store.touch(definition, cell)
    if (!definition.isMap) cell.set(undefined, this.#journal)
    else if (mapKey === undefined) cell.clear(this.#journal)
    else {
      const key = mapKeyOf(definition, mapKey)
      cell.setEntry(key, keyIdOf(key, 0, key.length), undefined, this.#journal)
    }
  }

  entries(): (readonly [unknown, unknown])[] {
    const definition = this.#definition
    const found: (readonly [unknown, unknown])[] = []
    this.#open().entries?.forEach((held, mapKey) => {
      if (!this.#isExpired(held))
        found[found.length] = [definition.mapKey?.fromKey(mapKey), this.#decode(held)]
    })
    return found
  }

  #open(): Cell {
    if (this.#call !== this.#store.call)
      throw new TypeErrorOf("keyed state is the record's: it cannot be kept for a later batch")
    return this.#cell
  }

  #decode(held: Held | undefined): unknown {
    if (held === undefined || this.#isExpired(held)) return undefined
    return this.#definition.codec.read(held.bytes, held.start, held.end)
  }

  #isExpired(held: Held): boolean {
    return held.expiry !== noExpiry && held.expiry <= this.#store.now
  }
}

function mapIdOf(definition: StateDefinition, mapKey: unknown): string {
  const key = mapKeyOf(definition, mapKey)
  return keyIdOf(key, 0, key.length)
}

function mapKeyOf(definition: StateDefinition, mapKey: unknown): Uint8Array {
  if (definition.mapKey === undefined || mapKey === undefined || mapKey === null) {
    throw new TypeErrorOf("a map's key must be given and not be null")
  }
  return definition.mapKey.toKey(mapKey)
}
