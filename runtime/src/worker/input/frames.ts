import { createHash } from "node:crypto"
import type { InputFrame } from "@millrace/sandbox"
import { BatchCursor, BatchWriter, type ControlKind, openBatch } from "@millrace/sdk/record"

/** Writer schema of frames that hold control records only: `"null"`. */
export const controlSchemaText = '"null"'
const controlSchemaHash = new Uint8Array(createHash("sha256").update(controlSchemaText).digest())

/** A frame with one control record. Of a chain's own task, `active` says by its timestamp how many tasks the chain has. */
export function controlFrame(kind: ControlKind, timestamp: number): Uint8Array {
  const writer = new BatchWriter(undefined, 256)
  writer.begin(controlSchemaHash)
  writer.appendControl(kind, timestamp)
  return writer.finish()
}

/** What a frame says of its producer, beside its records. */
export interface FrameControl {
  readonly kind: ControlKind
  readonly timestamp: number
}

export interface FrameData extends Pick<InputFrame, "frame" | "baseOffset" | "leaps"> {
  readonly count: number
}

/** What a frame from the log holds for a reader that begins at `offset`. */
export interface FrameParts {
  /** The records from `offset` on, without control records and gaps; undefined when there are none. */
  readonly data: FrameData | undefined
  /** Control records from `offset` on. */
  readonly controls: readonly FrameControl[]
  /** Offset after the frame. */
  readonly next: bigint
  /** Id of the producing node. */
  readonly producer: number
  /** Partition of the producing task. */
  readonly partition: number
  /** Number of the commit that wrote it; 0: not known. */
  readonly sequence: number
  /** The producer's watermark after the frame, ms since 1970; `-Infinity`: none. */
  readonly watermark: number
}

/** Takes a frame apart. Throws a FrameFault when it is none. */
export function frameParts(baseOffset: bigint, frame: Uint8Array, offset: bigint): FrameParts {
  const header = openBatch(frame)
  const next = baseOffset + BigInt(header.count)
  const { partition, producer, sequence, watermark } = header
  const whole = !header.hasControl && !header.hasGaps && baseOffset >= offset
  if (whole)
    return {
      data: header.count === 0 ? undefined : { frame, baseOffset, count: header.count },
      controls: [],
      next,
      producer,
      partition,
      sequence,
      watermark
    }
  const cursor = new BatchCursor(frame)
  const writer = new BatchWriter(undefined, frame.length)
  writer.begin(header.schemaHash, header.baseTimestamp)
  writer.setWatermark(header.watermark)
  const controls: FrameControl[] = []
  let first: bigint | undefined
  let leap = 0
  const leaps: number[] = []
  while (cursor.next()) {
    const at = baseOffset + BigInt(cursor.index)
    if (at < offset) continue
    if (cursor.isControl) {
      const { control: kind, timestamp } = cursor
      if (kind !== undefined) controls.push({ kind, timestamp })
      continue
    }
    first ??= at
    const beyond = Number(at - first) - writer.count
    if (beyond > leap) leaps.push(writer.count, beyond)
    leap = beyond
    writer.appendRaw(cursor)
  }
  const data =
    first === undefined
      ? undefined
      : {
          frame: writer.finish(),
          baseOffset: first,
          count: writer.count,
          ...(leaps.length === 0 ? {} : { leaps })
        }
  return { data, controls, next, producer, partition, sequence, watermark }
}
