import { BatchCursor, plainHeadBytes } from "./batch-cursor.ts"
import { FrameFault } from "./frame-fault.ts"
import { attributeNullKey, attributeWatermark } from "./frame.ts"
import type { BatchHeader } from "./frame.ts"
import { isUtf8 } from "./utf8.ts"

/** No plain record's times are further from the base than two differences of four bytes. */
const farthestBase = 9007199254740991 - 0x1000_0000

/** Walks the whole frame and checks everything but its CRC and the values' schemas. Throws a {@link FrameFault}. */
export function checkBatch(frame: Uint8Array): BatchHeader {
  const cursor = new BatchCursor(frame)
  for (;;) {
    passPlain(cursor)
    if (!cursor.next()) return cursor.header
    if (cursor.headerCount > 0) checkHeaderNames(cursor)
  }
}

/** Goes on to the last of the plain records that follow, as `nextPlain` of the cursor does, which says of each where its parts are. */
function passPlain(cursor: BatchCursor): void {
  const { frame, header } = cursor
  const { baseTimestamp, count } = header
  if (baseTimestamp > farthestBase || baseTimestamp < -farthestBase) return
  const lastStart = frame.length - plainHeadBytes
  let index = cursor.index
  let end = cursor.end
  while (index + 1 < count && end <= lastStart) {
    let at = end + 1
    let size = frame[end]
    if (size > 127) {
      const high = frame[at++]
      if (high > 127) break
      size = (size & 127) | (high << 7)
    }
    const next = at + size
    const attributes = frame[at++]
    if (next > frame.length || (attributes & ~(attributeNullKey | attributeWatermark)) !== 0) break
    if (frame[at++] > 127 && frame[at++] > 127 && frame[at++] > 127 && frame[at++] > 127) break
    if ((attributes & attributeWatermark) !== 0)
      if (frame[at++] > 127 && frame[at++] > 127 && frame[at++] > 127 && frame[at++] > 127) break
    if ((attributes & attributeNullKey) === 0) {
      const keySize = frame[at++]
      if (keySize > 127) break
      at += keySize
    }
    if (at > next) break
    index += 1
    end = next
  }
  cursor.index = index
  cursor.end = end
}

function checkHeaderNames(cursor: BatchCursor): void {
  const frame = cursor.frame
  let at = skipVarint(frame, cursor.headersStart)
  for (let i = 0; i < cursor.headerCount; i++) {
    const nameEnd = spanEnd(frame, at)
    const nameStart = skipVarint(frame, at)
    if (!isUtf8(frame, nameStart, nameEnd))
      throw new FrameFault("BAD_VALUE", nameStart, "a header's name is not UTF-8")
    at = spanEnd(frame, nameEnd)
  }
}

function skipVarint(bytes: Uint8Array, start: number): number {
  let at = start
  while (bytes[at] > 0x7f) at += 1
  return at + 1
}

/** End of a length and its bytes, where both are known to be sound. */
function spanEnd(bytes: Uint8Array, start: number): number {
  let size = 0
  let scale = 1
  let at = start
  for (;;) {
    const byte = bytes[at++]
    size += (byte & 0x7f) * scale
    if (byte < 0x80) return at + size
    scale *= 128
  }
}
