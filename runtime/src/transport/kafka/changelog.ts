import {
  BatchCursor,
  BatchWriter,
  processingTimers,
  StateEntryCursor,
  StateEntryWriter
} from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { emptyCommit } from "../empty-commit.ts"
import type { LogBatch, TaskLog, TransportError } from "../transport.ts"

const noSchema = new Uint8Array(32)
/** Bytes of state entries of one commit of a restore. */
const restoreBytes = 4 * 1024 * 1024
/** Before each entry: which of its state's schemas its value is of. */
const entryStart = 2
/** Within an entry, where its state stands. */
const stateAt = 1

/**
 * State entries, by slot, as records of a changelog, one each, in their order: the key is what the entry speaks of (its state, key and map
 * key), so that compaction leaves of each the newest; the value is the place of its schema and the entry (docs/formats/kafka.md). Whoever
 * applies all that is left, in the order of their offsets, has the state: a `clear` stands behind what it clears. Undefined where there
 * is no entry.
 */
export function changelogFrame(
  entries: Uint8Array,
  schemaPlace: (slot: number) => number,
  now: number
): Uint8Array | undefined {
  if (entries.length === 0) return undefined
  const writer = new BatchWriter()
  writer.begin(noSchema)
  const cursor = new StateEntryCursor(entries)
  while (cursor.next()) {
    const value = new Uint8Array(entryStart + cursor.end - cursor.start)
    const place = schemaPlace(cursor.state)
    value[0] = place >> 8
    value[1] = place & 255
    value.set(entries.subarray(cursor.start, cursor.end), entryStart)
    writer.append({ timestamp: now, key: subjectOf(entries, cursor) }, value)
  }
  return writer.finish()
}

/** What an entry speaks of: `c` for the clearing of a whole map, `e` for one entry, its state, flags, key and map key. */
function subjectOf(entries: Uint8Array, cursor: StateEntryCursor): Uint8Array {
  const { keyEnd, mapKeyEnd, start } = cursor
  const place = entries.subarray(start + 1, mapKeyEnd >= 0 ? mapKeyEnd : keyEnd >= 0 ? keyEnd : start + 3)
  const subject = new Uint8Array(place.length + 1)
  subject[0] = cursor.operation === "clear" ? 0x63 : 0x65
  subject.set(place, 1)
  return subject
}

/** What a changelog's entries are to who restores. */
export interface ChangelogReading {
  /** The state that a slot stands for, by its index; undefined for one that is gone. */
  readonly indexOf: (slot: number) => number | undefined
  /** A value as the schema in force has it; undefined where it is of that one. */
  readonly upgraded: (slot: number, schemaPlace: number, value: Uint8Array) => Uint8Array | undefined
}

/** Applies what a changelog has to a task's local state, by index, in commits of their own. */
export class Restore {
  private readonly log: TaskLog
  private readonly reading: ChangelogReading
  private parts: Uint8Array[] = []
  private bytes = 0

  constructor(log: TaskLog, reading: ChangelogReading) {
    this.log = log
    this.reading = reading
  }

  take(batches: readonly LogBatch[]): Effect.Effect<void, TransportError> {
    return Effect.suspend(() => {
      for (const { frame } of batches) {
        const cursor = new BatchCursor(frame)
        while (cursor.next()) {
          const value = cursor.value()
          if (cursor.isControl || value === null) continue
          const entry = this.entryOf(value)
          if (entry === undefined) continue
          this.parts.push(entry)
          this.bytes += entry.length
        }
      }
      return this.bytes < restoreBytes ? Effect.void : this.flush
    })
  }

  readonly flush: Effect.Effect<void, TransportError> = Effect.suspend(() => {
    if (this.bytes === 0) return Effect.void
    const state = Buffer.concat(this.parts)
    this.parts = []
    this.bytes = 0
    return Effect.asVoid(this.log.commit({ ...emptyCommit, state: new Uint8Array(state) }))
  })

  private entryOf(value: Uint8Array): Uint8Array | undefined {
    const entry = value.slice(entryStart)
    const cursor = new StateEntryCursor(entry)
    if (!cursor.next()) return undefined
    if (cursor.state >= processingTimers) return entry
    const index = this.reading.indexOf(cursor.state)
    if (index === undefined) return undefined
    const upgraded =
      cursor.operation === "put"
        ? this.reading.upgraded(cursor.state, (value[0] ?? 0) * 256 + (value[1] ?? 0), cursor.value())
        : undefined
    if (upgraded === undefined) {
      entry[stateAt] = index
      return entry
    }
    const writer = new StateEntryWriter()
    writer.put(index, cursor.key(), cursor.mapKey(), cursor.expiry, upgraded)
    return writer.sink.toBytes()
  }
}
