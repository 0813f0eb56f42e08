import * as fc from "fast-check"
import { afterEach, assert, describe, it } from "vitest"
import { decodeUtf8 } from "../record/utf8.ts"
import { endText, giveText, readText } from "./runtime-text.ts"

afterEach(() => {
  endText()
})

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
/** In parts of so many characters. */
const partsOf = (bytes: Uint8Array, units: number): readonly string[] => {
  const text = latin1(bytes)
  return Array.from({ length: Math.ceil(text.length / units) }, (_, place) =>
    text.slice(place * units, (place + 1) * units)
  )
}
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")
const ascii = Uint8Array.from({ length: 5_000 }, (_, place) => 32 + ((place * 7) % 90))

/** Texts of all sizes with something between them that is none. */
const frame = fc
  .array(
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.string({ unit: "binary-ascii", maxLength: 60 }).map((text) => Buffer.from(text))
      },
      fc.string({ unit: "binary", maxLength: 30 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 20 }),
      fc.nat(2_000).map((size) => Buffer.alloc(size, "text "))
    ),
    { maxLength: 40 }
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)))

const spans = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(1_500)), { maxLength: 60 })

describe("texts of a frame that is given as text too", () => {
  it("are those that its bytes make, wherever and in whatever order they are read", () => {
    fc.assert(
      fc.property(frame, spans, fc.integer({ min: 1, max: 3_000 }), (bytes, places, units) => {
        const view = viewOf(bytes)
        giveText(bytes, partsOf(bytes, units))
        for (const [share, size] of places) {
          const start = Math.floor(share * bytes.length)
          const end = Math.min(bytes.length, start + size)
          assert.strictEqual(readText(bytes, view, start, end), decodeUtf8(bytes, start, end))
        }
      })
    )
  })

  it("are made of the bytes where another frame was given, or none any more", () => {
    const other = Uint8Array.from(ascii, (byte) => byte ^ 1)
    giveText(ascii, partsOf(ascii, 64))
    assert.strictEqual(readText(other, viewOf(other), 10, 60), latin1(other.subarray(10, 60)))
    giveText(other, [latin1(other)])
    assert.strictEqual(readText(ascii, viewOf(ascii), 10, 60), latin1(ascii.subarray(10, 60)))
    endText()
    other.fill(65)
    assert.strictEqual(readText(other, viewOf(other), 10, 60), "A".repeat(50))
  })

  it("tell how many bytes were read as text since that was asked last", () => {
    readText(ascii, viewOf(ascii), 0, 20)
    giveText(ascii, partsOf(ascii, 64))
    readText(ascii, viewOf(ascii), 100, 105)
    assert.strictEqual(endText(), 25)
    assert.strictEqual(endText(), 0)
  })
})
