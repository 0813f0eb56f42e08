import {
  type Cut,
  type Item,
  markLength,
  maxRecordBytes,
  type Piece,
  rawOf,
  textOf,
  tooLarge
} from "./cut.ts"

const newline = 10

/** Newline-delimited JSON: a value a line; empty lines are passed over. */
export const cutLines = ({ bytes, position, isLast, maxRecords }: Piece): Cut => {
  const items: Item[] = []
  let start = markLength(bytes, position.offset)
  let place = position.place
  let { skip } = position
  while (items.length < maxRecords && start < bytes.length) {
    const found = bytes.indexOf(newline, start)
    const end = found < 0 ? bytes.length : found
    const isWhole = found >= 0 || isLast
    if (!isWhole && skip === undefined && end - start <= maxRecordBytes) break
    if (skip === undefined) {
      const line = bytes.subarray(start, end)
      if (end - start > maxRecordBytes) items.push(tooLarge(place, line))
      else if (!isBlank(line)) items.push(jsonItem(place, line))
    }
    skip = isWhole ? undefined : { depth: 0, quoted: false, escaped: false }
    if (isWhole) place += 1
    start = found < 0 ? end : end + 1
  }
  return {
    items,
    position: { offset: position.offset + start, place, ...(skip === undefined ? {} : { skip }) },
    isDone: isLast && start >= bytes.length
  }
}

const isBlank = (line: Uint8Array): boolean => line.every((byte) => byte === 32 || byte === 9 || byte === 13)

/** A record that is JSON. */
export const jsonItem = (at: number, bytes: Uint8Array): Item => {
  const raw = rawOf(bytes)
  const text = textOf(bytes)
  if (text === undefined) return { at, reason: "it is not UTF-8", raw }
  try {
    const value: unknown = JSON.parse(text)
    return { at, value, raw }
  } catch (error) {
    return { at, reason: `it is not JSON: ${error instanceof Error ? error.message : String(error)}`, raw }
  }
}
