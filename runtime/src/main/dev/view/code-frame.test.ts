import { assert, describe, it } from "vitest"
import { codeFrame } from "./code-frame.ts"

describe("a code frame", () => {
  it("shows the lines around a place, with a caret below it", () => {
    const text = Array.from({ length: 12 }, (_, index) => `line ${index + 1}`).join("\n")
    assert.deepStrictEqual(codeFrame(text, 10, 6), [
      "   8 | line 8",
      "   9 | line 9",
      "> 10 | line 10",
      "     |      ^",
      "  11 | line 11",
      "  12 | line 12"
    ])
  })

  it("keeps the caret in its place behind tabs, and cuts a long line", () => {
    const [, , line, caret] = codeFrame(`a\nb\n\t\tx = ${"y".repeat(300)}`, 3, 3)
    assert.strictEqual(caret?.indexOf("^"), line?.indexOf("x"))
    assert.isBelow(line?.length ?? 999, 180)
  })

  it("is empty where there is no such line", () => {
    assert.deepStrictEqual(codeFrame("a", 0, 0), [])
    assert.deepStrictEqual(codeFrame("a", 2, 1), [])
  })
})
