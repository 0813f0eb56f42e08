import { floorOf } from "./built-ins.ts"
/**
 * Variable-length integers of our frames and of Avro: base 128, least significant group first; `zigzag` maps
 * signed to unsigned first (Avro 1.12 §Binary Encoding). Values are JavaScript numbers: 64-bit ones beyond ±(2^53 - 1)
 * are not represented here.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */

/** Bytes that `value` (0 to 2^35 - 1) takes as an unsigned varint. */
export function varintSize(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}

/** Writes an unsigned varint (0 to 2^35 - 1) of at most 5 bytes; answers the place after it. The caller made room. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  let place = at
  while (rest >= 0x80) {
    bytes[place++] = (rest & 0x7f) | 0x80
    rest = rest > 0x7fff_ffff ? (rest - (rest & 0x7f)) / 128 : rest >>> 7
  }
  bytes[place++] = rest
  return place
}

/** Writes a safe integer as a zigzag varint of at most 8 bytes; answers the place after it. The caller made room. */
export function putZigzag(bytes: Uint8Array, at: number, value: number): number {
  if (value >= -0x4000_0000 && value < 0x4000_0000) {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    let place = at
    while (rest >= 0x80) {
      bytes[place++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    bytes[place++] = rest
    return place
  }
  return putWideZigzag(bytes, at, value)
}

/** `2^54` does not fit a double's integers exactly: the lowest six bits and the sign go first, then the rest. */
function putWideZigzag(bytes: Uint8Array, at: number, value: number): number {
  const negative = value < 0
  const half = negative ? -(value + 1) : value
  const low = half % 64
  let rest = (half - low) / 64
  let place = at
  bytes[place++] = (low * 2 + (negative ? 1 : 0)) | 0x80
  while (rest >= 0x80) {
    const group = rest % 128
    bytes[place++] = group | 0x80
    rest = (rest - group) / 128
  }
  bytes[place++] = rest
  return place
}

/** Bytes that a safe integer takes as a zigzag varint, 1 to 8. */
export function zigzagSize(value: number): number {
  let half = value < 0 ? -(value + 1) : value
  let size = 1
  half = floorOf(half / 64)
  while (half > 0) {
    size += 1
    half = floorOf(half / 128)
  }
  return size
}
