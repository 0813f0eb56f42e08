import { BatchCursor, BatchWriter, openBatch, sealBatch } from "@millrace/sdk/record"
import { sealFrameCrc } from "../value.ts"
import type { Turn } from "./turn.ts"

/** What became of a frame: as it was, or written anew; how many records it holds. */
export interface CompactedFrame {
  readonly frame: Buffer
  readonly isChanged: boolean
  readonly records: number
}

/**
 * A frame without the records that `isGone` names, which is asked once for each. What stays keeps its offset, and the frame the
 * offsets that it spans: a gap stands where records were. Yields where the turn is over.
 */
export function* compactFrame(
  frame: Uint8Array,
  isGone: (cursor: BatchCursor) => boolean,
  turn: Turn
): Generator<undefined, CompactedFrame> {
  const cursor = new BatchCursor(frame)
  const gone: number[] = []
  let seen = 0
  while (cursor.next()) {
    if (isGone(cursor)) gone.push(cursor.index)
    seen += 1
    if (turn.record()) yield
  }
  if (gone.length === 0) return { frame: bufferOf(frame), isChanged: false, records: seen }
  return { frame: without(frame, gone), isChanged: true, records: seen - gone.length }
}

/** A frame that takes so many offsets more, whose records are all gone. */
export function extendFrame(frame: Buffer, more: number): Buffer {
  return rewritten(frame, more, () => true)
}

/** `gone`: numbers of records, ascending. */
function without(frame: Uint8Array, gone: readonly number[]): Buffer {
  let next = 0
  return rewritten(frame, 0, (index) => {
    if (index !== gone[next]) return true
    next += 1
    return false
  })
}

function rewritten(frame: Uint8Array, more: number, stays: (index: number) => boolean): Buffer {
  const { count, baseTimestamp, partition, producer, schemaHash, sequence, watermark } = openBatch(frame)
  const writer = new BatchWriter(undefined, frame.length)
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
  const sealed = bufferOf(bytes)
  sealFrameCrc(sealed)
  return sealed
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
