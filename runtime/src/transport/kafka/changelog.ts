import { BatchCursor, BatchWriter, StateEntryCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { emptyCommit } from "../empty-commit.ts"
import type { LogBatch, TaskLog, TransportError } from "../transport.ts"

const noSchema = new Uint8Array(32)
/** Bytes of state entries of one commit of a restore. */
const restoreBytes = 4 * 1024 * 1024

/**
 * State entries as records of a changelog, one each, in their order: the key is what the entry speaks of (its state, key and map key),
 * so that compaction leaves of each the newest; the value is the entry (docs/formats/state.md). Whoever applies all that is left, in the
 * order of their offsets, has the state: a `clear` stands behind what it clears. Undefined where there is no entry.
 */
export function changelogFrame(entries: Uint8Array, now: number): Uint8Array | undefined {
  if (entries.length === 0) return undefined
  const writer = new BatchWriter()
  writer.begin(noSchema)
  const cursor = new StateEntryCursor(entries)
  while (cursor.next()) {
    const value = entries.subarray(cursor.start, cursor.end)
    writer.append({ timestamp: now, key: subjectOf(entries, cursor) }, value)
  }
  return writer.finish()
}

/** What an entry speaks of: `c` for the clearing of a whole map, `e` for one entry, its state index, flags, key and map key. */
function subjectOf(entries: Uint8Array, cursor: StateEntryCursor): Uint8Array {
  const { keyEnd, mapKeyEnd, start } = cursor
  const place = entries.subarray(start + 1, mapKeyEnd >= 0 ? mapKeyEnd : keyEnd >= 0 ? keyEnd : start + 3)
  const subject = new Uint8Array(place.length + 1)
  subject[0] = cursor.operation === "clear" ? 0x63 : 0x65
  subject.set(place, 1)
  return subject
}

/** Applies what a changelog has to a task's local state, in commits of their own. */
export class Restore {
  private readonly log: TaskLog
  private parts: Uint8Array[] = []
  private bytes = 0

  constructor(log: TaskLog) {
    this.log = log
  }

  take(batches: readonly LogBatch[]): Effect.Effect<void, TransportError> {
    return Effect.suspend(() => {
      for (const { frame } of batches) {
        const cursor = new BatchCursor(frame)
        while (cursor.next()) {
          const value = cursor.value()
          if (cursor.isControl || value === null) continue
          this.parts.push(value)
          this.bytes += value.length
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
}
