import { openValue, sealValue, valuePrefixBytes } from "../value.ts"

// A value of the `log` database that is large lies in a frame file, and the database has its place (docs/formats/commit.md).

const placeBytes = 16
/** Of a place as the database has it: no frame is so short. */
const sealedPlaceBytes = valuePrefixBytes + placeBytes

/** Where a value lies, its first four bytes (the CRC of its rest) included. */
export interface FramePlace {
  /** Number of the file. */
  readonly file: number
  readonly position: number
  readonly bytes: number
  /** What the value begins with: a place leads to this value or to none. */
  readonly crc: number
}

export function sealPlace({ bytes, crc, file, position }: FramePlace): Buffer {
  const value = Buffer.allocUnsafe(placeBytes)
  value.writeUInt32LE(file, 0)
  value.writeUInt32LE(position, 4)
  value.writeUInt32LE(bytes, 8)
  value.writeUInt32LE(crc, 12)
  return sealValue(value)
}

/** The place that a value of the database is; undefined where it is a frame, or not what was stored. */
export function openPlace(stored: Buffer): FramePlace | undefined {
  if (stored.length !== sealedPlaceBytes) return undefined
  const value = openValue(stored)
  if (value === undefined) return undefined
  return {
    file: value.readUInt32LE(0),
    position: value.readUInt32LE(4),
    bytes: value.readUInt32LE(8),
    crc: value.readUInt32LE(12)
  }
}

/** Key of the `placed` database: whose place it is stands there. */
export function placedKey({ file, position }: Pick<FramePlace, "file" | "position">): Buffer {
  const key = Buffer.allocUnsafe(8)
  key.writeUInt32BE(file, 0)
  key.writeUInt32BE(position, 4)
  return key
}

/** All places in a file. */
export function placesIn(file: number): { readonly start: Buffer; readonly end: Buffer } {
  return { start: placedKey({ file, position: 0 }), end: placedKey({ file: file + 1, position: 0 }) }
}

/** What lies somewhere: the key in `log` that leads there, and its bytes. */
export interface Placed extends Pick<FramePlace, "file" | "position" | "bytes"> {
  readonly key: Buffer
}

export function sealPlaced(key: Buffer, { bytes }: FramePlace): Buffer {
  const length = Buffer.allocUnsafe(4)
  length.writeUInt32LE(bytes)
  return sealValue(length, key)
}

/** Undefined where it is not what was stored. */
export function openPlaced(key: Buffer, stored: Buffer): Placed | undefined {
  const value = openValue(stored)
  if (value === undefined || value.length < 4 || key.length !== 8) return undefined
  return {
    file: key.readUInt32BE(0),
    position: key.readUInt32BE(4),
    bytes: value.readUInt32LE(0),
    key: Buffer.from(value.subarray(4))
  }
}
