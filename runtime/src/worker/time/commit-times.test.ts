import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { CommitTimes } from "./commit-times.ts"

const known = 2_048

describe("the times of commits", () => {
  it("are those of the last 2,048 of each task, whatever number it goes on from", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 5_000 }), (first, count) => {
        const times = new CommitTimes(0)
        for (let n = first; n < first + count; n++)
          times.note(1, 0, n, { committedAt: n + 0.5, originAt: n - 7 })
        const last = first + count - 1
        const oldest = Math.max(first, last - known + 1)
        for (const sequence of [last, oldest, Math.floor((last + oldest) / 2)])
          assert.deepStrictEqual(times.of(1, 0, sequence), {
            committedAt: sequence + 0.5,
            originAt: sequence - 7
          })
        for (const sequence of [oldest - 1, last + 1]) assert.isUndefined(times.of(1, 0, sequence))
        assert.isUndefined(times.of(1, 1, last))
        assert.isUndefined(times.of(2, 0, last))
      }),
      { numRuns: 50 }
    )
  })
})
