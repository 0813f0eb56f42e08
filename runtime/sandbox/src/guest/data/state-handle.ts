import type { GuestState } from "@millrace/sdk/guest"
import { noExpiry } from "@millrace/sdk/record"
import { keyIdOf, keyOfId } from "./key-id.ts"
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
    const mapId = definition.isMap ? mapIdOf(definition, mapKey) : undefined
    this.#store.touch(definition, cell)
    cell.set(mapId, this.#store.encode(definition, value), this.#journal)
  }

  delete(mapKey?: unknown): void {
    const cell = this.#open()
    const definition = this.#definition
    this.#store.touch(definition, cell)
    if (!definition.isMap) cell.set(undefined, undefined, this.#journal)
    else if (mapKey === undefined) cell.clear(this.#journal)
    else cell.set(mapIdOf(definition, mapKey), undefined, this.#journal)
  }

  entries(): (readonly [unknown, unknown])[] {
    const definition = this.#definition
    const found: (readonly [unknown, unknown])[] = []
    this.#open().entries?.forEach((held, id) => {
      if (this.#isExpired(held)) return
      const key = keyOfId(id)
      found[found.length] = [key === null ? null : definition.mapKey?.fromKey(key), this.#decode(held)]
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
  if (definition.mapKey === undefined || mapKey === undefined || mapKey === null) {
    throw new TypeErrorOf("a map's key must be given and not be null")
  }
  const key = definition.mapKey.toKey(mapKey)
  return keyIdOf(key, 0, key.length)
}
