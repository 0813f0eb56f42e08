import { BatchCursor, BatchWriter, openBatch } from "@millrace/sdk/record"
import type { LogBatch } from "../../transport/transport.ts"
import type { InboxEntry } from "./event-check.ts"

/** A frame is begun anew beyond it, so that one and the largest event stay below a frame's limit. */
const frameBytes = 4 * 1024 * 1024

/** Frames of the inbox's topic: the record's key is the event's id, its timestamp when it came. */
export function eventFrames(
  entries: readonly InboxEntry[],
  schemaHash: Uint8Array,
  now: number
): readonly Uint8Array[] {
  const frames: Uint8Array[] = []
  const writer = new BatchWriter(undefined, 16_384)
  writer.begin(schemaHash, now)
  for (const { key, value } of entries) {
    if (writer.count > 0 && writer.byteLength + value.length > frameBytes) {
      frames.push(writer.finish())
      writer.begin(schemaHash, now)
    }
    writer.append({ timestamp: now, key }, value)
  }
  frames.push(writer.finish())
  return frames
}

/** What one reading of the inbox gives: events written with one schema. */
export interface Taken {
  /** undefined: there is nothing. */
  readonly frame: Uint8Array | undefined
  /** The place after it. */
  readonly next: bigint
  readonly more: boolean
}

/** Cuts from batches of the log what begins at `after`, at least one event where there is one. */
export function takenFrom(
  batches: readonly LogBatch[],
  bounds: {
    readonly after: bigint
    readonly end: bigint
    readonly maxRecords: number
    readonly maxBytes: number
  }
): Taken {
  const { after, end, maxBytes, maxRecords } = bounds
  const [first] = batches
  if (first === undefined) return { frame: undefined, next: after, more: false }
  const { schemaHash, baseTimestamp } = openBatch(first.frame)
  const writer = new BatchWriter(undefined, 16_384)
  writer.begin(schemaHash, baseTimestamp)
  let next = after
  const isFull = (): boolean =>
    writer.count >= maxRecords || (writer.count > 0 && writer.byteLength >= maxBytes)
  for (const { baseOffset, frame } of batches) {
    if (isFull() || !sameBytes(openBatch(frame).schemaHash, schemaHash)) break
    const cursor = new BatchCursor(frame)
    while (!isFull() && cursor.next()) {
      const offset = baseOffset + BigInt(cursor.index)
      if (offset < after) continue
      writer.appendRaw(cursor)
      next = offset + 1n
    }
  }
  return { frame: writer.count === 0 ? undefined : writer.finish(), next, more: next < end }
}

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index])
