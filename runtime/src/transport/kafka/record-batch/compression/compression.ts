import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from "node:zlib"
import { lz4Compress, snappyCompress } from "@platformatic/wasm-utils/bundled"
import { CompressionFault } from "./compression-fault.ts"
import { decompressLz4 } from "./lz4.ts"
import { decompressSnappy, frameSnappy } from "./snappy.ts"

/** The codecs of record batches, in the order of their numbers there. */
export const compressions = ["none", "gzip", "snappy", "lz4", "zstd"] as const
export type Compression = (typeof compressions)[number]

// `bundled` has its WebAssembly within it: the packed program has no file beside it that could be read.

/** Compresses at each codec's usual level, in the form that Java's clients write. */
export function compress(codec: Exclude<Compression, "none">, bytes: Uint8Array): Uint8Array {
  if (codec === "gzip") return gzipSync(bytes)
  if (codec === "zstd") return zstdCompressSync(bytes)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return codec === "snappy" ? frameSnappy(snappyCompress(buffer)) : lz4Compress(buffer)
}

/**
 * What was compressed; throws a {@link CompressionFault}. INVARIANT: makes and allocates no more than `maxBytes`, whatever the bytes
 * claim. snappy and lz4 are read here and not by the WebAssembly that writes them: that allocates what a length says, makes
 * output without a bound, and is lost to all its users when its memory ends.
 */
export function decompress(
  codec: Exclude<Compression, "none">,
  bytes: Uint8Array,
  maxBytes: number
): Uint8Array {
  if (codec === "snappy") return decompressSnappy(bytes, maxBytes)
  if (codec === "lz4") return decompressLz4(bytes, maxBytes)
  const options = { maxOutputLength: maxBytes }
  try {
    return codec === "gzip" ? gunzipSync(bytes, options) : zstdDecompressSync(bytes, options)
  } catch (cause) {
    throw zlibFault(cause, maxBytes)
  }
}

function zlibFault(cause: unknown, maxBytes: number): CompressionFault {
  const tooLarge = cause instanceof RangeError && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE"
  if (tooLarge) return new CompressionFault(`more than ${maxBytes} bytes when decompressed`, 0, true)
  return new CompressionFault(cause instanceof Error ? cause.message : String(cause), 0)
}
