import type { GuestState } from "@millrace/sdk/guest"
import { ByteSink, encodeTimer, noExpiry, StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import type { GuestMapKey, GuestValueCodec } from "./codec-shape.ts"
import { keyIdOf, keyOfId, nullKeyId } from "./key-id.ts"
import { sha256 } from "../realm/hmac.ts"
import {
  makeList,
  mapDelete,
  mapForEach,
  mapGet,
  MapOf,
  mapSet,
  sortInPlace,
  TypeErrorOf
} from "../realm/primordials.ts"

export interface StateDefinition {
  readonly name: string
  /** Index in the node's manifest. */
  readonly index: number
  readonly isMap: boolean
  /** 0: values live for ever. */
  readonly ttlMs: number
  readonly codec: GuestValueCodec
  readonly mapKey: GuestMapKey | undefined
}

interface Held {
  readonly bytes: Uint8Array
  readonly expiry: number
}

/** One state of one key: what came with the batch, as the bodies have changed it. */
class Cell {
  readonly keyId: string
  value: Held | undefined = undefined
  /** By id of the map key. */
  entries: Map<string, Held> | undefined = undefined
  touched = false
  cleared = false
  /** Ids of map keys that were put or deleted since. */
  readonly changed: Map<string, boolean> = new MapOf()

  constructor(keyId: string) {
    this.keyId = keyId
  }
}

/** What takes one change back; a record's changes form a list from the newest to the oldest. */
interface Undo {
  readonly cell: Cell
  readonly mapId: string | undefined
  readonly value: Held | undefined
  readonly entries: Map<string, Held> | undefined
  readonly next: Undo | undefined
}

/** The changes of one record in hand: they vanish together when it fails. */
export class StateJournal {
  last: Undo | undefined = undefined
}

/**
 * Keyed state of the batch in hand: memory, not calls. Values are kept as bytes, encoded when they are set, so that a body
 * that changes an object it got changes nothing until it sets it.
 */
export class StateStore {
  private readonly definitions: readonly StateDefinition[]
  private readonly cells: Map<string, Cell>[] = makeList()
  private readonly scratch: ByteSink = new ByteSink(8 * 1024 * 1024, 256)
  private now = 0

  constructor(definitions: readonly StateDefinition[]) {
    this.definitions = definitions
  }

  /** `entries`: state entries of the batch's keys, in order. A key that is not there is absent. */
  load(entries: Uint8Array, now: number): void {
    this.now = now
    this.cells.length = 0
    for (let i = 0; i < this.definitions.length; i++) this.cells[i] = new MapOf()
    const cursor = new StateEntryCursor(entries)
    while (cursor.next()) {
      const place = this.placeOf(cursor.state)
      if (place >= 0) this.enter(place, cursor)
    }
  }

  private placeOf(index: number): number {
    for (let i = 0; i < this.definitions.length; i++) if (this.definitions[i].index === index) return i
    return -1
  }

  private enter(place: number, cursor: StateEntryCursor): void {
    const cell = this.cell(place, keyIdOf(cursor.bytes, cursor.keyStart, cursor.keyEnd))
    const held = cursor.operation === "put" ? { bytes: cursor.value(), expiry: cursor.expiry } : undefined
    if (cursor.mapKeyStart < 0) {
      cell.value = held
      cell.entries = undefined
      return
    }
    const mapId = keyIdOf(cursor.bytes, cursor.mapKeyStart, cursor.mapKeyEnd)
    cell.entries ??= new MapOf()
    if (held === undefined) mapDelete(cell.entries, mapId)
    else mapSet(cell.entries, mapId, held)
  }

  private cell(place: number, keyId: string): Cell {
    const cells = this.cells[place]
    const known = mapGet(cells, keyId)
    if (known !== undefined) return known
    const cell = new Cell(keyId)
    mapSet(cells, keyId, cell)
    return cell
  }

  /** The handle that a body gets. Throws a TypeError for a name that is not declared. */
  handle(name: string, keyId: string, journal: StateJournal): GuestState {
    for (let i = 0; i < this.definitions.length; i++) {
      if (this.definitions[i].name === name)
        return this.open(this.definitions[i], this.cell(i, keyId), journal)
    }
    throw new TypeErrorOf("no state is declared under this name")
  }

  /** Sets a timer of a record key, or takes it back. `state`: the index that its kind of timer has. */
  changeTimer(
    state: number,
    isSet: boolean,
    timer: { readonly time: number; readonly key: Uint8Array | null; readonly tag: Uint8Array },
    journal: StateJournal
  ): void {
    const place = this.placeOf(state)
    if (place < 0) throw new TypeErrorOf("the plugin declares no timers")
    const { mapKey, value } = encodeTimer(timer, sha256)
    const cell = this.cell(place, nullKeyId)
    const mapId = keyIdOf(mapKey, 0, mapKey.length)
    if (!isSet) this.remove(cell, mapId, journal)
    else this.hold(cell, mapId, { bytes: value, expiry: noExpiry }, journal)
  }

  private open(definition: StateDefinition, cell: Cell, journal: StateJournal): GuestState {
    if (!definition.isMap) {
      return {
        get: () => this.decode(definition, cell.value),
        set: (value) => this.put(definition, cell, undefined, value, journal),
        delete: () => this.remove(cell, undefined, journal),
        entries: () => []
      }
    }
    return {
      get: (mapKey) =>
        this.decode(definition, mapGet(cell.entries ?? new MapOf(), mapIdOf(definition, mapKey))),
      set: (value, mapKey) => this.put(definition, cell, mapIdOf(definition, mapKey), value, journal),
      delete: (mapKey) => {
        if (mapKey === undefined) this.clear(cell, journal)
        else this.remove(cell, mapIdOf(definition, mapKey), journal)
      },
      entries: () => this.entries(definition, cell)
    }
  }

  private decode(definition: StateDefinition, held: Held | undefined): unknown {
    if (held === undefined || this.isExpired(held)) return undefined
    return definition.codec.read(held.bytes, 0, held.bytes.length)
  }

  private isExpired(held: Held): boolean {
    return held.expiry !== noExpiry && held.expiry <= this.now
  }

  private entries(definition: StateDefinition, cell: Cell): (readonly [unknown, unknown])[] {
    const ids = makeList<string>()
    if (cell.entries !== undefined) {
      mapForEach(cell.entries, (held, id) => {
        if (!this.isExpired(held)) ids[ids.length] = id
      })
    }
    sortInPlace(ids, (a, b) => (a < b ? -1 : a > b ? 1 : 0))
    const found: (readonly [unknown, unknown])[] = []
    for (let i = 0; i < ids.length; i++) {
      const key = keyOfId(ids[i])
      const mapKey = key === null ? null : definition.mapKey?.fromKey(key)
      found[i] = [mapKey, this.decode(definition, mapGet(cell.entries ?? new MapOf(), ids[i]))]
    }
    return found
  }

  private put(
    definition: StateDefinition,
    cell: Cell,
    mapId: string | undefined,
    value: unknown,
    journal: StateJournal
  ): void {
    this.scratch.length = 0
    definition.codec.write(value, this.scratch)
    const held = {
      bytes: this.scratch.toBytes(),
      expiry: definition.ttlMs > 0 ? this.now + definition.ttlMs : noExpiry
    }
    this.hold(cell, mapId, held, journal)
  }

  private hold(cell: Cell, mapId: string | undefined, held: Held, journal: StateJournal): void {
    this.note(cell, mapId, journal)
    if (mapId === undefined) {
      cell.value = held
      return
    }
    cell.entries ??= new MapOf()
    mapSet(cell.entries, mapId, held)
  }

  private remove(cell: Cell, mapId: string | undefined, journal: StateJournal): void {
    this.note(cell, mapId, journal)
    if (mapId === undefined) cell.value = undefined
    else if (cell.entries !== undefined) mapDelete(cell.entries, mapId)
  }

  private clear(cell: Cell, journal: StateJournal): void {
    journal.last = { cell, mapId: undefined, value: cell.value, entries: cell.entries, next: journal.last }
    cell.touched = true
    cell.cleared = true
    cell.entries = undefined
  }

  private note(cell: Cell, mapId: string | undefined, journal: StateJournal): void {
    const value = mapId === undefined ? cell.value : mapGet(cell.entries ?? new MapOf(), mapId)
    journal.last = { cell, mapId, value, entries: cell.entries, next: journal.last }
    cell.touched = true
    if (mapId !== undefined) mapSet(cell.changed, mapId, true)
  }

  /** Takes a record's changes back; what was touched stays touched, and is then written as it was. */
  rollback(journal: StateJournal): void {
    for (let undo = journal.last; undo !== undefined; undo = undo.next) {
      if (undo.mapId === undefined) {
        undo.cell.value = undo.value
        undo.cell.entries = undo.entries
      } else if (undo.cell.entries !== undefined) {
        if (undo.value === undefined) mapDelete(undo.cell.entries, undo.mapId)
        else mapSet(undo.cell.entries, undo.mapId, undo.value)
      }
    }
    journal.last = undefined
  }

  /** Entries for all that changed, as it is now. Throws a FrameFault `TOO_LARGE` beyond 8 MiB. */
  changes(): Uint8Array {
    const writer = new StateEntryWriter()
    for (let i = 0; i < this.definitions.length; i++) {
      const definition = this.definitions[i]
      mapForEach(this.cells[i], (cell) => {
        if (cell.touched) writeCell(writer, definition, cell)
      })
    }
    return writer.finish()
  }
}

function writeCell(writer: StateEntryWriter, definition: StateDefinition, cell: Cell): void {
  const key = keyOfId(cell.keyId)
  if (!definition.isMap) {
    if (cell.value === undefined) writer.delete(definition.index, key, undefined)
    else writer.put(definition.index, key, undefined, cell.value.expiry, cell.value.bytes)
    return
  }
  const entries: Map<string, Held> = cell.entries ?? new MapOf()
  if (cell.cleared) {
    // A clear may since have been taken back, so everything that is there now follows it.
    writer.clear(definition.index, key)
    mapForEach(entries, (held, id) =>
      writer.put(definition.index, key, keyOfId(id) ?? undefined, held.expiry, held.bytes)
    )
    return
  }
  mapForEach(cell.changed, (_changed, id) => {
    const held = mapGet(entries, id)
    const mapKey = keyOfId(id) ?? undefined
    if (held === undefined) writer.delete(definition.index, key, mapKey)
    else writer.put(definition.index, key, mapKey, held.expiry, held.bytes)
  })
}

function mapIdOf(definition: StateDefinition, mapKey: unknown): string {
  if (definition.mapKey === undefined || mapKey === undefined || mapKey === null) {
    throw new TypeErrorOf("a map's key must be given and not be null")
  }
  const key = definition.mapKey.toKey(mapKey)
  return keyIdOf(key, 0, key.length)
}
