import { crc32c as wasmUtils } from "@platformatic/wasm-utils"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { crc32c } from "./crc32c.ts"
import { foldDistances, leastFoldedBytes } from "./fold.ts"

/** Bit by bit, as RFC 3720 defines it. */
const slowly = (bytes: Uint8Array): number => {
  let rest = 0xffff_ffff
  for (const byte of bytes) {
    rest ^= byte
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 1 ? (rest >>> 1) ^ 0x82f6_3b78 : rest >>> 1
  }
  return ~rest >>> 0
}

const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => Math.imul(index + length, 0x9e37_79b1) >>> 21)

describe("crc32c", () => {
  it("has the values of RFC 3720, B.4, and of the catalogue's check", () => {
    assert.strictEqual(crc32c(new Uint8Array(32)), 0x8a91_36aa)
    assert.strictEqual(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8_ab43)
    assert.strictEqual(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index)), 0x46dd_794e)
    assert.strictEqual(crc32c(Uint8Array.from({ length: 32 }, (_, index) => 31 - index)), 0x113f_db5c)
    assert.strictEqual(crc32c(new TextEncoder().encode("123456789")), 0xe306_9283)
    assert.strictEqual(crc32c(new Uint8Array(0)), 0)
  })

  it("is what its definition gives, for every short length and at every place", () => {
    const bytes = noise(200)
    for (let start = 0; start < 40; start++)
      for (let end = start; end < bytes.length; end++)
        assert.strictEqual(crc32c(bytes, start, end), slowly(bytes.subarray(start, end)))
  })

  it("is the same where it folds: around its least length, its pieces and its steps", () => {
    const lengths = [0, 32_768, 65_536].flatMap((pieces) =>
      Array.from({ length: 140 }, (_, more) => leastFoldedBytes - 2 + pieces + more)
    )
    const long = noise(1 << 18)
    for (const length of lengths) {
      const bytes = long.subarray(length, length * 2)
      assert.strictEqual(crc32c(bytes), wasmUtils(bytes), `${length} bytes`)
    }
    assert.strictEqual(crc32c(long), slowly(long))
  })

  it("is the same for any bytes at any place", () => {
    const all = noise(120_000)
    fc.assert(
      fc.property(fc.nat(20_000), fc.integer({ min: 20_000, max: all.length }), (start, end) => {
        assert.strictEqual(crc32c(all, start, end), wasmUtils(all.slice(start, end)))
      }),
      { numRuns: 200 }
    )
  })

  it("folds by a multiple of the polynomial", () => {
    // Powers of x modulo P, the highest degree in the highest bit.
    const powers = [1]
    for (let i = 1; i <= 209; i++) {
      const before = powers[i - 1]!
      powers.push(((before << 1) ^ (before >>> 31 === 1 ? 0x1edc_6f41 : 0)) >>> 0)
    }
    const terms = [209, ...foldDistances.map((distance) => 209 - distance)]
    assert.strictEqual(
      terms.reduce((sum, degree) => (sum ^ powers[degree]!) >>> 0, 0),
      0
    )
  })
})
