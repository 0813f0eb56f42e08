import { randomFillSync } from "node:crypto"
import { halfSipHash } from "./key-hash.ts"

const wordsPerKey = 4
type Half = Parameters<typeof halfSipHash>[3]
/** Of the slots; beyond it looking up takes long. */
const maxLoad = 0.75

/**
 * The newest offset of each key, in memory of a fixed size: 24 bytes a slot. Keys are known by 128 bits of hash, under secrets of
 * this one map, so that no key is taken for another, not even where somebody tries. Offsets are below 2^53.
 */
export class KeyOffsets {
  private readonly slots: number
  private readonly hashes: Uint32Array
  /** One more than the offset; 0 where the slot is free. */
  private readonly offsets: Float64Array
  private left: number
  private readonly words = new Uint32Array(wordsPerKey)
  private readonly halves: readonly [Half, Half]

  /** `mostKeys`: how many it is to hold, at least. */
  constructor(mostKeys: number) {
    let slots = 16
    while (slots * maxLoad < mostKeys) slots *= 2
    this.slots = slots
    this.hashes = new Uint32Array(slots * wordsPerKey)
    this.offsets = new Float64Array(slots)
    this.left = Math.floor(slots * maxLoad)
    const secret = new Uint32Array(wordsPerKey)
    randomFillSync(secret)
    this.halves = [
      { secret, into: this.words, at: 0 },
      { secret, into: this.words, at: 2 }
    ]
  }

  /** The key is `bytes[start, end)`; its offsets come in ascending order. False where there is no room for one more key: it was not noted. */
  note(bytes: Uint8Array, start: number, end: number, offset: number): boolean {
    const slot = this.slotOf(bytes, start, end)
    if (this.offsets[slot] === 0) {
      if (this.left === 0) return false
      this.left -= 1
      this.hashes.set(this.words, slot * wordsPerKey)
    }
    this.offsets[slot] = offset + 1
    return true
  }

  /** -1 for a key that was never noted. */
  newest(bytes: Uint8Array, start: number, end: number): number {
    return (this.offsets[this.slotOf(bytes, start, end)] ?? 0) - 1
  }

  /** Where the key stands, or the free slot that it would take; its hash is in `words` then. */
  private slotOf(bytes: Uint8Array, start: number, end: number): number {
    halfSipHash(bytes, start, end, this.halves[0])
    halfSipHash(bytes, start, end, this.halves[1])
    const mask = this.slots - 1
    let slot = (this.words[0] ?? 0) & mask
    while (this.offsets[slot] !== 0 && !this.isAt(slot)) slot = (slot + 1) & mask
    return slot
  }

  private isAt(slot: number): boolean {
    const at = slot * wordsPerKey
    for (let word = 0; word < wordsPerKey; word++)
      if (this.hashes[at + word] !== this.words[word]) return false
    return true
  }
}
