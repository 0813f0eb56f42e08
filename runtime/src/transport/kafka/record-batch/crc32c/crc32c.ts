import { crc32c as throughTables } from "@platformatic/wasm-utils/bundled"
import { foldWords, leastFoldedBytes } from "./fold.ts"

/**
 * CRC-32C of `bytes[start, end)`, as an unsigned number (Castagnoli's polynomial, reflected; RFC 3720, appendix B.4). Node has
 * none. Tables in WebAssembly are the fastest for short runs, and at 1.3 GB/s would be half of what a batch costs; long runs are
 * first folded to their last few thousand bytes, several times as fast (`npm run bench -- kafka-batch`).
 */
export function crc32c(bytes: Uint8Array, start: number = 0, end: number = bytes.length): number {
  return throughTables(
    end - start < leastFoldedBytes ? bytes.subarray(start, end) : foldWords(bytes, start, end)
  )
}
