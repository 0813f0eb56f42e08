import { FrameFault } from "./frame-fault.ts"
import { floorOf, isSafeInteger } from "./built-ins.ts"

/**
 * The batch frame's header (docs/formats/batch.md, version 1). Integers are little-endian.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export const frameHeaderBytes = 80
/** The CRC-32 stands here, over the bytes from {@link crcStart} to the end. Who stores a frame computes and checks it. */
export const crcOffset = 8
export const crcStart = 12
export const maxFrameBytes = 8 * 1024 * 1024
/** Length, attributes and timestamp delta: no record is shorter. */
export const minRecordBytes = 3
/** `MRB1`, read as a little-endian u32. */
export const frameMagic = 0x3142_524d
/** `BatchHeader.watermark` of a batch that has none. */
export const noWatermark = -Infinity

export const flagControl = 1
/** The frame stands for records that are gone, too: its count is the number of offsets that it spans. */
export const flagGaps = 2

export const attributeNullValue = 1
export const attributeNullKey = 2
export const attributeHeaders = 4
export const attributeControl = 8
export const attributeWatermark = 16
/** No record, but a gap: the number of offsets whose records are gone follows, and nothing else. */
export const attributeGap = 32

/** What a control record says of its producer: nothing to come for now, going on again, nothing ever again. */
export type ControlKind = "idle" | "active" | "end"

export const controlIdle = 1
export const controlActive = 2
export const controlEnd = 3

const signedHigh = 0x1_0000_0000

export interface BatchHeader {
  /** Bytes of the whole frame. */
  readonly length: number
  /** As stored; 0 while the frame is in no log. Not checked here. */
  readonly crc: number
  readonly hasControl: boolean
  /** Records of it are gone, as in a compacted topic; only what was read from a log may say so. */
  readonly hasGaps: boolean
  /** Partition of the producing task. */
  readonly partition: number
  /** Offsets that it takes: its records and, where it has gaps, those that are gone. */
  readonly count: number
  /** Id of the producing node; 0 while unknown. */
  readonly producer: number
  /** Milliseconds since 1970; every record's timestamp is stored as a difference to it. */
  readonly baseTimestamp: number
  /** Milliseconds since 1970, or {@link noWatermark}. */
  readonly watermark: number
  /** Number of the producer's commit, from 1; 0 while unknown. */
  readonly sequence: number
  /** SHA-256 of the writer schema's text: a copy. */
  readonly schemaHash: Uint8Array
}

/** A signed 64-bit integer as a number. Throws `BAD_VALUE` beyond ±(2^53 - 1). */
export function readInstant(view: DataView, at: number): number {
  const value = view.getInt32(at + 4, true) * signedHigh + view.getUint32(at, true)
  if (!isSafeInteger(value)) throw new FrameFault("BAD_VALUE", at, "an integer beyond 2^53-1")
  return value
}

/** Writes a safe integer as 64 bits. Throws `BAD_VALUE` when it is none. */
export function putInstant(view: DataView, at: number, value: number): void {
  if (!isSafeInteger(value)) throw new FrameFault("BAD_VALUE", at, "not an integer within ±(2^53-1)")
  view.setInt32(at + 4, floorOf(value / signedHigh), true)
  view.setUint32(at, value >>> 0, true)
}

/** The batch watermark's -2^63 stands for none. */
export function readWatermark(view: DataView, at: number): number {
  const none = view.getUint32(at, true) === 0 && view.getUint32(at + 4, true) === 0x8000_0000
  return none ? noWatermark : readInstant(view, at)
}

export function putWatermark(view: DataView, at: number, value: number): void {
  if (value !== noWatermark) return putInstant(view, at, value)
  view.setUint32(at, 0, true)
  view.setUint32(at + 4, 0x8000_0000, true)
}

/**
 * Reads and checks a frame's header; `frame` must be one whole frame and nothing else. Walks no record: that is
 * {@link BatchCursor}'s, or `checkBatch`'s. Throws a {@link FrameFault}.
 */
export function openBatch(frame: Uint8Array): BatchHeader {
  if (frame.length < frameHeaderBytes) throw new FrameFault("BAD_LENGTH", 0, "shorter than a header")
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  if (view.getUint32(0, true) !== frameMagic)
    throw new FrameFault("BAD_MAGIC", 0, "not a batch frame of version 1")
  const length = view.getUint32(4, true)
  if (length !== frame.length)
    throw new FrameFault("BAD_LENGTH", 4, "says " + length + " bytes, has " + frame.length)
  if (length > maxFrameBytes)
    throw new FrameFault("TOO_LARGE", 4, "a frame of more than " + maxFrameBytes + " bytes")
  const flags = view.getUint16(12, true)
  if ((flags & ~(flagControl | flagGaps)) !== 0) throw new FrameFault("BAD_VALUE", 12, "unknown flags")
  const count = view.getUint32(16, true)
  if ((flags & flagGaps) === 0 && count * minRecordBytes > length - frameHeaderBytes)
    throw new FrameFault("BAD_LENGTH", 16, "more records than bytes")
  const sequence = readInstant(view, 40)
  if (sequence < 0) throw new FrameFault("BAD_VALUE", 40, "a negative sequence")
  return {
    length,
    crc: view.getUint32(crcOffset, true),
    hasControl: (flags & flagControl) !== 0,
    hasGaps: (flags & flagGaps) !== 0,
    partition: view.getUint16(14, true),
    count,
    producer: view.getUint32(20, true),
    baseTimestamp: readInstant(view, 24),
    watermark: readWatermark(view, 32),
    sequence,
    schemaHash: frame.slice(48, 80)
  }
}

export interface BatchOrigin {
  /** Id of the producing node. */
  readonly producer: number
  /** Partition of the producing task. */
  readonly partition: number
  /** Number of the producer's commit, from 1. */
  readonly sequence: number
  /** Replaces the batch's watermark. */
  readonly watermark?: number
}

/** Writes who made a frame into its header, in place; the CRC becomes 0, to be computed by who stores it. */
export function sealBatch(frame: Uint8Array, origin: BatchOrigin): void {
  if (frame.length < frameHeaderBytes) throw new FrameFault("BAD_LENGTH", 0, "shorter than a header")
  if (!(origin.partition >= 0 && origin.partition <= 0xffff))
    throw new FrameFault("BAD_VALUE", 14, "not a partition")
  if (!(origin.producer >= 0 && origin.producer <= 0xffff_ffff))
    throw new FrameFault("BAD_VALUE", 20, "not a producer id")
  if (!(origin.sequence >= 0)) throw new FrameFault("BAD_VALUE", 40, "a negative sequence")
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  view.setUint32(crcOffset, 0, true)
  view.setUint16(14, origin.partition, true)
  view.setUint32(20, origin.producer, true)
  putInstant(view, 40, origin.sequence)
  if (origin.watermark !== undefined) putWatermark(view, 32, origin.watermark)
}
