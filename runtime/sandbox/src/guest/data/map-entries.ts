import { StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import { keyIdOf, keyOfId } from "./key-id.ts"
import {
  charCodeAt,
  makeList,
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
  /** Map key of the last one that was packed. */
  private lastStart = 0
  private lastEnd = 0
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
      this.starts[this.starts.length] = cursor.start
      this.lastStart = cursor.mapKeyStart
      this.lastEnd = cursor.mapKeyEnd
      return
    }
    const id = keyIdOf(cursor.bytes, cursor.mapKeyStart, cursor.mapKeyEnd)
    mapSet(this.loose, id, isPut ? heldAt(cursor) : null)
  }

  private follows(cursor: StateEntryCursor): boolean {
    if (this.starts.length === 0) return true
    const { bytes } = this
    if (cursor.bytes !== bytes) return false
    const size = cursor.mapKeyEnd - cursor.mapKeyStart
    const last = this.lastEnd - this.lastStart
    for (let i = 0; i < size && i < last; i++) {
      const difference = bytes[cursor.mapKeyStart + i] - bytes[this.lastStart + i]
      if (difference !== 0) return difference > 0
    }
    return size > last
  }

  get(id: string): Held | undefined {
    const loose = mapGet(this.loose, id)
    if (loose !== undefined) return loose ?? undefined
    return this.find(id) ? heldAt(this.cursor) : undefined
  }

  /** Undefined: it is gone. */
  set(id: string, held: Held | undefined): void {
    mapSet(this.loose, id, held ?? null)
  }

  /** Calls for each entry and its map key, in the order of the keys' bytes. */
  forEach(visit: (held: Held, mapKey: Uint8Array) => void): void {
    const { bytes, cursor } = this
    const ids = this.looseIds()
    let next = 0
    for (let i = 0; i < this.starts.length; i++) {
      this.goTo(i)
      let order = next < ids.length ? compare(ids[next], cursor) : 1
      for (; order < 0; order = next < ids.length ? compare(ids[next], cursor) : 1) {
        this.visitLoose(ids[next], visit)
        next += 1
      }
      if (order > 0) visit(heldAt(cursor), bytes.slice(cursor.mapKeyStart, cursor.mapKeyEnd))
      // A loose one stands over the packed one of the same key.
      else this.visitLoose(ids[next++], visit)
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
    const held = mapGet(this.loose, id)
    const mapKey = keyOfId(id)
    if (held !== undefined && held !== null && mapKey !== null) visit(held, mapKey)
  }

  /** Packs what was changed, where that is much. */
  settle(): void {
    const loose = mapSize(this.loose)
    if (loose <= looseEntries || loose * 4 <= this.starts.length) return
    const writer = new StateEntryWriter()
    const starts = makeList<number>()
    this.forEach((held, mapKey) => {
      starts[starts.length] = writer.sink.length
      writer.putRange(0, null, mapKey, held.expiry, held.bytes, held.start, held.end)
    })
    this.bytes = writer.finish()
    this.starts = starts
    this.cursor = new StateEntryCursor(this.bytes)
    this.loose = new MapOf()
  }

  /** Points the cursor at the packed entry with this key; false: there is none. */
  private find(id: string): boolean {
    let low = 0
    let high = this.starts.length - 1
    while (low <= high) {
      const middle = (low + high) >>> 1
      this.goTo(middle)
      const order = compare(id, this.cursor)
      if (order === 0) return true
      if (order < 0) high = middle - 1
      else low = middle + 1
    }
    return false
  }

  private goTo(place: number): void {
    this.cursor.end = this.starts[place]
    this.cursor.next()
  }
}

export function heldAt(cursor: StateEntryCursor): Held {
  return { bytes: cursor.bytes, start: cursor.valueStart, end: cursor.valueEnd, expiry: cursor.expiry }
}

/** An id's order to the cursor's map key, by bytes. */
function compare(id: string, cursor: StateEntryCursor): number {
  const size = cursor.mapKeyEnd - cursor.mapKeyStart
  for (let i = 0; i < size && i + 1 < id.length; i++) {
    const difference = charCodeAt(id, i + 1) - cursor.bytes[cursor.mapKeyStart + i]
    if (difference !== 0) return difference
  }
  return id.length - 1 - size
}
