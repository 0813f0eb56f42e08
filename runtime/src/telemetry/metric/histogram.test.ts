import { assert, describe, it } from "vitest"
import { Histogram } from "./histogram.ts"

describe("a histogram's snapshot", () => {
  it("stays as it was when more is observed, and is the same while nothing is", () => {
    const histogram = new Histogram([1, 10])
    histogram.observe(0.5)
    const first = histogram.snapshot()
    assert.strictEqual(histogram.snapshot(), first)
    histogram.observe(20)
    assert.deepStrictEqual(first, { bounds: [1, 10], counts: [1, 0, 0], sum: 0.5 })
    assert.deepStrictEqual(histogram.snapshot(), { bounds: [1, 10], counts: [1, 0, 1], sum: 20.5 })
    histogram.take({ counts: [3, 2, 1], sum: 44 })
    assert.deepStrictEqual(histogram.snapshot(), { bounds: [1, 10], counts: [3, 2, 1], sum: 44 })
  })
})
