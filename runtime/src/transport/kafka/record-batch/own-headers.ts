import type { BatchHeader } from "@millrace/sdk/record"

/**
 * The headers by which a record batch keeps what Kafka has no field for (docs/formats/kafka.md). The index of a name here is how
 * {@link ownHeader} answers it.
 */
export const ownNames: readonly Uint8Array[] = [
  "millrace.batch",
  "millrace.watermark",
  "millrace.control"
].map((name) => new TextEncoder().encode(name))
export const originHeader = 0
export const watermarkHeader = 1
export const controlHeader = 2
/** Bytes of each one's value; a header with another size is somebody else's. */
export const ownValueBytes = [26, 8, 1] as const

/** Before a name of ours when a plugin's own header has it, once more for each time that it stands there already. */
export const escapeByte = 0x7e
const firstByte = 0x6d

/** Which of our names `bytes[start, end)` is; -1: none. */
export function ownHeader(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[start] !== firstByte) return -1
  return ownNames.findIndex((name) => name.length === end - start && isAt(name, bytes, start))
}

/** Whether it is one of our names behind any number of escapes, none included. */
export function isOwnOrEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && bytes[at] === escapeByte) at += 1
  return ownHeader(bytes, at, end) >= 0
}

/** Whether a reader has to take an escape from it. */
export function isEscaped(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === escapeByte && isOwnOrEscaped(bytes, start, end)
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false
  return true
}

/** What a frame says of the task that made it, and the schema of its values: `millrace.batch`. */
export interface FrameOrigin {
  readonly producer: number
  readonly partition: number
  /** Milliseconds since 1970, or -Infinity for none. */
  readonly watermark: number
  readonly sequence: number
  /** In the schema registry; undefined while no value has said it. */
  readonly schemaId: number | undefined
}

/** Of a batch that Millrace did not write. */
export const foreignOrigin: FrameOrigin = {
  producer: 0,
  partition: 0,
  watermark: -Infinity,
  sequence: 0,
  schemaId: undefined
}

const noWatermarkHigh = 0x8000_0000

/** Writes the value of `millrace.batch` at `at`; the caller made room. */
export function putOrigin(view: DataView, at: number, header: BatchHeader, schemaId: number): void {
  view.setUint32(at, header.producer)
  view.setUint16(at + 4, header.partition)
  if (header.watermark === -Infinity) putInt64(view, at + 6, -(2 ** 63))
  else putInt64(view, at + 6, header.watermark)
  putInt64(view, at + 14, header.sequence)
  view.setInt32(at + 22, schemaId)
}

/** Undefined where a value is none that a frame may have: a header that only looks like ours. */
export function readOrigin(view: DataView, at: number): FrameOrigin | undefined {
  const isNone = view.getUint32(at + 6) === noWatermarkHigh && view.getUint32(at + 10) === 0
  const watermark = isNone ? -Infinity : readInt64(view, at + 6)
  const sequence = readInt64(view, at + 14)
  const schemaId = view.getInt32(at + 22)
  if (!isNone && !Number.isSafeInteger(watermark)) return undefined
  if (!Number.isSafeInteger(sequence) || sequence < 0 || schemaId < 0) return undefined
  return { producer: view.getUint32(at), partition: view.getUint16(at + 4), watermark, sequence, schemaId }
}

/** A safe integer, or -2^63, as 64 bits. */
export function putInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / 0x1_0000_0000))
  view.setUint32(at + 4, value >>> 0)
}

/** Exact where it is a safe integer, and no safe integer where it is not. */
export function readInt64(view: DataView, at: number): number {
  return view.getInt32(at) * 0x1_0000_0000 + view.getUint32(at + 4)
}
