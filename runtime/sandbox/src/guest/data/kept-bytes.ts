import { Uint8ArrayOf } from "../realm/primordials.ts"

const firstBytes = 4096

/**
 * Memory for what a node reads, the same at each call. What is new at each call outlives V8's scavenges and grows old; then the whole heap
 * is collected, and with the hidden classes of what is dead goes the code that was optimised for them (test/bench/RESULTS.md).
 * INVARIANT: what a body gets of a frame is its own, for the next call writes here; a record that is held on to after its body has
 * answered tells nothing that can be relied on.
 */
export class KeptBytes {
  private bytes: Uint8Array = new Uint8ArrayOf(firstBytes)

  /** A copy of `source[start, end)`, good until the next. */
  copy(source: Uint8Array, start: number, end: number): Uint8Array {
    const size = end - start
    let room = this.bytes.length
    while (room < size) room *= 2
    if (room > this.bytes.length) this.bytes = new Uint8ArrayOf(room)
    // Always another view: those who keep things by frame tell frames apart by it.
    const copy = this.bytes.subarray(0, size)
    copy.set(source.subarray(start, end))
    return copy
  }
}
