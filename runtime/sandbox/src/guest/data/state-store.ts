import type { GuestState } from "@millrace/sdk/guest"
import {
  ByteSink,
  encodeTimer,
  eventTimers,
  noExpiry,
  StateEntryCursor,
  StateEntryWriter
} from "@millrace/sdk/record"
import type { GuestMapKey, GuestValueCodec } from "./codec-shape.ts"
import { keyIdOf, nullKeyId } from "./key-id.ts"
import { heldAt, MapEntries } from "./map-entries.ts"
import type { Held } from "./map-entries.ts"
import { sha256 } from "../realm/hmac.ts"
import { makeList, mapGet, MapOf, mapSet, TypeErrorOf } from "../realm/primordials.ts"
import { NewTimers } from "./new-timers.ts"
import type { NewTimer } from "./new-timers.ts"
import { Cell, StateJournal } from "./state-cell.ts"
import { StateHandle } from "./state-handle.ts"

export interface StateDefinition {
  readonly name: string
  /** Index in the node's manifest. */
  readonly index: number
  readonly isMap: boolean
  /** Bodies never read it: nothing of it is kept. */
  readonly isTimers: boolean
  /** 0: values live for ever. */
  readonly ttlMs: number
  readonly codec: GuestValueCodec
  readonly mapKey: GuestMapKey | undefined
}

/** What a call says of the state that comes with it. */
export interface StateCall {
  readonly now: number
  readonly partition: number
  readonly kept: "all" | "others" | "none"
}

/** Cells by record key, for each definition. */
type Cells = readonly Map<string, Cell>[]

interface Touched {
  readonly definition: StateDefinition
  readonly cell: Cell
}

const maxValueBytes = 8 * 1024 * 1024
/** When so much was encoded, what comes goes into another run of bytes: this one goes when nobody holds anything of it. */
const arenaBytes = 256 * 1024

/**
 * Keyed state of the batch in hand: memory, not calls. Values are kept as bytes, encoded when they are set, so that a body
 * that changes an object it got changes nothing until it sets it. What a call has left stays for the next one of its
 * partition, as long as the worker says that it holds.
 */
export class StateStore {
  private readonly definitions: readonly StateDefinition[]
  private partitions: Map<number, Cells> = new MapOf()
  private cells: Cells = makeList()
  private touched: Touched[] = makeList()
  private arena: ByteSink = new ByteSink(maxValueBytes + arenaBytes, 1024)
  private newTimers: NewTimers
  /** Number of the call in hand. */
  call = 0
  /** The batch's clock, ms since 1970. */
  now = 0

  constructor(definitions: readonly StateDefinition[]) {
    this.definitions = definitions
    this.newTimers = new NewTimers()
  }

  /** `entries`: state entries of the batch's keys, less those that are kept, in order. A key that is in neither is absent. */
  begin(entries: Uint8Array, { kept, now, partition }: StateCall): void {
    this.call += 1
    this.now = now
    this.arena.length = 0
    this.touched = makeList()
    this.newTimers = new NewTimers()
    if (kept === "none") this.partitions = new MapOf()
    const known = kept === "all" ? mapGet(this.partitions, partition) : undefined
    this.cells = this.cellsFrom(known)
    mapSet(this.partitions, partition, this.cells)
    const cursor = new StateEntryCursor(entries)
    while (cursor.next()) {
      const place = this.placeOf(cursor.state)
      if (place >= 0) this.enter(place, cursor)
    }
  }

  private cellsFrom(known: Cells | undefined): Cells {
    const cells = makeList<Map<string, Cell>>()
    for (let i = 0; i < this.definitions.length; i++)
      cells[i] = known === undefined || this.definitions[i].isTimers ? new MapOf() : known[i]
    return cells
  }

  private placeOf(index: number): number {
    for (let i = 0; i < this.definitions.length; i++) if (this.definitions[i].index === index) return i
    return -1
  }

  private enter(place: number, cursor: StateEntryCursor): void {
    const cell = this.cell(place, keyIdOf(cursor.bytes, cursor.keyStart, cursor.keyEnd))
    if (cursor.mapKeyStart < 0) {
      cell.value = cursor.operation === "put" ? heldAt(cursor) : undefined
      cell.entries = undefined
      return
    }
    cell.entries ??= new MapEntries()
    cell.entries.enter(cursor)
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
        return new StateHandle(this, this.definitions[i], this.cell(i, keyId), journal)
    }
    throw new TypeErrorOf("no state is declared under this name")
  }

  /** Sets a timer of a record key, or takes it back. `state`: the index that its kind of timer has; `origin`: the record's. */
  changeTimer(
    state: number,
    isSet: boolean,
    timer: { readonly time: number; readonly key: Uint8Array | null; readonly tag: Uint8Array },
    journal: StateJournal,
    origin: number
  ): void {
    const place = this.placeOf(state)
    if (place < 0) throw new TypeErrorOf("the plugin declares no timers")
    const { mapKey, value } = encodeTimer(timer, sha256)
    const cell = this.cell(place, nullKeyId)
    this.touch(this.definitions[place], cell)
    const held = { bytes: value, start: 0, end: value.length, expiry: noExpiry }
    const id = keyIdOf(mapKey, 0, mapKey.length)
    cell.setEntry(mapKey, id, isSet ? held : undefined, journal)
    if (isSet && state === eventTimers) this.newTimers.add({ id, mapKey, origin, timer })
  }

  /**
   * Takes the event timers that bodies have set in this call and that are due by `until`, of each key the earliest, in the order
   * of time; they are no longer set.
   */
  takeDue(until: number): readonly NewTimer[] {
    const place = this.placeOf(eventTimers)
    if (place < 0) return makeList()
    const cell = this.cell(place, nullKeyId)
    const due = this.newTimers.take(until, (id) => cell.entries?.get(id) !== undefined)
    const journal = new StateJournal()
    for (let i = 0; i < due.length; i++) cell.setEntry(due[i].mapKey, due[i].id, undefined, journal)
    return due
  }

  /** Notes a cell that is about to change. */
  touch(definition: StateDefinition, cell: Cell): void {
    if (!cell.isTouched) this.touched[this.touched.length] = { definition, cell }
  }

  /** A value as it is kept. Throws what the codec throws where it does not fit. */
  encode(definition: StateDefinition, value: unknown): Held {
    if (this.arena.length > arenaBytes) this.arena = new ByteSink(maxValueBytes + arenaBytes, arenaBytes)
    const { arena, now } = this
    const start = arena.length
    try {
      definition.codec.write(value, arena)
    } catch (error) {
      arena.length = start
      throw error
    }
    const expiry = definition.ttlMs > 0 ? now + definition.ttlMs : noExpiry
    return { bytes: arena.bytes, start, end: arena.length, expiry }
  }

  /** Entries for all that changed, as it is now. Throws a FrameFault `TOO_LARGE` beyond 8 MiB. */
  changes(): Uint8Array {
    const writer = new StateEntryWriter()
    const written = makeList<Held>()
    const ends = makeList<number>()
    const wrote = (held: Held): void => {
      written[written.length] = held
      ends[ends.length] = writer.sink.length
    }
    for (let i = 0; i < this.touched.length; i++) {
      const { cell, definition } = this.touched[i]
      cell.write(writer, definition.index, definition.isMap, wrote)
    }
    const bytes = writer.finish()
    // What stays is held in the entries: the arena is free again for the next call.
    for (let i = 0; i < written.length; i++) {
      const held = written[i]
      held.start = ends[i] - (held.end - held.start)
      held.end = ends[i]
      held.bytes = bytes
    }
    // Timers are new to each call.
    for (let i = 0; i < this.touched.length; i++)
      if (!this.touched[i].definition.isTimers) this.touched[i].cell.settle()
    this.touched = makeList()
    return bytes
  }
}
