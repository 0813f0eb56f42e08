import { assert, describe, it } from "vitest"
import { lineDiff } from "./line-diff.ts"

const text = (before: string, after: string): string =>
  lineDiff(before, after)
    .map(({ sign, text: line }) => `${sign}${line}`)
    .join("\n")

describe("the difference of two texts", () => {
  it("keeps what is common, in its order", () => {
    assert.equal(text("a\nb\nc\nd", "a\nc\nx\nd"), " a\n-b\n c\n+x\n d")
  })

  it("is the text itself where nothing changed", () => {
    assert.equal(text("a\nb", "a\nb"), " a\n b")
  })

  it("gives back both texts, whatever they are", () => {
    const before = "p\nq\np\nr\nr"
    const after = "r\np\np\ns"
    const lines = lineDiff(before, after)
    const of = (sign: string) => lines.filter((line) => line.sign !== sign).map((line) => line.text)
    assert.equal(of("+").join("\n"), before)
    assert.equal(of("-").join("\n"), after)
  })
})
