/** Draws of one seed: the same calls draw the same. */
export interface Draw {
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly share: () => number
  /** A whole number, both bounds included. */
  readonly whole: (least: number, most: number) => number
  readonly between: (least: number, most: number) => number
  readonly one: <A>(of: readonly [A, ...A[]]) => A
}

/** Draws that depend on these whole numbers alone (MurmurHash3's mixing, https://github.com/aappleby/smhasher, public domain). */
export const drawsOf = (...numbers: readonly number[]): Draw => {
  let calls = 0
  const share = (): number => mixed([...numbers, calls++]) / 2 ** 32
  const whole = (least: number, most: number): number => least + Math.floor(share() * (most - least + 1))
  return {
    share,
    whole,
    between: (least, most) => least + share() * (most - least),
    one: (of) => of[whole(0, of.length - 1)] ?? of[0]
  }
}

const mixed = (numbers: readonly number[]): number => {
  let hash = numbers.reduce(round, 0x9747b28c)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const round = (hash: number, number: number): number => {
  const scrambled = Math.imul(number, 0xcc9e2d51)
  const turned = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593)
  return Math.imul((turned << 13) | (turned >>> 19), 5) + 0xe6546b64
}
