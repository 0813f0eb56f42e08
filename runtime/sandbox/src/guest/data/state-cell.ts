import type { StateEntryWriter } from "@millrace/sdk/record"
import { keyOfId } from "./key-id.ts"
import { MapEntries } from "./map-entries.ts"
import type { Held } from "./map-entries.ts"
import { mapForEach, MapOf, mapSet } from "../realm/primordials.ts"

/** What takes one change back; a record's changes form a list from the newest to the oldest. */
interface Undo {
  readonly cell: Cell
  readonly mapId: string | undefined
  readonly value: Held | undefined
  readonly entries: MapEntries | undefined
  readonly next: Undo | undefined
}

/** The changes of one record in hand: they vanish together when it fails. */
export class StateJournal {
  last: Undo | undefined = undefined

  /** Takes the record's changes back; what was touched stays touched, and is then written as it was. */
  rollback(): void {
    for (let undo = this.last; undo !== undefined; undo = undo.next) {
      const { cell, entries, mapId, value } = undo
      if (mapId === undefined) {
        cell.value = value
        cell.entries = entries
      } else if (cell.entries !== undefined) cell.entries.set(mapId, value)
    }
    this.last = undefined
  }
}

/** One state of one key: what came with the batch, as the bodies have changed it. */
export class Cell {
  readonly keyId: string
  value: Held | undefined = undefined
  entries: MapEntries | undefined = undefined
  isTouched = false
  private isCleared = false
  /** Map keys that were put or deleted since, by id. */
  private changed: Map<string, Uint8Array> | undefined = undefined

  constructor(keyId: string) {
    this.keyId = keyId
  }

  /** Undefined: it is gone. */
  set(held: Held | undefined, journal: StateJournal): void {
    const { entries, value } = this
    journal.last = { cell: this, mapId: undefined, value, entries, next: journal.last }
    this.isTouched = true
    this.value = held
  }

  /** Of map state. `mapId`: the map key's. */
  setEntry(mapKey: Uint8Array, mapId: string, held: Held | undefined, journal: StateJournal): void {
    this.entries ??= new MapEntries()
    const { entries } = this
    journal.last = { cell: this, mapId, value: entries.get(mapId), entries, next: journal.last }
    this.isTouched = true
    this.changed ??= new MapOf()
    mapSet(this.changed, mapId, mapKey)
    entries.set(mapId, held)
  }

  clear(journal: StateJournal): void {
    const { entries, value } = this
    journal.last = { cell: this, mapId: undefined, value, entries, next: journal.last }
    this.isTouched = true
    this.isCleared = true
    this.entries = undefined
  }

  /** Writes what changed as it is now, and hands each value that was written to `wrote`. */
  write(writer: StateEntryWriter, state: number, isMap: boolean, wrote: (held: Held) => void): void {
    const key = keyOfId(this.keyId)
    const put = (held: Held, mapKey: Uint8Array | undefined): void => {
      writer.putRange(state, key, mapKey, held.expiry, held.bytes, held.start, held.end)
      wrote(held)
    }
    if (!isMap) {
      if (this.value === undefined) writer.delete(state, key, undefined)
      else put(this.value, undefined)
      return
    }
    const { changed, entries } = this
    if (this.isCleared) {
      // A clear may since have been taken back, so everything that is there now follows it.
      writer.clear(state, key)
      entries?.forEach(put)
      return
    }
    if (changed === undefined) return
    mapForEach(changed, (mapKey, id) => {
      const held = entries?.get(id)
      if (held === undefined) writer.delete(state, key, mapKey)
      else put(held, mapKey)
    })
  }

  /** What changed is known to all: nothing has changed since. */
  settle(): void {
    this.isTouched = false
    this.isCleared = false
    this.changed = undefined
    this.entries?.settle()
  }
}
