import { Uint8ArrayOf } from "../realm/primordials.ts"

const pageBytes = 4096
/** Calls in a row to which a quarter of the memory was enough before the rest is given back. */
const patience = 64

/**
 * Memory for what a node reads, the same at each call. What is new at each call outlives V8's scavenges and grows old; then the whole heap
 * is collected, and with the hidden classes of what is dead goes the code that was optimised for them (test/bench/RESULTS.md).
 * INVARIANT: what a body gets of a frame is its own, for the next call writes here; a record that is held on to after its body has
 * answered tells nothing that can be relied on.
 */
export class KeptBytes {
  private bytes: Uint8Array = new Uint8ArrayOf(pageBytes)
  private smallCalls = 0
  /** Of the small calls in a row, the largest. */
  private smallBytes = 0

  /** A copy of `source[start, end)`, good until the next. */
  copy(source: Uint8Array, start: number, end: number): Uint8Array {
    const size = end - start
    this.fit(size)
    // Always another view: those who keep things by frame tell frames apart by it.
    const copy = this.bytes.subarray(0, size)
    copy.set(source.subarray(start, end))
    return copy
  }

  /** What is kept counts as its isolate's, which others may share: after a large batch it shrinks again, though not for one small batch. */
  private fit(size: number): void {
    const room = this.bytes.length
    if (size > room) return this.take(size)
    if (room === pageBytes || size > room >>> 2) {
      this.smallCalls = 0
      this.smallBytes = 0
      return
    }
    this.smallCalls += 1
    if (size > this.smallBytes) this.smallBytes = size
    if (this.smallCalls === patience) this.take(this.smallBytes)
  }

  /** Memory for `size` and an eighth, in whole pages. */
  private take(size: number): void {
    this.bytes = new Uint8ArrayOf(((size + (size >>> 3)) | (pageBytes - 1)) + 1)
    this.smallCalls = 0
    this.smallBytes = 0
  }
}
