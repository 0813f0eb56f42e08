import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { halfSipHash } from "./key-hash.ts"
import { KeyOffsets } from "./key-offsets.ts"

describe("the hash of keys", () => {
  it("is HalfSipHash-2-4 of 64 bits", () => {
    // The reference's vectors: the key 00 to 07, and the bytes 00, 01, 02, ... as many as the line's number.
    const words = new Uint32Array(2)
    const hashOf = (size: number): string => {
      // Not at the beginning of its bytes, as a key of a frame.
      const bytes = Uint8Array.from({ length: 3 + size }, (_, byte) => byte - 3)
      const secret = Uint32Array.of(0x0302_0100, 0x0706_0504)
      halfSipHash(bytes, 3, 3 + size, { secret, into: words, at: 0 })
      return Buffer.from(words.buffer).toString("hex")
    }
    assert.deepStrictEqual([0, 1, 2, 3, 4].map(hashOf), [
      "218d1f59b9b83cc8",
      "be552412f8387315",
      "064f39ef7c50eb57",
      "ce0f1a45f7060679",
      "d5e78a175be52ea1"
    ])
  })
})

describe("newest offsets by key", () => {
  it("are as in a map, until there is no room for one more key", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 2 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 60 }),
        (keys, most) => {
          const offsets = new KeyOffsets(most)
          const expected = new Map<string, number>()
          for (const [offset, key] of keys.entries()) {
            const bytes = Buffer.from(key)
            if (!offsets.note(bytes, 0, bytes.length, offset)) {
              assert.isAtLeast(expected.size, most)
              assert.isFalse(expected.has(key))
              continue
            }
            expected.set(key, offset)
          }
          for (const key of [...keys, "never noted"]) {
            const bytes = Buffer.from(key)
            assert.strictEqual(offsets.newest(bytes, 0, bytes.length), expected.get(key) ?? -1)
          }
        }
      )
    )
  })
})
