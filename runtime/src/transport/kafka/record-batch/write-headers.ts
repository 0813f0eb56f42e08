import { ByteSink } from "@millrace/sdk/record"
import type { BatchCursor } from "@millrace/sdk/record"
import {
  controlHeader,
  escapeByte,
  isOwnOrEscaped,
  originHeader,
  ownNames,
  ownValueBytes,
  putInt64,
  putOrigin,
  watermarkHeader
} from "./own-headers.ts"
import { lengthSize, putLength } from "./zigzag.ts"

/** Where {@link layHeaders} writes. */
export const laidHeaders = new ByteSink(256 * 1024 * 1024, 1024)

/**
 * Lays out the headers of the cursor's record, with their number, in {@link laidHeaders}: ours first, then the record's own. The
 * first record of a frame has one that says whose the frame is.
 */
export function layHeaders(cursor: BatchCursor, schemaId: number): void {
  const isFirst = cursor.index === 0
  const hasWatermark = cursor.watermark !== -Infinity
  const sink = laidHeaders
  sink.length = 0
  sink.ensure(5)
  const count = cursor.headerCount + (isFirst ? 1 : 0) + (hasWatermark ? 1 : 0) + (cursor.isControl ? 1 : 0)
  sink.length = putLength(sink.bytes, 0, count)
  if (isFirst) putOrigin(sink.view, ownValue(originHeader), cursor.header, schemaId)
  if (hasWatermark) putInt64(sink.view, ownValue(watermarkHeader), cursor.timestamp - cursor.watermark)
  if (cursor.isControl) sink.bytes[ownValue(controlHeader)] = cursor.frame[cursor.valueStart]!
  if (cursor.headerCount > 0) layOthers(cursor)
}

/** Appends a header of ours but for its value; answers where that goes. */
function ownValue(header: number): number {
  const name = ownNames[header]!
  appendSpan(name, 0, name.length)
  const size = ownValueBytes[header]!
  laidHeaders.ensure(1 + size)
  const at = putLength(laidHeaders.bytes, laidHeaders.length, size)
  laidHeaders.length = at + size
  return at
}

/** The record's own headers. INVARIANT: the cursor has found their lengths sound. */
function layOthers(cursor: BatchCursor): void {
  const { frame, headerCount, headersStart } = cursor
  let at = headersStart
  const length = (): number => {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = frame[at++]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }
  length()
  for (let i = 0; i < headerCount; i++) {
    const nameBytes = length()
    if (isOwnOrEscaped(frame, at, at + nameBytes)) appendEscaped(frame, at, at + nameBytes)
    else appendSpan(frame, at, at + nameBytes)
    at += nameBytes
    const valueBytes = length()
    appendSpan(frame, at, at + valueBytes)
    at += valueBytes
  }
}

function appendEscaped(bytes: Uint8Array, start: number, end: number): void {
  laidHeaders.ensure(lengthSize(end - start + 1) + 1)
  laidHeaders.length = putLength(laidHeaders.bytes, laidHeaders.length, end - start + 1)
  laidHeaders.byte(escapeByte)
  laidHeaders.copy(bytes, start, end)
}

function appendSpan(bytes: Uint8Array, start: number, end: number): void {
  laidHeaders.ensure(lengthSize(end - start))
  laidHeaders.length = putLength(laidHeaders.bytes, laidHeaders.length, end - start)
  laidHeaders.copy(bytes, start, end)
}
