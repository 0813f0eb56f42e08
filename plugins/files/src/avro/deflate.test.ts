import { deflateRawSync, inflateRawSync } from "node:zlib"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { deflate, inflate, InflateFault } from "./deflate.ts"

const maxBytes = 1024 * 1024

/** Long enough to need several pushes, and with something to find again in it. */
const texts = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 400 })), {
    maxLength: 30
  })
  .map((parts) =>
    Uint8Array.from(parts.flatMap(([part, times]) => Array.from({ length: times }, () => [...part]).flat()))
  )

const zlibInflate = (bytes: Uint8Array): Uint8Array | undefined => {
  try {
    return Uint8Array.from(inflateRawSync(bytes, { maxOutputLength: maxBytes }))
  } catch {
    return undefined
  }
}

describe("deflate", () => {
  it("inflates what zlib deflated, at every level, stored as well", () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 9 }), (bytes, level) => {
        assert.deepStrictEqual(inflate(deflateRawSync(bytes, { level }), maxBytes), bytes)
      }),
      { numRuns: 200 }
    )
  })

  it("deflates what zlib inflates", () => {
    fc.assert(
      fc.property(texts, (bytes) => assert.deepStrictEqual(zlibInflate(deflate(bytes)), bytes)),
      { numRuns: 100 }
    )
  })

  it("answers damaged bytes with a fault or with no more bytes than it may", () => {
    const spoilt = fc.tuple(texts, fc.nat(), fc.nat(255), fc.nat()).map(([bytes, place, byte, end]) => {
      const deflated = Uint8Array.from(deflateRawSync(bytes))
      deflated[place % deflated.length] = byte
      return deflated.slice(0, 1 + (end % deflated.length))
    })
    fc.assert(
      fc.property(fc.oneof(spoilt, fc.uint8Array({ minLength: 1, maxLength: 200 })), (bytes) => {
        const found = inflate(bytes, maxBytes)
        const expected = zlibInflate(bytes)
        if (expected !== undefined) assert.deepStrictEqual(found, expected)
        else if (!(found instanceof InflateFault)) assert.isAtMost(found.length, maxBytes)
      }),
      { numRuns: 1_000 }
    )
  })

  it("stops soon at a bomb", () => {
    const bomb = deflateRawSync(new Uint8Array(64 * 1024 * 1024))
    const started = process.hrtime.bigint()
    const found = inflate(bomb, maxBytes)
    assert.instanceOf(found, InflateFault)
    assert.isBelow(Number(process.hrtime.bigint() - started) / 1e6, 2_000)
  })
})
