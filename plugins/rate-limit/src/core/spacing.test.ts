import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { arrive, release, type SpacingState } from "./spacing.ts"

/** One key's state as plain data, which a kill brings back. */
interface Kept {
  free: number
  line: { readonly first: number; readonly next: number }
  readonly waiting: Map<number, number>
  readonly timers: Map<number, number>
}

const stateOf = (kept: Kept): SpacingState<number> => ({
  free: { get: () => kept.free, set: (time) => (kept.free = time) },
  line: {
    get: () => kept.line,
    set: (line) => (kept.line = line),
    delete: () => (kept.line = { first: 0, next: 0 })
  },
  waiting: kept.waiting,
  wake: (time, number) => kept.timers.set(number, time)
})

const fireUntil = (kept: Kept, now: number, pass: (one: number, at: number) => void): void => {
  const due = [...kept.timers].filter(([, time]) => time <= now).toSorted(([, one], [, other]) => one - other)
  for (const [number] of due) {
    const at = kept.timers.get(number)
    if (at === undefined) continue
    kept.timers.delete(number)
    for (const one of release(number, stateOf(kept))) pass(one, at)
  }
}

describe("spacing", () => {
  it("lets every record pass once, in order, as early as the spacing allows, whatever kills come between", () => {
    const step = fc.record({ wait: fc.nat(40), kill: fc.boolean() })
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (steps, records, per) => {
          const options = { records, per, maxWaiting: 1_000 }
          let kept: Kept = { free: 0, line: { first: 0, next: 0 }, waiting: new Map(), timers: new Map() }
          const passed: (readonly [one: number, at: number])[] = []
          const pass = (one: number, at: number) => void passed.push([one, at])
          let now = 1_000
          const arrivals: number[] = []
          for (const [one, { kill, wait }] of steps.entries()) {
            now += wait
            fireUntil(kept, now, pass)
            // A killed call leaves nothing behind, and runs again.
            if (kill) arrive(one, now, stateOf(structuredClone(kept)), options)
            const copy = structuredClone(kept)
            if (arrive(one, now, stateOf(copy), options) === "passes") pass(one, now)
            kept = copy
            arrivals.push(now)
          }
          fireUntil(kept, Infinity, pass)
          let free = 0
          const expected = arrivals.map((arrived, one) => {
            const at = Math.max(arrived, free)
            free = at + per / records
            return [one, Math.ceil(at)] as const
          })
          assert.deepStrictEqual(passed, expected)
          assert.strictEqual(kept.waiting.size, 0)
        }
      )
    )
  })
})
