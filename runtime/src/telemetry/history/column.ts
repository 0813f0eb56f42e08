import { type Block, blockBytes, blockLength, missing, openBlock, sealBlock } from "./block.ts"

/** One number over time: sealed blocks, and an open one that samples go into. Ticks count from 0 for the whole history. */
export class Column {
  /** Number of the block that `#sealed` begins with. */
  #base: number
  readonly #sealed: Block[] = []
  readonly #open = new Float64Array(blockLength).fill(Number.NaN)
  #live = false

  constructor(block: number) {
    this.#base = block
  }

  /** Of a tick in the open block. */
  set(tick: number, value: number): void {
    this.#open[tick % blockLength] = value
    this.#live = true
  }

  /** The open block is whole: what comes next goes into a new one. */
  seal(): void {
    this.#sealed.push(this.#live ? sealBlock(this.#open) : missing)
    this.#open.fill(Number.NaN)
    this.#live = false
  }

  /** Forgets the blocks before `block`; false when nothing is left of it. */
  dropBefore(block: number): boolean {
    const gone = Math.max(0, Math.min(block - this.#base, this.#sealed.length))
    this.#sealed.splice(0, gone)
    this.#base += gone
    return this.#live || this.#sealed.some((sealed) => sealed !== missing)
  }

  /** The samples of `count` ticks from `first`; NaN where there is none. */
  read(first: number, count: number): Float64Array {
    const values = new Float64Array(count).fill(Number.NaN)
    const scratch = new Float64Array(blockLength)
    for (let block = Math.floor(first / blockLength); block * blockLength < first + count; block++) {
      const sealed = this.#sealed[block - this.#base]
      if (sealed === missing) continue
      if (sealed !== undefined) openBlock(sealed, scratch)
      else if (block === this.#base + this.#sealed.length) scratch.set(this.#open)
      else continue
      const start = block * blockLength
      const from = Math.max(first, start)
      const to = Math.min(first + count, start + blockLength)
      values.set(scratch.subarray(from - start, to - start), from - first)
    }
    return values
  }

  /** Bytes of its samples. */
  get bytes(): number {
    return this.#sealed.reduce((sum, block) => sum + blockBytes(block), this.#open.byteLength)
  }
}
