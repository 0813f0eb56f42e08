import { crc32 as withInstructions } from "@node-rs/crc32"
import { crc32 as throughTables } from "node:zlib"

/** Node's zlib is built without the processor's instructions: of fewer bytes its call costs less, of 256 KiB five times as much. */
const leastBytes = 512

/** CRC-32 (IEEE 802.3) of bytes, or of what follows bytes whose CRC is `before`. */
export function crc32(bytes: Uint8Array, before: number = 0): number {
  return bytes.length < leastBytes ? throughTables(bytes, before) : withInstructions(bytes, before)
}
