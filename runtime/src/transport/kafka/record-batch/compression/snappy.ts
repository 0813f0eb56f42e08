import { CompressionFault } from "./compression-fault.ts"
import { copyBack, copyOver, spareBytes } from "./copying.ts"

/** How the streams of Java's snappy library begin: its name, and two versions, all 1. Chunks follow, each behind its length. */
const javaHead = Uint8Array.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
const javaName = 8
/** A copy of 64 bytes takes 3: no input gives more for each of its bytes. */
const mostOfByte = 22

/** The stream of one chunk, as Java's consumers read it. */
export function frameSnappy(block: Uint8Array): Uint8Array {
  const stream = Buffer.allocUnsafe(javaHead.length + 4 + block.length)
  stream.set(javaHead)
  stream.writeUInt32BE(block.length, javaHead.length)
  stream.set(block, javaHead.length + 4)
  return stream
}

/**
 * Reads both forms that producers write: a bare block (github.com/google/snappy, format_description.txt) and Java's stream of them.
 * Throws a {@link CompressionFault}; allocates no more than `maxBytes`, nor than the input could come to.
 */
export function decompressSnappy(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const blocks = isJavaHead(bytes, 0) ? javaBlocks(bytes) : [blockOf(bytes, 0, bytes.length)]
  let size = 0
  for (const block of blocks) size += block.size
  if (size > maxBytes) throw new CompressionFault(`${size} bytes when decompressed`, 0, true)
  const out = new Uint8Array(size + spareBytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const outView = new DataView(out.buffer)
  let at = 0
  for (const block of blocks) {
    decodeBlock(bytes, view, block, out, outView, at)
    at += block.size
  }
  return out.subarray(0, size)
}

interface Block {
  /** Its elements are `bytes[start, end)`. */
  readonly start: number
  readonly end: number
  /** Bytes that it says it comes to. */
  readonly size: number
}

function isJavaHead(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < javaName; i++) if (bytes[at + i] !== javaHead[i]) return false
  return true
}

function javaBlocks(bytes: Uint8Array): readonly Block[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const blocks: Block[] = []
  let at = 0
  while (at < bytes.length) {
    // Streams that were put one behind the other have a beginning each.
    if (isJavaHead(bytes, at)) {
      at += javaHead.length
      if (at > bytes.length) throw new CompressionFault("a stream's beginning is cut off", bytes.length)
      continue
    }
    const size = at + 4 <= bytes.length ? view.getUint32(at) : -1
    if (size < 0 || size > bytes.length - at - 4) throw new CompressionFault("a chunk is cut off", at)
    blocks.push(blockOf(bytes, at + 4, at + 4 + size))
    at += 4 + size
  }
  return blocks
}

function blockOf(bytes: Uint8Array, start: number, end: number): Block {
  let size = 0
  let at = start
  for (let scale = 1; ; scale *= 128) {
    if (at >= end || at === start + 5) throw new CompressionFault("a malformed length", start)
    const byte = bytes[at++]!
    size += (byte & 127) * scale
    if (byte < 128) break
  }
  if (size > (end - at) * mostOfByte)
    throw new CompressionFault(`${end - at} bytes cannot come to ${size}`, start)
  return { start: at, end, size }
}

function decodeBlock(
  bytes: Uint8Array,
  view: DataView,
  block: Block,
  out: Uint8Array,
  outView: DataView,
  outStart: number
): void {
  const { end } = block
  const outEnd = outStart + block.size
  let from = block.start
  let at = outStart
  while (from < end) {
    const place = from
    const tag = bytes[from++]!
    const kind = tag & 3
    if (kind === 0) {
      let size = (tag >>> 2) + 1
      const extra = size - 60
      if (extra > 0) {
        if (extra > end - from) throw new CompressionFault("a literal's length is cut off", place)
        size = littleEndian(bytes, from, extra) + 1
        from += extra
      }
      if (size > end - from || size > outEnd - at) throw new CompressionFault("a literal is cut off", place)
      copyOver(bytes, view, from, out, outView, at, size)
      from += size
      at += size
      continue
    }
    const extra = kind === 3 ? 4 : kind
    if (extra > end - from) throw new CompressionFault("a copy is cut off", place)
    const size = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
    const back =
      kind === 1
        ? ((tag >>> 5) << 8) | bytes[from]!
        : kind === 2
          ? bytes[from]! | (bytes[from + 1]! << 8)
          : littleEndian(bytes, from, 4)
    from += extra
    if (back === 0 || back > at - outStart) throw new CompressionFault("a copy of nothing", place)
    if (size > outEnd - at) throw new CompressionFault("more than its length says", place)
    copyBack(out, outView, at, back, size)
    at += size
  }
  if (at !== outEnd) throw new CompressionFault("less than its length says", end)
}

function littleEndian(bytes: Uint8Array, at: number, size: number): number {
  let number = 0
  for (let i = size - 1; i >= 0; i--) number = number * 256 + bytes[at + i]!
  return number
}
