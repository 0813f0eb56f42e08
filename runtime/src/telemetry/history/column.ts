import { type Block, blockBytes, blockLength, missing, openBlock, sealBlock } from "./block.ts"

/**
 * One number over time: sealed blocks, and an open one that samples go into. Ticks count from 0 for the whole history. While the
 * open block has one value alone it takes no array: of a thousand pipelines most series never have another.
 */
export class Column {
  /** Number of the block that `#sealed` begins with. */
  #base: number
  readonly #sealed: Block[] = []
  /** Undefined while the open block is `#value` in the places from `#from` up to `#to`, and nothing elsewhere. */
  #open: Float64Array | undefined
  #value = Number.NaN
  #from = 0
  #to = 0

  constructor(block: number) {
    this.#base = block
  }

  /** Of a tick in the open block. */
  set(tick: number, value: number): void {
    const place = tick % blockLength
    if (this.#open !== undefined) {
      this.#open[place] = value
    } else if (this.#isEmpty) {
      this.#value = value
      this.#from = place
      this.#to = place + 1
    } else if (place === this.#to && Object.is(value, this.#value)) {
      this.#to = place + 1
    } else {
      this.#open = this.#opened(new Float64Array(blockLength))
      this.#open[place] = value
    }
  }

  /** The open block is whole: what comes next goes into a new one. */
  seal(): void {
    this.#sealed.push(
      this.#isEmpty ? missing : sealBlock(this.#open ?? this.#opened(new Float64Array(blockLength)))
    )
    this.#open = undefined
    this.#from = this.#to = 0
  }

  get #isEmpty(): boolean {
    return this.#open === undefined && this.#to === 0
  }

  /** Writes the open block's samples into `into`, which is a block long; answers it. */
  #opened(into: Float64Array): Float64Array {
    if (this.#open === undefined) into.fill(Number.NaN).fill(this.#value, this.#from, this.#to)
    else into.set(this.#open)
    return into
  }

  /** Forgets the blocks before `block`; false when nothing is left of it. */
  dropBefore(block: number): boolean {
    const gone = Math.max(0, Math.min(block - this.#base, this.#sealed.length))
    this.#sealed.splice(0, gone)
    this.#base += gone
    return !this.#isEmpty || this.#sealed.some((sealed) => sealed !== missing)
  }

  /** The sample of one tick; NaN where there is none. */
  at(tick: number): number {
    const block = Math.floor(tick / blockLength)
    if (block !== this.#base + this.#sealed.length) return this.read(tick, 1)[0] ?? Number.NaN
    const place = tick % blockLength
    if (this.#open !== undefined) return this.#open[place] ?? Number.NaN
    return place >= this.#from && place < this.#to ? this.#value : Number.NaN
  }

  /**
   * The one value that all samples of `count` ticks from `first` have, where there are two or more; undefined where they differ, one is
   * missing, or that cannot be said at a glance.
   */
  flat(first: number, count: number): number | undefined {
    if (count < 2) return undefined
    const open = this.#base + this.#sealed.length
    const last = first + count - 1
    let value: number | undefined
    if (Math.floor(last / blockLength) >= open) {
      const from = Math.max(first, open * blockLength) % blockLength
      if (this.#open !== undefined || from < this.#from || last % blockLength >= this.#to) return undefined
      value = this.#value
    }
    for (let block = Math.floor(first / blockLength); block < open && block * blockLength <= last; block++) {
      const sealed = this.#sealed[block - this.#base]
      if (sealed?.form !== "constant" || Number.isNaN(sealed.value)) return undefined
      value ??= sealed.value
      if (!Object.is(value, sealed.value)) return undefined
    }
    return value
  }

  /** The samples of `count` ticks from `first`; NaN where there is none. */
  read(first: number, count: number): Float64Array {
    const values = new Float64Array(count).fill(Number.NaN)
    const scratch = new Float64Array(blockLength)
    for (let block = Math.floor(first / blockLength); block * blockLength < first + count; block++) {
      const sealed = this.#sealed[block - this.#base]
      if (sealed === missing) continue
      if (sealed !== undefined) openBlock(sealed, scratch)
      else if (block === this.#base + this.#sealed.length) this.#opened(scratch)
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
    return this.#sealed.reduce((sum, block) => sum + blockBytes(block), this.#open?.byteLength ?? 8)
  }
}
