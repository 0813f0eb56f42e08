import { BatchCursor } from "@millrace/sdk/record"
import { extendFrame, rewriteFrame } from "../../gaps.ts"
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

/** `gone`: numbers of records, ascending. */
function without(frame: Uint8Array, gone: readonly number[]): Buffer {
  let next = 0
  return sealed(
    rewriteFrame(frame, 0, (index) => {
      if (index !== gone[next]) return true
      next += 1
      return false
    })
  )
}

/** A frame that takes so many offsets more, whose records are all gone. */
export function extendSealed(frame: Uint8Array, more: number): Buffer {
  return sealed(extendFrame(frame, more))
}

function sealed(frame: Uint8Array): Buffer {
  const bytes = bufferOf(frame)
  sealFrameCrc(bytes)
  return bytes
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
