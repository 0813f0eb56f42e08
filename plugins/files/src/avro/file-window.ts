import type { FileReader } from "@millrace/sdk"

/** In one request at most. */
const requestBytes = 4 * 1024 * 1024
/** Read ahead. */
const pieceBytes = 1024 * 1024

/** Bytes of a file that were read last, and those around that are asked for. */
export class FileWindow {
  readonly #input: FileReader
  readonly #path: string
  #offset = 0
  #bytes = new Uint8Array()
  #isLast = false

  constructor(input: FileReader, path: string) {
    this.#input = input
    this.#path = path
  }

  /** Bytes that it holds. */
  get size(): number {
    return this.#bytes.length
  }

  /** The `length` bytes from `offset` on; fewer only at the file's end. Good until the next call. */
  *at(offset: number, length: number) {
    const known = this.#bytes.subarray(Math.max(0, offset - this.#offset))
    if (offset < this.#offset || (known.length < length && !this.#isLast)) {
      yield* this.#load(offset, Math.max(length, pieceBytes))
      return this.#bytes.subarray(0, length)
    }
    return known.subarray(0, length)
  }

  *#load(offset: number, length: number) {
    const parts: Uint8Array[] = []
    let size = 0
    let isLast = false
    while (size < length && !isLast) {
      const wanted = Math.min(requestBytes, length - size)
      const part = yield* this.#input.read(this.#path, offset + size, wanted)
      parts.push(part)
      size += part.length
      isLast = part.length < wanted
    }
    const bytes = new Uint8Array(size)
    let at = 0
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    this.#offset = offset
    this.#bytes = bytes
    this.#isLast = isLast
  }
}
