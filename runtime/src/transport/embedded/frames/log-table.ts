import type { RangeOptions } from "lmdb"
import type { Table } from "../store.ts"
import type { FrameFiles } from "./frame-files.ts"
import { openPlace, placedKey, sealPlace, sealPlaced } from "./frame-place.ts"

/** The `log` database: values that are large lie in frame files, and are read as all others. */
export interface LogTable extends Table {
  /** Bytes of values, none of which is read. */
  readonly sizes: (range: RangeOptions) => Iterable<{ readonly key: Buffer; readonly bytes: number }>
}

/** What a value costs in a file, a write of its own, is less than what pages cost where it has so many bytes. */
const leastPlacedBytes = 16_384

/** `rows`: the database itself. `placed`: whose place is where, for each that leads into a file. */
export function logTable(
  { files, placed, rows }: { readonly rows: Table; readonly placed: Table; readonly files: FrameFiles },
  least: number = leastPlacedBytes
): LogTable {
  const opened = (row: Buffer): Buffer => {
    const place = openPlace(row)
    return place === undefined ? row : files.read(place)
  }
  const letGo = (key: Buffer): void => {
    const row = rows.get(key)
    const place = row === undefined ? undefined : openPlace(row)
    if (place === undefined) return
    placed.remove(placedKey(place))
    files.release(place)
  }
  return {
    get: (key) => {
      const row = rows.get(key)
      return row === undefined ? undefined : opened(row)
    },
    put: (key, value) => {
      letGo(key)
      if (value.length < least) return rows.put(key, value)
      const place = files.append(value)
      placed.put(placedKey(place), sealPlaced(key, place))
      rows.put(key, sealPlace(place))
    },
    remove: (key) => {
      letGo(key)
      rows.remove(key)
    },
    keys: (range) => rows.keys(range),
    entries: (range) => openedEntries(rows, range, opened),
    sizes: (range) => sizesOf(rows, range)
  }
}

function* openedEntries(rows: Table, range: RangeOptions, opened: (row: Buffer) => Buffer) {
  for (const { key, value } of rows.entries(range)) yield { key, value: opened(value) }
}

function* sizesOf(rows: Table, range: RangeOptions) {
  for (const { key, value } of rows.entries(range))
    yield { key, bytes: openPlace(value)?.bytes ?? value.length }
}
