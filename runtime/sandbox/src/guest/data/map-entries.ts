import { StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import { keyIdOf, keyOfId } from "./key-id.ts"
import {
  charCodeAt,
  makeList,
  mapDelete,
  mapForEach,
  mapGet,
  MapOf,
  mapSet,
  mapSize,
  sortInPlace
} from "../realm/primordials.ts"

/** A value's bytes, within a run of bytes that it may share with others. */
export interface Held {
  bytes: Uint8Array
  start: number
  end: number
  /** ms since 1970; 0: never. */
  readonly expiry: number
}

/** So many changes lie beside the packed entries at most, or a quarter as many as those are. */
const looseEntries = 32
const nothing = new Uint8Array(0)
const noEntries = new StateEntryCursor(nothing)

/**
 * The entries of one map. What came with a call stays as it came, state entries in the order of their map keys, of which one
 * is taken apart when it is asked for; what was changed since lies beside it. So a map of many entries takes little memory,
 * and costs nothing where it is not looked at.
 */
export class MapEntries {
  private bytes: Uint8Array = nothing
  private starts: number[] = makeList()
  /** Where the map keys of the packed ones lie: what is looked for is compared without taking an entry apart. */
  private keyStarts: number[] = makeList()
  private keyEnds: number[] = makeList()
  private cursor: StateEntryCursor = noEntries
  /** By id of the map key; null: deleted. */
  private loose: Map<string, Held | null> = new MapOf()

  /** An entry that came with the call; it stands over what came before. */
  enter(cursor: StateEntryCursor): void {
    const isPut = cursor.operation === "put"
    if (isPut && mapSize(this.loose) === 0 && this.follows(cursor)) {
      if (this.starts.length === 0) {
        this.bytes = cursor.bytes
        this.cursor = new StateEntryCursor(cursor.bytes)
      }
      this.pack(cursor)
      return
    }
    const id = keyIdOf(cursor.bytes, cursor.mapKeyStart, cursor.mapKeyEnd)
    this.set(id, isPut ? heldAt(cursor) : undefined)
  }

  private pack(cursor: StateEntryCursor): void {
    const place = this.starts.length
    this.starts[place] = cursor.start
    this.keyStarts[place] = cursor.mapKeyStart
    this.keyEnds[place] = cursor.mapKeyEnd
  }

  private follows(cursor: StateEntryCursor): boolean {
    const last = this.starts.length - 1
    if (last < 0) return true
    const { bytes } = this
    if (cursor.bytes !== bytes) return false
    const lastStart = this.keyStarts[last]
    const lastSize = this.keyEnds[last] - lastStart
    const size = cursor.mapKeyEnd - cursor.mapKeyStart
    for (let i = 0; i < size && i < lastSize; i++) {
      const difference = bytes[cursor.mapKeyStart + i] - bytes[lastStart + i]
      if (difference !== 0) return difference > 0
    }
    return size > lastSize
  }

  get(id: string): Held | undefined {
    const loose = mapGet(this.loose, id)
    if (loose !== undefined) return loose ?? undefined
    return this.find(id) ? heldAt(this.cursor) : undefined
  }

  /** Undefined: it is gone. */
  set(id: string, held: Held | undefined): void {
    if (held !== undefined) mapSet(this.loose, id, held)
    // Only what lies packed below has to be said to be deleted.
    else if (this.find(id)) mapSet(this.loose, id, null)
    else mapDelete(this.loose, id)
  }

  /** Calls for each entry and its map key, in the order of the keys' bytes. */
  forEach(visit: (held: Held, mapKey: Uint8Array) => void): void {
    const { bytes, cursor } = this
    const ids = this.looseIds()
    let next = 0
    for (let i = 0; i < this.starts.length; i++) {
      let order = next < ids.length ? this.compare(ids[next], i) : 1
      for (; order < 0; order = next < ids.length ? this.compare(ids[next], i) : 1) {
        this.visitLoose(ids[next], visit)
        next += 1
      }
      // A loose one stands over the packed one of the same key.
      if (order === 0) this.visitLoose(ids[next++], visit)
      else {
        this.goTo(i)
        visit(heldAt(cursor), bytes.slice(cursor.mapKeyStart, cursor.mapKeyEnd))
      }
    }
    for (; next < ids.length; next++) this.visitLoose(ids[next], visit)
  }

  /** In their order. */
  private looseIds(): string[] {
    const ids = makeList<string>()
    if (mapSize(this.loose) === 0) return ids
    mapForEach(this.loose, (_held, id) => {
      ids[ids.length] = id
    })
    return sortInPlace(ids, (a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  private visitLoose(id: string, visit: (held: Held, mapKey: Uint8Array) => void): void {
    const held = mapGet(this.loose, id) ?? undefined
    const mapKey = held === undefined ? null : keyOfId(id)
    if (held !== undefined && mapKey !== null) visit(held, mapKey)
  }

  /** Packs what was changed, where that is much. */
  settle(): void {
    const loose = mapSize(this.loose)
    if (loose <= looseEntries || loose * 4 <= this.starts.length) return
    const writer = new StateEntryWriter()
    this.forEach((held, mapKey) => {
      writer.putRange(0, null, mapKey, held.expiry, held.bytes, held.start, held.end)
    })
    this.bytes = writer.finish()
    this.cursor = new StateEntryCursor(this.bytes)
    this.starts = makeList()
    this.keyStarts = makeList()
    this.keyEnds = makeList()
    while (this.cursor.next()) this.pack(this.cursor)
    this.loose = new MapOf()
  }

  /** Points the cursor at the packed entry with this key; false: there is none. */
  private find(id: string): boolean {
    let low = 0
    let high = this.starts.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      const order = this.compare(id, middle)
      if (order === 0) {
        this.goTo(middle)
        return true
      }
      if (order < 0) high = middle - 1
      else low = middle + 1
    }
    return false
  }

  /** An id's order to the map key of the packed entry, by bytes. */
  private compare(id: string, place: number): number {
    const { bytes } = this
    const start = this.keyStarts[place]
    const size = this.keyEnds[place] - start
    for (let i = 0; i < size && i + 1 < id.length; i++) {
      const difference = charCodeAt(id, i + 1) - bytes[start + i]
      if (difference !== 0) return difference
    }
    return id.length - 1 - size
  }

  private goTo(place: number): void {
    this.cursor.end = this.starts[place]
    this.cursor.next()
  }
}

export function heldAt(cursor: StateEntryCursor): Held {
  return { bytes: cursor.bytes, start: cursor.valueStart, end: cursor.valueEnd, expiry: cursor.expiry }
}
