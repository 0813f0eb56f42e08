import { assert, describe, it } from "vitest"
import { FrameSizes, type SizedFrame } from "./frame-sizes.ts"

const frame = (n: number): SizedFrame => ({ base: BigInt(n), end: BigInt(n + 1), bytes: 100 + n })
const frames = (from: number, to: number): readonly SizedFrame[] =>
  Array.from({ length: to - from }, (_, index) => frame(from + index))

/** A partition with frames up to `to`, of which three at a time are looked at. */
const lookedAt = (to: number) => {
  const asked: number[] = []
  return {
    asked,
    look: (from: bigint): readonly SizedFrame[] => {
      asked.push(Number(from))
      return frames(Number(from), Math.min(to, Number(from) + 3))
    }
  }
}

const firstOf = (
  sizes: FrameSizes,
  from: number,
  count: number,
  look: (from: bigint) => readonly SizedFrame[]
) => {
  const found: SizedFrame[] = []
  for (const one of sizes.from(BigInt(from), look)) {
    found.push(one)
    if (found.length === count) break
  }
  return found
}

describe("the sizes of a partition's frames", () => {
  it("of those that were appended are known without a look", () => {
    const sizes = new FrameSizes()
    for (const one of frames(0, 5)) sizes.append(one)
    const { asked, look } = lookedAt(5)
    assert.deepStrictEqual(firstOf(sizes, 0, 5, look), frames(0, 5))
    sizes.dropBelow(2n)
    assert.deepStrictEqual(firstOf(sizes, 2, 2, look), frames(2, 4))
    assert.deepStrictEqual(asked, [])
  })

  it("of those before are looked at once, as far as they are wanted", () => {
    const sizes = new FrameSizes()
    for (const one of frames(7, 10)) sizes.append(one)
    const { asked, look } = lookedAt(10)
    for (let first = 0; first < 10; first++) {
      assert.deepStrictEqual(firstOf(sizes, first, 1, look), [frame(first)])
      sizes.dropBelow(BigInt(first + 1))
    }
    assert.deepStrictEqual(asked, [0, 3, 6])
  })

  it("end with the last that there is, those of an open transaction included", () => {
    const sizes = new FrameSizes()
    for (const one of frames(0, 2)) sizes.append(one)
    assert.deepStrictEqual(firstOf(sizes, 0, 10, lookedAt(4).look), frames(0, 4))
    assert.deepStrictEqual(firstOf(sizes, 0, 10, lookedAt(2).look), frames(0, 2))
  })

  it("begin anew where there is a break in what was appended, and beyond 2,048", () => {
    const sizes = new FrameSizes()
    sizes.append(frame(0))
    sizes.append(frame(5))
    const { asked, look } = lookedAt(6)
    assert.deepStrictEqual(firstOf(sizes, 0, 6, look), frames(0, 6))
    assert.deepStrictEqual(asked, [0, 3])
    const many = new FrameSizes()
    for (const one of frames(0, 2_049)) many.append(one)
    assert.deepStrictEqual(firstOf(many, 2_048, 1, lookedAt(0).look), [frame(2_048)])
    assert.deepStrictEqual(firstOf(many, 0, 1, lookedAt(0).look), [])
  })
})
