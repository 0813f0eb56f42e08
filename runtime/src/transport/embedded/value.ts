import { crcOffset, crcStart } from "@millrace/sdk/record"
import { combineCrc } from "./crc-combine.ts"
import { crc32 } from "./crc.ts"

/** Bytes that stand before every stored value: its CRC-32, little-endian (docs/formats/commit.md). */
export const valuePrefixBytes = 4

/** The bytes as the store keeps them, behind their CRC. */
export function sealValue(...parts: readonly Uint8Array[]): Buffer {
  let length = valuePrefixBytes
  for (const part of parts) length += part.length
  const stored = Buffer.allocUnsafe(length)
  let at = valuePrefixBytes
  for (const part of parts) {
    stored.set(part, at)
    at += part.length
  }
  return sealInPlace(stored)
}

export function sealJson(value: unknown): Buffer {
  return sealValue(Buffer.from(JSON.stringify(value)))
}

/** Computes the CRC over what follows it. */
export function sealInPlace(stored: Buffer): Buffer {
  stored.writeUInt32LE(crc32(stored.subarray(valuePrefixBytes)), 0)
  return stored
}

/** What was stored, or undefined when it is not what was stored: a bit flipped, or a write was torn. */
export function openValue(stored: Buffer): Buffer | undefined {
  if (stored.length < valuePrefixBytes) return undefined
  const value = stored.subarray(valuePrefixBytes)
  return crc32(value) === stored.readUInt32LE(0) ? value : undefined
}

/** Both CRCs of a frame as the store keeps it: its own, and the one that stands before every value. Looks through it once. */
export function sealFrameInPlace(stored: Buffer): Buffer {
  const frame = stored.subarray(valuePrefixBytes)
  const crc = crc32(frame.subarray(crcStart))
  frame.writeUInt32LE(crc, crcOffset)
  const head = crc32(frame.subarray(0, crcStart))
  stored.writeUInt32LE(combineCrc(head, crc, frame.length - crcStart), 0)
  return stored
}

/** Writes a frame's own CRC into its header (docs/formats/batch.md). */
export function sealFrameCrc(frame: Buffer): void {
  frame.writeUInt32LE(crc32(frame.subarray(crcStart)), crcOffset)
}
