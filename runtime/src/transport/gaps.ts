import {
  attributeGap,
  BatchCursor,
  BatchWriter,
  flagGaps,
  frameHeaderBytes,
  openBatch,
  sealBatch
} from "@millrace/sdk/record"

/** A gap's length, its attribute, and a number of 32 bits. */
const mostGapBytes = 7

/**
 * The frame with so many offsets more at its end that hold no record, as the markers of transactions do (docs/formats/batch.md). Its CRC
 * is left to who stores it.
 */
export function extendFrame(frame: Uint8Array, more: number): Uint8Array {
  const { count, hasGaps } = openBatch(frame)
  // A gap may not follow another, and which frames end with one is known once they are read.
  if (hasGaps) return rewriteFrame(frame, more, () => true)
  const longer = new Uint8Array(frame.length + mostGapBytes)
  longer.set(frame)
  let at = frame.length + 1
  longer[at++] = attributeGap
  for (let rest = more; ; rest = Math.floor(rest / 128)) {
    longer[at++] = rest > 127 ? (rest & 127) | 128 : rest
    if (rest <= 127) break
  }
  longer[frame.length] = at - frame.length - 1
  const whole = longer.subarray(0, at)
  const view = new DataView(whole.buffer, 0, at)
  view.setUint32(4, at, true)
  view.setUint32(8, 0, true)
  view.setUint16(12, view.getUint16(12, true) | flagGaps, true)
  view.setUint32(16, count + more, true)
  return whole
}

/** A frame without records. */
export function gapFrame(gone: number): Uint8Array {
  const writer = new BatchWriter(undefined, frameHeaderBytes + mostGapBytes)
  writer.begin(new Uint8Array(32))
  writer.appendGap(gone)
  return writer.finish()
}

/**
 * The frame with the records that stay, in the order of their numbers, each at its offset, and with `more` offsets at its end. A gap
 * stands where records were. Its CRC is left to who stores it.
 */
export function rewriteFrame(frame: Uint8Array, more: number, stays: (index: number) => boolean): Uint8Array {
  const { count, baseTimestamp, partition, producer, schemaHash, sequence, watermark } = openBatch(frame)
  const writer = new BatchWriter(undefined, frame.length + mostGapBytes)
  writer.begin(schemaHash, baseTimestamp)
  const cursor = new BatchCursor(frame)
  while (cursor.next()) {
    if (!stays(cursor.index)) continue
    if (cursor.index > writer.count) writer.appendGap(cursor.index - writer.count)
    writer.appendRaw(cursor)
  }
  if (count + more > writer.count) writer.appendGap(count + more - writer.count)
  const bytes = writer.finish()
  sealBatch(bytes, { partition, producer, sequence, watermark })
  return bytes
}
