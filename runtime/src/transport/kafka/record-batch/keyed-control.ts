import type { BatchCursor } from "@millrace/sdk/record"
import type { RecordCursor } from "./record-cursor.ts"
import { laidHeaders } from "./write-headers.ts"
import { prefixBytes } from "./write-record.ts"
import { lengthSize, putLength } from "./zigzag.ts"

/** SHA-256 of `millrace control`: no record has a key that begins with it by chance. */
const keyStart = Buffer.from("43d34fa5df18a0d2c932e5148b6cf4bb7fa2d562cf08ea9dab1a94393af07c9d", "hex")
const keyBytes = keyStart.length + 7
const endKind = 3

/** Bytes that a control record has more of here than in its frame, where it has no key. */
export const keyedControlBytes = keyBytes + prefixBytes

/**
 * Writes a control record as one that a broker's cleaner keeps. Its key is {@link keyStart}, the task that it speaks of (node u32,
 * partition u16) and 1 for an end of input, else 0: of each task the newest word on its event time stays, and an end always. It has a
 * value, for a record without one is a delete: the schema's id alone, which clients read as the null of the schema `"null"`.
 * As `putRecord` otherwise; the caller has laid out its headers, and made room.
 */
export function putKeyedControl(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  cursor: BatchCursor,
  schemaId: number
): number {
  const { frame, header, index, valueStart } = cursor
  const deltaStart = cursor.bodyStart + 1
  let deltaEnd = deltaStart + 1
  while (frame[deltaEnd - 1]! > 127) deltaEnd += 1
  const size =
    deltaEnd -
    cursor.bodyStart +
    lengthSize(index) +
    lengthSize(keyBytes) +
    keyBytes +
    lengthSize(prefixBytes) +
    prefixBytes +
    laidHeaders.length
  let place = putLength(bytes, at, size)
  bytes[place++] = 0
  for (let i = deltaStart; i < deltaEnd; i++) bytes[place++] = frame[i]!
  place = putLength(bytes, place, index)
  place = putLength(bytes, place, keyBytes)
  bytes.set(keyStart, place)
  place += keyStart.length
  view.setUint32(place, header.producer)
  view.setUint16(place + 4, header.partition)
  bytes[place + 6] = frame[valueStart] === endKind ? 1 : 0
  place = putLength(bytes, place + 7, prefixBytes)
  bytes[place] = 0
  view.setInt32(place + 1, schemaId)
  place += prefixBytes
  bytes.set(laidHeaders.bytes.subarray(0, laidHeaders.length), place)
  return place + laidHeaders.length
}

/** Whether a record has the key and the value that {@link putKeyedControl} gives. */
export function isKeyedControl({
  bytes,
  keyEnd,
  keyStart: from,
  valueEnd,
  valueStart
}: RecordCursor): boolean {
  if (keyEnd - from !== keyBytes || valueEnd - valueStart !== prefixBytes) return false
  return keyStart.compare(bytes, from, from + keyStart.length) === 0
}
