/**
 * Kafka's lengths and small numbers: zigzag varints (Protocol Buffers' sint32), which here are not negative unless said.
 */

/** The length -1: of a null key, value or header's value. */
export const nullLength = 1

/** Bytes of a number up to 2^30 - 1. */
export function lengthSize(value: number): number {
  return value < 0x40 ? 1 : value < 0x2000 ? 2 : value < 0x10_0000 ? 3 : value < 0x800_0000 ? 4 : 5
}

/** Writes it and answers the place after it; the caller made room. */
export function putLength(bytes: Uint8Array, at: number, value: number): number {
  let rest = value << 1
  let place = at
  while (rest > 127) {
    bytes[place++] = (rest & 127) | 128
    rest >>>= 7
  }
  bytes[place++] = rest
  return place
}
