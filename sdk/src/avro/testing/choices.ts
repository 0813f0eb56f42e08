import * as fc from "fast-check"

/**
 * Decisions taken one by one from a list of numbers that fast-check makes and shrinks: past its end, and after shrinking,
 * every decision is the first and simplest one.
 */
export class Choices {
  private readonly tape: readonly number[]
  private at = 0

  constructor(tape: readonly number[]) {
    this.tape = tape
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: number): number {
    const next = this.tape[this.at++] ?? 0
    return next % bound
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === times - 1
  }

  pick<A>(options: readonly [A, ...A[]]): A {
    return options[this.below(options.length)] ?? options[0]
  }
}

/** What `build` makes of up to `length` decisions, at least half of them random. */
export const fromChoices = <A>(length: number, build: (choices: Choices) => A): fc.Arbitrary<A> =>
  // Without its bias towards small numbers, which would make nearly every decision the first one.
  fc
    .noBias(fc.array(fc.nat({ max: 1_000_000 }), { minLength: length >> 1, maxLength: length, size: "max" }))
    .map((tape) => build(new Choices(tape)))
