import { firstSemiSpaceMiB, semiSpaceMiB } from "../protocol/young-generation.ts"

const fixed = [
  // One thread collects young objects: to share such work out costs more than it takes (test/bench/RESULTS.md).
  `--min-semi-space-size=${firstSemiSpaceMiB}`,
  `--max-semi-space-size=${semiSpaceMiB}`,
  `--semi-space-growth-factor=${semiSpaceMiB / firstSemiSpaceMiB}`,
  "--no-parallel-scavenge",
  // One thread compiles and collects beside the one that runs plugins: each of four had memory of its own.
  "--v8-pool-size=1",
  // What is done for each record lies in many small functions, more than V8 puts into one by default: 920 bytes, none above 460.
  "--max-inlined-bytecode-size-cumulative=2000",
  "--max-inlined-bytecode-size=1000"
]

/** V8's own: a function is compiled by each compiler when it was called so often. */
const calls = { maglev: 400, turbofan: 3_000 }
const steps = 16

/**
 * Flags of the sandbox process of this number. Processes with neighbouring numbers compile after different numbers of calls: those that
 * began together, and are called at one pace, would compile what runs once for each call all at once, which takes seconds of the machine.
 */
export function v8Flags(number: number): readonly string[] {
  const times = 1 + (number % steps) / 4
  return [
    ...fixed,
    `--invocation-count-for-maglev=${calls.maglev * times}`,
    `--invocation-count-for-turbofan=${calls.turbofan * times}`
  ]
}
