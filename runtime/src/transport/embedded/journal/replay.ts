import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { corrupt } from "../failure.ts"
import type { JournalPlace } from "../flush/flushed-pages.ts"
import { openPlace } from "../frames/frame-place.ts"
import { tableNames, type Store } from "../store.ts"
import { type JournalEntry, readJournalRecords } from "./journal-record.ts"
import { journalNames } from "./journal.ts"

/** Of records, for a transaction. */
const stepBytes = 4 * 1024 * 1024

/**
 * Does again what the journal has from a number on, after the data file went back to what it was before; each transaction is
 * flushed. Answers how many there were. What was begun and not done, its frames included, ends the journal: it was not acknowledged. INVARIANT: until
 * `FLUSHED` says otherwise nothing is written over that it leads to, so that this may be cut short and done again.
 */
export function replayJournal(folder: string, store: Store, { epoch, first }: JournalPlace): number {
  const paths = journalNames.map((name) => join(folder, name))
  const missing = paths.filter((path) => !existsSync(path))
  if (missing.length > 0)
    throw corrupt(
      folder,
      `the journal of commits that data.mdb does not have yet is not there (${missing.join(", ")})`
    )
  const files = paths.map((path) => readFileSync(path))
  const hold = store.hold()
  let next = first
  try {
    for (let before = -1; before < next;) {
      before = next
      for (const file of files) next = replayFile(file, store, { epoch, first: next })
    }
  } finally {
    hold.release()
  }
  return next - first
}

/** Answers the number after the last record that the file has from `first` on. */
function replayFile(file: Buffer, store: Store, { epoch, first }: JournalPlace): number {
  let next = first
  let entries: JournalEntry[] = []
  let bytes = 0
  const apply = (): void => {
    if (entries.length > 0) store.write(() => entries.forEach((entry) => applyEntry(store, entry)), bytes)
    entries = []
    bytes = 0
  }
  for (const record of readJournalRecords(file, epoch, first)) {
    if (!record.entries.every((entry) => isWhole(store, entry))) break
    for (const entry of record.entries) bytes += entry.key.length + (entry.value?.length ?? 0)
    entries.push(...record.entries)
    next = record.number + 1
    if (bytes >= stepBytes) apply()
  }
  apply()
  return next
}

/** A frame that is not in its file was not acknowledged, nor was what came after it. */
function isWhole(store: Store, { table, value }: JournalEntry): boolean {
  const place = value === undefined || tableNames[table] !== "log" ? undefined : openPlace(value)
  return place === undefined || store.frames.holds(place)
}

function applyEntry(store: Store, { key, table, value }: JournalEntry): void {
  const name = tableNames[table]
  if (name === undefined) throw new RangeError(`the journal names a table ${table}`)
  if (value === undefined) store.rows(name).remove(key)
  else store.rows(name).put(key, value)
}
