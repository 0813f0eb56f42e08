import type { GuestRecord, GuestState } from "@millrace/sdk/guest"
import { encodeUtf8, eventTimers, maxTagBytes, processingTimers, timerInput } from "@millrace/sdk/record"
import type { BatchCursor } from "@millrace/sdk/record"
import type { Heads } from "./heads.ts"
import { keyIdOf } from "./key-id.ts"
import { isObject, mapGet, MapOf, mapSet, NumberIsSafeInteger, TypeErrorOf } from "../realm/primordials.ts"
import { RandomDraw } from "../realm/run-clock.ts"
import type { RunClock } from "../realm/run-clock.ts"
import { StateJournal } from "./state-cell.ts"
import type { StateStore } from "./state-store.ts"
import { TimerFault } from "./timer-fault.ts"

/** What a body said of one of its results. */
export interface Stamp {
  /** Event time. */
  readonly timestamp: number
  readonly watermark: number
  /** It is the delete of what has its key. */
  readonly isDelete: boolean
}

/** What all records of a call share. */
export interface RecordScope {
  readonly node: string
  readonly clock: RunClock
  readonly heads: Heads
  readonly store: StateStore
}

/** What a record in hand tells of its record: a cursor that stands there, or what stands for one. */
export type RecordSource = Pick<
  BatchCursor,
  "frame" | "key" | "keyStart" | "keyEnd" | "headers" | "timestamp" | "watermark"
>

/** What of a record changes with each. Of its own, without private names: V8 takes its slowest way to store under one of those. */
export class RecordPlace {
  cursor: RecordSource | undefined = undefined
  origin = 0
  ordinal = 0
  /** Something was made for the record that is not the next one's. */
  isUsed = false
  /** By result; absent while the body has given none. */
  stamps: Map<unknown, Stamp> | undefined = undefined
  readonly journal: StateJournal = new StateJournal()
}

/**
 * The context's record: places in the frame, turned into values when a body reads them. A plain body gets one and the same
 * again for every record; a body that may suspend gets its own.
 */
export class RecordInHand implements GuestRecord {
  #scope: RecordScope
  #frame: Uint8Array
  readonly #place: RecordPlace = new RecordPlace()
  #headers: readonly (readonly [name: string, value: Uint8Array])[] | undefined = undefined
  #timestamp = 0
  #watermark = 0
  #keyStart = -1
  #keyEnd = -1
  #keyId: string | undefined = undefined
  #draw: RandomDraw | undefined = undefined
  #hasDrawn = false

  constructor(scope: RecordScope, frame: Uint8Array) {
    this.#scope = scope
    this.#frame = frame
  }

  static place(record: RecordInHand): RecordPlace {
    return record.#place
  }

  static journal(record: RecordInHand): StateJournal {
    return record.#place.journal
  }

  /**
   * Points a record at the cursor's, of whose places it tells while the cursor stands there: most bodies ask for none of them. One
   * that a body may look at later is to be kept.
   */
  static point(
    record: RecordInHand,
    place: RecordPlace,
    cursor: RecordSource,
    origin: number,
    ordinal: number
  ): void {
    place.cursor = cursor
    place.origin = origin
    place.ordinal = ordinal
    if (!place.isUsed) return
    place.isUsed = false
    place.stamps = undefined
    record.#headers = undefined
    record.#keyId = undefined
    record.#hasDrawn = false
  }

  /** Makes all that it tells its own: the cursor may go on. */
  static keep(record: RecordInHand, cursor: BatchCursor): void {
    record.#frame = cursor.frame
    record.#headers = cursor.headers()
    record.#timestamp = cursor.timestamp
    record.#watermark = cursor.watermark
    record.#keyStart = cursor.keyStart
    record.#keyEnd = cursor.keyEnd
    record.#place.cursor = undefined
  }

  static keyId(record: RecordInHand): string {
    const cursor = record.#place.cursor
    record.#place.isUsed = true
    record.#keyId ??=
      cursor === undefined
        ? keyIdOf(record.#frame, record.#keyStart, record.#keyEnd)
        : keyIdOf(cursor.frame, cursor.keyStart, cursor.keyEnd)
    return record.#keyId
  }

  static origin(record: RecordInHand): number {
    return record.#place.origin
  }

  /** What the body gave this result, if it did. */
  static stampOf(record: RecordInHand, value: unknown): Stamp | undefined {
    return record.#place.stamps === undefined ? undefined : mapGet(record.#place.stamps, value)
  }

  get key(): Uint8Array | null {
    if (this.#place.cursor !== undefined) return this.#place.cursor.key()
    return this.#keyStart < 0 ? null : this.#frame.slice(this.#keyStart, this.#keyEnd)
  }

  get timestamp(): number {
    return this.#place.cursor === undefined ? this.#timestamp : this.#place.cursor.timestamp
  }

  get watermark(): number {
    return this.#place.cursor === undefined ? this.#watermark : this.#place.cursor.watermark
  }

  get headers(): readonly (readonly [name: string, value: Uint8Array])[] {
    this.#place.isUsed = true
    this.#headers ??= this.#place.cursor === undefined ? [] : this.#place.cursor.headers()
    return this.#headers
  }

  get position(): { readonly topic: string; readonly partition: number; readonly offset: string } {
    return this.#scope.heads.position(this.#place.origin)
  }

  get now(): number {
    return this.#scope.clock.now
  }

  random(): number {
    this.#draw ??= new RandomDraw()
    this.#place.isUsed = true
    if (!this.#hasDrawn) {
      const position = this.position
      // How many timers fire in one batch is chance: a timer is known by its time and key.
      const place =
        position.topic === timerInput ? this.timestamp + " " + RecordInHand.keyId(this) : position.offset
      this.#draw.restart(
        this.#scope.node +
          "\u0000" +
          position.topic +
          "\u0000" +
          position.partition +
          "\u0000" +
          place +
          "\u0000" +
          this.#place.ordinal
      )
      this.#hasDrawn = true
    }
    return this.#draw.next(this.#scope.clock.seed)
  }

  state(name: string): GuestState {
    return this.#scope.store.handle(name, RecordInHand.keyId(this), this.#place.journal)
  }

  timer(tag: string, time: number, domain: "event" | "processing"): void {
    this.#changeTimer(tag, time, domain, true)
  }

  cancelTimer(tag: string, time: number, domain: "event" | "processing"): void {
    this.#changeTimer(tag, time, domain, false)
  }

  stamp(value: object, timestamp: number, watermark: number): void {
    if (!isObject(value)) throw new TypeErrorOf("only a result that is an object can be stamped")
    if (!NumberIsSafeInteger(timestamp) || !(watermark === -Infinity || NumberIsSafeInteger(watermark)))
      throw new TypeErrorOf("a result's time must be a whole number of milliseconds")
    this.#place.isUsed = true
    this.#place.stamps ??= new MapOf()
    mapSet(this.#place.stamps, value, {
      timestamp,
      watermark,
      isDelete: mapGet(this.#place.stamps, value)?.isDelete === true
    })
  }

  tombstone(value: object): void {
    if (!isObject(value)) throw new TypeErrorOf("only a result that is an object can be a delete")
    this.#place.isUsed = true
    this.#place.stamps ??= new MapOf()
    const { timestamp, watermark } = mapGet(this.#place.stamps, value) ?? this
    mapSet(this.#place.stamps, value, { timestamp, watermark, isDelete: true })
  }

  #changeTimer(tag: string, time: number, domain: "event" | "processing", isSet: boolean): void {
    const call = isSet ? "at(time, tag)" : "cancel(time, tag)"
    if (!NumberIsSafeInteger(time))
      throw new TimerFault(
        "TIMER_TIME_INVALID",
        call,
        "the time is no whole number of milliseconds since 1970"
      )
    const bytes = typeof tag === "string" ? encodeUtf8(tag) : undefined
    if (bytes === undefined) throw new TimerFault("TIMER_TAG_INVALID", call, "the tag is no text")
    if (bytes.length > maxTagBytes)
      throw new TimerFault(
        "TIMER_TAG_TOO_LONG",
        call,
        "the tag has " +
          bytes.length +
          " bytes, of at most " +
          maxTagBytes +
          ": keep what is long in a state of the key, and name it by the tag"
      )
    const state = domain === "processing" ? processingTimers : eventTimers
    const timer = { time, key: this.key, tag: bytes }
    this.#scope.store.changeTimer(state, isSet, timer, this.#place.journal, this.#place.origin)
  }
}
