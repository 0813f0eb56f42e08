/**
 * A stream of random numbers that the seed and one other number give, everywhere and always the same. As in Apache Beam's
 * Nexmark every event has one of its own, so that it does not depend on what was made before it. The start is MurmurHash3's
 * mixing (https://github.com/aappleby/smhasher, public domain) of the 32-bit halves, each draw its finalizer over a counter.
 */
export class Draw {
  private state = 0

  /** Begins anew for a number, 0 to 2^53 - 1. One object serves for all events. */
  begin(seed: number, number: number): this {
    let hash = round(0x9747b28c, seed | 0)
    hash = round(hash, Math.floor(seed / 4_294_967_296) | 0)
    hash = round(hash, number | 0)
    hash = round(hash, Math.floor(number / 4_294_967_296) | 0)
    this.state = finished(hash)
    return this
  }

  /** 32 bits, as an unsigned number. */
  bits(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    return finished(this.state) >>> 0
  }

  /** From 0 (inclusive) to 1 (exclusive). */
  unit(): number {
    return this.bits() / 4_294_967_296
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound)
  }
}

const round = (hash: number, word: number): number => {
  const scrambled = Math.imul(word, 0xcc9e2d51)
  const turned = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593)
  return (Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64) | 0
}

const finished = (hash: number): number => {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
