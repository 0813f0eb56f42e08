import { CompressionFault } from "./compression-fault.ts"
import { copyBack, copyOver, spareBytes } from "./copying.ts"

const magic = 0x184d_2204
const flagIndependent = 0x20
const flagBlockChecksum = 0x10
const flagContentSize = 0x08
const flagContentChecksum = 0x04
/** Reserved, and dictionaries, which Kafka does not use. */
const flagsRefused = 0x03
const uncompressedBlock = 0x8000_0000
const leastMatchBytes = 4
/** A length goes on by bytes of at most 255: no input gives more for each of its bytes. */
const mostOfByte = 255

/**
 * Reads an LZ4 frame (github.com/lz4/lz4, lz4_Frame_format.md 1.6), its blocks independent or linked. The frame's checksums are
 * not looked at: the batch's own covers them. Throws a {@link CompressionFault}; allocates no more than `maxBytes`.
 */
export function decompressLz4(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const { at: start, blockBytes, flags } = readHead(bytes)
  const decoder = new Lz4Decoder(bytes, maxBytes)
  let at = start
  for (;;) {
    if (at + 4 > bytes.length) throw new CompressionFault("a frame without end", at)
    const word = decoder.view.getUint32(at, true)
    at += 4
    if (word === 0) break
    const isPlain = word >= uncompressedBlock
    const size = isPlain ? word - uncompressedBlock : word
    if (size > blockBytes || size > bytes.length - at)
      throw new CompressionFault(`a block of ${size} bytes`, at - 4)
    decoder.makeRoom(isPlain ? size : Math.min(blockBytes, size * mostOfByte))
    if (isPlain) decoder.copyBlock(at, at + size)
    else decoder.decodeBlock(at, at + size, (flags & flagIndependent) === 0 ? 0 : decoder.length)
    at += size + ((flags & flagBlockChecksum) === 0 ? 0 : 4)
  }
  if (at + ((flags & flagContentChecksum) === 0 ? 0 : 4) !== bytes.length)
    throw new CompressionFault("bytes behind the frame, or too few", at)
  return decoder.whole()
}

function readHead(bytes: Uint8Array): {
  readonly flags: number
  /** Most bytes of a block. */
  readonly blockBytes: number
  readonly at: number
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length < 7 || view.getUint32(0, true) !== magic) throw new CompressionFault("no LZ4 frame", 0)
  const flags = view.getUint8(4)
  const sizeCode = (view.getUint8(5) >>> 4) & 7
  if (flags >>> 6 !== 1 || (flags & flagsRefused) !== 0 || sizeCode < 4)
    throw new CompressionFault("an LZ4 frame of another kind", 4)
  const at = 7 + ((flags & flagContentSize) === 0 ? 0 : 8)
  return { flags, blockBytes: 1 << (8 + 2 * sizeCode), at }
}

/** The blocks of one frame. Its output grows with them, and not beyond the limit. */
class Lz4Decoder {
  readonly view: DataView
  /** Bytes so far. */
  length: number
  private readonly bytes: Uint8Array
  private out: Uint8Array
  private outView: DataView
  /** Bytes that the output may have at the end of the block. */
  private limit: number
  private readonly maxBytes: number

  constructor(bytes: Uint8Array, maxBytes: number) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.length = 0
    this.out = new Uint8Array(0)
    this.outView = new DataView(this.out.buffer)
    this.limit = 0
    this.maxBytes = maxBytes
  }

  /** For a block of at most so many bytes. */
  makeRoom(mostBytes: number): void {
    this.limit = Math.min(this.length + mostBytes, this.maxBytes)
    if (this.limit + spareBytes <= this.out.length) return
    const size = Math.min(Math.max(this.limit, this.out.length * 2), this.maxBytes)
    const grown = new Uint8Array(size + spareBytes)
    grown.set(this.out.subarray(0, this.length))
    this.out = grown
    this.outView = new DataView(grown.buffer)
  }

  copyBlock(start: number, end: number): void {
    this.check(this.length, end - start, start)
    this.out.set(this.bytes.subarray(start, end), this.length)
    this.length += end - start
  }

  /** lz4_Block_format.md. `low`: where its matches may begin at the earliest. */
  decodeBlock(start: number, end: number, low: number): void {
    const { bytes, limit, out, outView, view } = this
    let from = start
    let at = this.length
    while (from < end) {
      const token = bytes[from++]!
      let literals = token >>> 4
      if (literals === 15) {
        const more = this.longLength(from, end)
        from += Math.floor(more / 255) + 1
        literals += more
      }
      if (literals > end - from) throw new CompressionFault("literals are cut off", from)
      if (literals > limit - at) this.check(at, literals, from)
      copyOver(bytes, view, from, out, outView, at, literals)
      from += literals
      at += literals
      // The last sequence ends with its literals.
      if (from === end) {
        this.length = at
        return
      }
      if (end - from < 2) throw new CompressionFault("an offset is cut off", from)
      const back = bytes[from]! | (bytes[from + 1]! << 8)
      from += 2
      let size = (token & 15) + leastMatchBytes
      if (size === 15 + leastMatchBytes) {
        const more = this.longLength(from, end)
        from += Math.floor(more / 255) + 1
        size += more
      }
      if (back === 0 || back > at - low) throw new CompressionFault("a match of nothing", from)
      if (size > limit - at) this.check(at, size, from)
      copyBack(out, outView, at, back, size)
      at += size
    }
    throw new CompressionFault("a block without its last literals", end)
  }

  whole(): Uint8Array {
    return this.out.subarray(0, this.length)
  }

  /** What the bytes behind a length's four bits add to it: each 255 but the last. */
  private longLength(start: number, end: number): number {
    let sum = 0
    for (let at = start; at < end; at++) {
      const byte = this.bytes[at]!
      sum += byte
      if (byte < 255) return sum
    }
    throw new CompressionFault("a length is cut off", start)
  }

  private check(at: number, size: number, place: number): void {
    if (size <= this.limit - at) return
    if (this.limit < this.maxBytes) throw new CompressionFault("more than a block may hold", place)
    throw new CompressionFault(`more than ${this.maxBytes} bytes when decompressed`, place, true)
  }
}
