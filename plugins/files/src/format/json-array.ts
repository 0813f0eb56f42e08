import {
  type Cut,
  FileFormatError,
  type Item,
  markLength,
  maxRecordBytes,
  type Piece,
  rawOf,
  tooLarge
} from "./cut.ts"
import { jsonItem } from "./ndjson.ts"
import type { Skip } from "./position.ts"

const quote = 34
const backslash = 92
const comma = 44
const open = 91
const close = 93
const openBrace = 123
const closeBrace = 125

/** One JSON array, whose elements are the records. */
export const cutArray = ({ bytes, position, isLast, maxRecords }: Piece): Cut => {
  const items: Item[] = []
  let at = position.offset === 0 ? enterArray(bytes) : 0
  let place = position.place
  let { skip } = position
  const done = (isDone: boolean): Cut => ({
    items,
    position: { offset: position.offset + at, place, ...(skip === undefined ? {} : { skip }) },
    isDone
  })
  while (items.length < maxRecords) {
    if (skip === undefined) {
      at = passBlank(bytes, at, true)
      if (bytes[at] === close) return done(true)
    }
    if (at >= bytes.length) break
    const scan = scanElement(bytes, at, skip)
    const isWhole = scan.end < bytes.length
    if (!isWhole && !isLast && skip === undefined && bytes.length - at <= maxRecordBytes) return done(false)
    const element = bytes.subarray(at, scan.end)
    if (skip === undefined) items.push(judge(place, element, isWhole))
    if (isWhole || isLast) place += 1
    skip = isWhole || isLast ? undefined : scan.state
    at = scan.end
  }
  if (isLast && at >= bytes.length) {
    const hasRoom = items.length < maxRecords
    if (hasRoom) items.push(unended(place))
    return done(hasRoom)
  }
  return done(false)
}

const judge = (place: number, element: Uint8Array, isWhole: boolean): Item => {
  if (element.length > maxRecordBytes) return tooLarge(place, element)
  return isWhole
    ? jsonItem(place, element)
    : { at: place, reason: "the file ends inside it", raw: rawOf(element) }
}

const unended = (at: number): Item => ({
  at,
  reason: "the array is not closed: the file is cut off",
  raw: () => ""
})

/** The place after the array's opening bracket. */
const enterArray = (bytes: Uint8Array): number => {
  const at = passBlank(bytes, markLength(bytes, 0), false)
  if (bytes[at] === open) return at + 1
  throw new FileFormatError({
    file: "",
    message: "it does not begin with [: a json file is one array (or set format: ndjson)"
  })
}

const passBlank = (bytes: Uint8Array, from: number, commas: boolean): number => {
  let at = from
  for (; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9 && !(commas && byte === comma)) break
  }
  return at
}

/** Goes to the element's end: the comma or bracket that is outside of it, or the end of the bytes. */
const scanElement = (
  bytes: Uint8Array,
  from: number,
  skip: Skip | undefined
): { readonly end: number; readonly state: Skip } => {
  let { depth, quoted, escaped } = skip ?? { depth: 0, quoted: false, escaped: false }
  let at = from
  for (; at < bytes.length; at++) {
    const byte = bytes[at]
    if (quoted) {
      if (escaped) escaped = false
      else if (byte === backslash) escaped = true
      else if (byte === quote) quoted = false
    } else if (byte === quote) quoted = true
    else if (byte === open || byte === openBrace) depth += 1
    else if ((byte === close || byte === comma) && depth === 0) break
    else if ((byte === close || byte === closeBrace) && depth > 0) depth -= 1
  }
  return { end: at, state: { depth, quoted, escaped } }
}
