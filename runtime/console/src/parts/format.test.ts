import { assert, describe, it } from "vitest"
import { agoText, isAhead, unitText } from "./format.ts"

describe("the texts of numbers", () => {
  it("tell how long ago something was, and what is ahead of the clock", () => {
    assert.deepEqual([0, 4, 52, 600].map(agoText), ["just now", "just now", "52 s ago", "10 min ago"])
    assert.strictEqual(agoText(-12_180), "in 3 h")
  })

  it("take clocks that differ by seconds for the same", () => {
    assert.strictEqual(agoText(-20), "just now")
    assert.deepEqual([-61, -20, 0, 600].map(isAhead), [true, false, false, false])
  })

  it("tell small shares of a core apart", () => {
    assert.deepEqual(
      [0, 0.005, 0.015, 0.25, 2].map((cores) => unitText(cores, "cores")),
      ["0", "0.005", "0.015", "0.3", "2"]
    )
  })
})
