import type { BatchCursor } from "@millrace/sdk/record"
import { copyOver, spareBytes } from "./compression/copying.ts"
import { laidHeaders } from "./write-headers.ts"
import { lengthSize, nullLength, putLength } from "./zigzag.ts"

/** Before a value, so that Kafka's clients find its schema: a zero, and the schema's id in the registry. */
export const prefixBytes = 5
/** All that a record may have beside what it has in its frame, but headers: lengths and offset at 5 bytes each, and the prefix. */
export const mostOverheadBytes = 32 + spareBytes

/** Whether the record has headers in a batch: its own, or ours. */
export function needsHeaders(cursor: BatchCursor): boolean {
  return cursor.index === 0 || cursor.headerCount > 0 || cursor.watermark !== -Infinity || cursor.isControl
}

/**
 * Writes the cursor's record at `at`, where its size in the frame, {@link mostOverheadBytes} and its headers' bytes are free, and
 * answers the place after it. `frameView` spans the frame. `withHeaders`: those that `layHeaders` laid out for it.
 */
export function putRecord(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  cursor: BatchCursor,
  frameView: DataView,
  schemaId: number,
  withHeaders: boolean
): number {
  const { frame, index, keyStart, valueStart } = cursor
  const keyBytes = cursor.keyEnd - keyStart
  const hasValue = !cursor.isTombstone && !cursor.isControl
  const valueBytes = cursor.valueEnd - valueStart + prefixBytes
  const deltaStart = cursor.bodyStart + 1
  let deltaEnd = deltaStart + 1
  while (frame[deltaEnd - 1]! > 127) deltaEnd += 1
  const size =
    deltaEnd -
    cursor.bodyStart +
    lengthSize(index) +
    (keyStart < 0 ? 1 : lengthSize(keyBytes) + keyBytes) +
    (hasValue ? lengthSize(valueBytes) + valueBytes : 1) +
    (withHeaders ? laidHeaders.length : 1)
  let place = putLength(bytes, at, size)
  bytes[place++] = 0
  for (let i = deltaStart; i < deltaEnd; i++) bytes[place++] = frame[i]!
  place = putLength(bytes, place, index)
  if (keyStart < 0) bytes[place++] = nullLength
  else {
    place = putLength(bytes, place, keyBytes)
    copyOver(frame, frameView, keyStart, bytes, view, place, keyBytes)
    place += keyBytes
  }
  if (hasValue) {
    place = putLength(bytes, place, valueBytes)
    bytes[place] = 0
    view.setInt32(place + 1, schemaId)
    copyOver(frame, frameView, valueStart, bytes, view, place + prefixBytes, valueBytes - prefixBytes)
    place += valueBytes
  } else bytes[place++] = nullLength
  if (withHeaders) {
    bytes.set(laidHeaders.bytes.subarray(0, laidHeaders.length), place)
    return place + laidHeaders.length
  }
  bytes[place] = 0
  return place + 1
}
