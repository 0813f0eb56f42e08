import {
  type Cut,
  FileFormatError,
  type Item,
  markLength,
  maxRecordBytes,
  type Piece,
  rawOf,
  textOf,
  tooLarge
} from "./cut.ts"
import type { Skip } from "./position.ts"

const quote = 34
const newline = 10
const comma = 44

/** CSV (RFC 4180): the first record names the columns; values in quotes may hold commas, quotes and line ends. */
export const cutCsv = ({ bytes, position, isLast, maxRecords }: Piece): Cut => {
  const items: Item[] = []
  let start = markLength(bytes, position.offset)
  let place = position.place
  let { columns, skip } = position
  while (items.length < maxRecords && start < bytes.length) {
    const scan = scanRecord(bytes, start, skip)
    const isWhole = scan.end < bytes.length || isLast
    const size = scan.end - start
    if (!isWhole && skip === undefined && size <= maxRecordBytes) break
    if (skip === undefined) {
      const record = trimReturn(bytes.subarray(start, scan.end))
      if (columns === undefined) columns = headerOf(record)
      else if (size > maxRecordBytes) items.push(tooLarge(place, record))
      else if (record.length > 0) items.push(itemOf(place, record, columns))
    }
    skip = isWhole ? undefined : scan.state
    place += scan.lines
    start = scan.end < bytes.length ? scan.end + 1 : scan.end
  }
  return {
    items,
    position: {
      offset: position.offset + start,
      place,
      ...(columns === undefined ? {} : { columns }),
      ...(skip === undefined ? {} : { skip })
    },
    isDone: isLast && start >= bytes.length
  }
}

/**
 * Goes to the record's end: a line end outside of quotes, or the end of the bytes. A quote opens a value only at its
 * beginning, or as the second of two inside (`mayOpen`): a stray one does not swallow the records after it. `lines`: line
 * ends passed, the last too.
 */
const scanRecord = (bytes: Uint8Array, from: number, skip: Skip | undefined) => {
  let quoted = skip?.quoted ?? false
  let mayOpen = skip?.escaped ?? true
  let lines = 0
  let end = from
  for (; end < bytes.length; end++) {
    const byte = bytes[end]
    if (byte === newline) {
      lines += 1
      if (!quoted) break
    }
    if (quoted) {
      quoted = byte !== quote
      mayOpen = !quoted
      continue
    }
    quoted = byte === quote && mayOpen
    mayOpen = byte === comma
  }
  return { end, lines, state: { depth: 0, quoted, escaped: mayOpen } satisfies Skip }
}

const trimReturn = (bytes: Uint8Array): Uint8Array => (bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes)

const headerOf = (bytes: Uint8Array): readonly string[] => {
  const text = bytes.length > maxRecordBytes ? undefined : textOf(bytes)
  const values = text === undefined ? undefined : splitRecord(text)
  if (values === undefined || values.length === 0) {
    throw new FileFormatError({ file: "", message: "its first line is no CSV header" })
  }
  const columns = values.map((value) => value ?? "")
  const twice = columns.find((name, index) => columns.indexOf(name) !== index)
  if (twice === undefined) return columns
  throw new FileFormatError({ file: "", message: `its header names ${JSON.stringify(twice)} twice` })
}

const itemOf = (at: number, bytes: Uint8Array, columns: readonly string[]): Item => {
  const raw = rawOf(bytes)
  const text = textOf(bytes)
  if (text === undefined) return { at, reason: "it is not UTF-8", raw }
  const values = splitRecord(text)
  if (values === undefined) return { at, reason: "its quotes are not those of CSV (RFC 4180)", raw }
  if (values.length !== columns.length) {
    return { at, reason: `it has ${values.length} columns, and the header ${columns.length}`, raw }
  }
  const value: { [column: string]: string | null } = Object.create(null)
  for (const [index, column] of columns.entries()) value[column] = values[index] ?? null
  return { at, value, raw }
}

/** The values of a record: null for an empty one, "" for one of two quotes. undefined when its quotes are wrong. */
export const splitRecord = (text: string): readonly (string | null)[] | undefined => {
  const values: (string | null)[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1)
      if (end < 0) return undefined
      values.push(text.slice(at + 1, end).replaceAll('""', '"'))
      at = end + 1
    } else {
      const end = text.indexOf(",", at)
      const value = text.slice(at, end < 0 ? text.length : end)
      if (value.includes('"')) return undefined
      values.push(value === "" ? null : value)
      at += value.length
    }
    if (at >= text.length) return values
    if (text[at] !== ",") return undefined
    at += 1
  }
}

const closingQuote = (text: string, from: number): number => {
  let at = text.indexOf('"', from)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at
}
