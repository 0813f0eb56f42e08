import { randomOf } from "../../../plugins/generate/src/random.ts"

/** Draws of one seed: the same calls draw the same. */
export interface Draw {
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly share: () => number
  /** A whole number, both bounds included. */
  readonly whole: (least: number, most: number) => number
  readonly between: (least: number, most: number) => number
  readonly one: <A>(of: readonly [A, ...A[]]) => A
}

/** Draws that depend on these two whole numbers alone. */
export const drawsOf = (seed: number, of: number): Draw => {
  let calls = 0
  const share = (): number => randomOf(seed, of, calls++, 0)
  const whole = (least: number, most: number): number => least + Math.floor(share() * (most - least + 1))
  return {
    share,
    whole,
    between: (least, most) => least + share() * (most - least),
    one: (list) => list[whole(0, list.length - 1)] ?? list[0]
  }
}
