import { type Block, blockBytes, blockLength, constantOf, missing, openBlock, sealBlock } from "./block.ts"

/** Beyond as many, an open block is an array. */
const mostRuns = 12
/** Numbers that tell a run. */
const runLength = 3

/** Blocks are opened here one at a time. */
const scratch = new Float64Array(blockLength)

/**
 * One number over time: sealed blocks, and an open one that samples go into. Ticks count from 0 for the whole history. While the
 * open block has few runs of the same value it takes no array of its length: of a thousand pipelines most numbers never change, and
 * others once a minute.
 */
export class Column {
  /** Number of the block that `#sealed` begins with. */
  #base: number
  readonly #sealed: Block[] = []
  /** Of the open block, what is before its last run: begin, end and value of each, the later over the earlier; or the block itself, and there is no run. */
  #before: number[] | Float64Array | undefined
  /** The last run: the value in the places from `#from` up to `#to`. */
  #value = Number.NaN
  #from = 0
  #to = 0

  constructor(block: number) {
    this.#base = block
  }

  /** Of a tick in the open block. */
  set(tick: number, value: number): void {
    const place = tick % blockLength
    if (this.#before instanceof Float64Array) {
      this.#before[place] = value
    } else if (place === this.#to && Object.is(value, this.#value)) {
      this.#to = place + 1
    } else if (this.#to === 0) {
      this.#begin(place, value)
    } else if ((this.#before?.length ?? 0) < mostRuns * runLength) {
      if (this.#before === undefined) this.#before = [this.#from, this.#to, this.#value]
      else this.#before.push(this.#from, this.#to, this.#value)
      this.#begin(place, value)
    } else {
      this.#before = this.#opened(new Float64Array(blockLength))
      this.#before[place] = value
    }
  }

  #begin(place: number, value: number): void {
    this.#value = value
    this.#from = place
    this.#to = place + 1
  }

  /** The open block is whole: what comes next goes into a new one. */
  seal(): void {
    this.#sealed.push(this.#to === 0 ? missing : sealBlock(this.#opened(scratch)))
    this.#before = undefined
    this.#from = this.#to = 0
  }

  /** Writes the open block's samples into `into`, which is a block long; answers it. */
  #opened(into: Float64Array): Float64Array {
    if (this.#before instanceof Float64Array) {
      into.set(this.#before)
      return into
    }
    into.fill(Number.NaN)
    for (let run = 0; run < (this.#before?.length ?? 0); run += runLength)
      into.fill(this.#before?.[run + 2] ?? Number.NaN, this.#before?.[run], this.#before?.[run + 1])
    return into.fill(this.#value, this.#from, this.#to)
  }

  /** Forgets the blocks before `block`; false when nothing is left of it. */
  dropBefore(block: number): boolean {
    const gone = Math.max(0, Math.min(block - this.#base, this.#sealed.length))
    this.#sealed.splice(0, gone)
    this.#base += gone
    return this.#to > 0 || this.#sealed.some((sealed) => sealed !== missing)
  }

  /** The sample of one tick; NaN where there is none. */
  at(tick: number): number {
    const block = Math.floor(tick / blockLength)
    if (block !== this.#base + this.#sealed.length) return this.read(tick, 1)[0] ?? Number.NaN
    const place = tick % blockLength
    if (this.#before instanceof Float64Array || place < this.#from)
      return this.#opened(scratch)[place] ?? Number.NaN
    return place < this.#to ? this.#value : Number.NaN
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
      if (this.#before instanceof Float64Array) return undefined
      if (from < this.#from || last % blockLength >= this.#to) return undefined
      value = this.#value
    }
    for (let block = Math.floor(first / blockLength); block < open && block * blockLength <= last; block++) {
      const constant = constantOf(this.#sealed[block - this.#base] ?? missing)
      if (constant === undefined || Number.isNaN(constant)) return undefined
      value ??= constant
      if (!Object.is(value, constant)) return undefined
    }
    return value
  }

  /** The samples of `count` ticks from `first`; NaN where there is none. */
  read(first: number, count: number): Float64Array {
    const values = new Float64Array(count).fill(Number.NaN)
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
    const open = 8 * (1 + (this.#before?.length ?? 0))
    return this.#sealed.reduce((sum, block) => sum + blockBytes(block), open)
  }
}
