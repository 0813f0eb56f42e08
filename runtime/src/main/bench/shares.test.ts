import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { partsOf, type RecordCosts, sharesOf } from "./shares.ts"

const costs: RecordCosts = {
  total: 10,
  guest: 6,
  guestWithoutBody: 4,
  codec: 1,
  call: 2,
  callWithoutBody: 2,
  platform: 3
}

describe("the parts of a record's cost", () => {
  it("are what was measured, and the hop is what is left", () => {
    assert.deepStrictEqual(partsOf(costs), { body: 2, codec: 1, commit: 1, hop: 6 })
    assert.deepStrictEqual(sharesOf(partsOf(costs)), { body: 0.2, codec: 0.1, commit: 0.1, hop: 0.6 })
  })

  it("count as commit what this process does for state while the sandbox works", () => {
    const withState = { ...costs, call: 2.5, callWithoutBody: 0.5, platform: 3 }
    assert.strictEqual(partsOf(withState).commit, 2.5)
  })

  it("leave the body what is not the codec's where they cannot be told apart", () => {
    const parts = partsOf({ ...costs, guestWithoutBody: undefined, callWithoutBody: undefined })
    assert.deepStrictEqual([parts.body, parts.codec], [5, 1])
    const neither = partsOf({ ...costs, codec: undefined })
    assert.deepStrictEqual([neither.body, neither.codec], [2, 0])
  })

  it("are never negative and add up, whatever runs that are compared came to", () => {
    const time = fc.double({ min: 0, max: 1_000, noNaN: true })
    const any = fc.record({
      total: time,
      guest: time,
      guestWithoutBody: fc.option(time, { nil: undefined }),
      codec: fc.option(time, { nil: undefined }),
      call: time,
      callWithoutBody: fc.option(time, { nil: undefined }),
      platform: time
    })
    fc.assert(
      fc.property(any, (each) => {
        const parts = Object.values(partsOf(each))
        const shares = Object.values(sharesOf(partsOf(each)))
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
        assert.closeTo(sum(parts), each.total, 1e-6)
        assert.closeTo(sum(shares), 1, 1e-9)
        assert.isAtLeast(Math.min(...parts, ...shares), -1e-9)
      })
    )
  })
})
