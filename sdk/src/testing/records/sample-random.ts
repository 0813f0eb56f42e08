/** Numbers that follow from a seed: the same everywhere and for ever, so that samples can be compared. (Steele et al., SplitMix) */
export class SampleRandom {
  private state: number

  constructor(seed: number) {
    this.state = seed | 0
  }

  /** 0 <= x < 1. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }

  /** A whole number, both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1))
  }

  pick<A>(options: readonly [A, ...A[]]): A
  pick<A>(options: readonly A[]): A | undefined
  pick<A>(options: readonly A[]): A | undefined {
    return options[Math.floor(this.next() * options.length)]
  }

  oneIn(times: number): boolean {
    return this.next() * times < 1
  }
}
