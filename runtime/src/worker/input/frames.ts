import { createHash } from "node:crypto"
import { BatchCursor, BatchWriter, openBatch } from "@millrace/sdk/record"

/** Writer schema of frames that hold control records only: `"null"`. */
export const controlSchemaText = '"null"'
const controlSchemaHash = new Uint8Array(createHash("sha256").update(controlSchemaText).digest())

/** A frame with one end-of-input record. */
export function endFrame(now: number): Uint8Array {
  const writer = new BatchWriter(undefined, 256)
  writer.begin(controlSchemaHash)
  writer.appendControl("end", now)
  return writer.finish()
}

/** What a frame from the log holds for a reader that begins at `offset`. */
export interface FrameParts {
  /** The records from `offset` on, without control records; undefined when there are none. */
  readonly data:
    | { readonly frame: Uint8Array; readonly baseOffset: bigint; readonly count: number }
    | undefined
  /** The producer says that nothing will follow. */
  readonly isEnd: boolean
  /** Offset after the frame. */
  readonly next: bigint
  /** Id of the producing node. */
  readonly producer: number
}

/** Takes a frame apart. Throws a FrameFault when it is none. */
export function frameParts(baseOffset: bigint, frame: Uint8Array, offset: bigint): FrameParts {
  const header = openBatch(frame)
  const next = baseOffset + BigInt(header.count)
  const whole = !header.hasControl && baseOffset >= offset
  if (whole)
    return {
      data: header.count === 0 ? undefined : { frame, baseOffset, count: header.count },
      isEnd: false,
      next,
      producer: header.producer
    }
  const cursor = new BatchCursor(frame)
  const writer = new BatchWriter(undefined, frame.length)
  writer.begin(header.schemaHash, header.baseTimestamp)
  writer.setWatermark(header.watermark)
  let isEnd = false
  let first: bigint | undefined
  while (cursor.next()) {
    const at = baseOffset + BigInt(cursor.index)
    if (at < offset) continue
    if (cursor.isControl) {
      isEnd ||= cursor.control === "end"
      continue
    }
    first ??= at
    writer.appendRaw(cursor)
  }
  const data =
    first === undefined ? undefined : { frame: writer.finish(), baseOffset: first, count: writer.count }
  return { data, isEnd, next, producer: header.producer }
}
