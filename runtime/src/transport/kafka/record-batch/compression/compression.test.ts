import { lz4Decompress, snappyCompress, snappyDecompress } from "@platformatic/wasm-utils"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { CompressionFault } from "./compression-fault.ts"
import { compress, compressions, decompress } from "./compression.ts"

const enough = 1 << 24
const codecs = compressions.filter((codec) => codec !== "none")

/** Bytes that repeat at all distances, short and long. */
const bytes = fc
  .array(
    fc.record({
      piece: fc.uint8Array({ minLength: 1, maxLength: 90 }),
      times: fc.integer({ min: 1, max: 40 })
    }),
    { minLength: 1, maxLength: 12 }
  )
  .map((pieces) =>
    Buffer.concat(pieces.flatMap(({ piece, times }) => Array.from({ length: times }, () => piece)))
  )

/** The lz4 program's, of blocks of 64 KiB that refer to the one before (`lz4 -9 -B4 -BD`). */
const linked = Buffer.from(
  "BCJNGERAXlQBAADxEGxpbmUgMCBvZiBhIHRleHQgdGhhdCByZXBlYXRzLCAfAB8xHwALHzIfAAsfMx8ACx80HwALHzUfAAsfNh8ACx83HwALHzgfAAYPFwH////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////QUHMsIGxpdQAAAA8XAf//////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////m1BhdHMsIAAAAADrYg12",
  "base64"
)

const refused = (
  codec: (typeof codecs)[number],
  input: Uint8Array,
  maxBytes: number = enough
): CompressionFault => {
  try {
    decompress(codec, input, maxBytes)
  } catch (error) {
    if (error instanceof CompressionFault) return error
    throw error
  }
  return assert.fail("was read")
}

describe("compression", () => {
  it("gives back what went in, also by the other's decoder, in exactly the bytes that are allowed", () => {
    fc.assert(
      fc.property(bytes, (input) => {
        for (const codec of codecs) {
          const packed = Buffer.from(compress(codec, input))
          assert.isTrue(Buffer.from(decompress(codec, packed, input.length)).equals(input), codec)
          assert.isTrue(refused(codec, packed, input.length - 1).tooLarge, codec)
          if (codec === "lz4") assert.isTrue(lz4Decompress(packed).equals(input))
          // Behind the stream's beginning and the chunk's length.
          if (codec === "snappy") assert.isTrue(snappyDecompress(packed.subarray(20)).equals(input))
        }
      }),
      { numRuns: 150 }
    )
  })

  it("reads bare snappy blocks, and streams of it that follow each other", () => {
    const [one, two] = [Buffer.from("one ".repeat(30)), Buffer.from("two ".repeat(20_000))]
    assert.isTrue(Buffer.from(decompress("snappy", snappyCompress(two), enough)).equals(two))
    const streams = Buffer.concat([compress("snappy", one), compress("snappy", two)])
    assert.isTrue(Buffer.from(decompress("snappy", streams, enough)).equals(Buffer.concat([one, two])))
    assert.isTrue(refused("snappy", streams, one.length + two.length - 1).tooLarge)
  })

  it("reads LZ4 frames whose blocks refer to those before", () => {
    const line = (index: number): string => `line ${index % 9} of a text that repeats, `
    const text = Array.from({ length: 3_000 }, (_, index) => line(index)).join("")
    assert.strictEqual(Buffer.from(decompress("lz4", linked, enough)).toString(), text)
    // The same blocks, said to be independent.
    const lying = Buffer.from(linked)
    lying[4]! |= 0x20
    assert.match(refused("lz4", lying).message, /a match of nothing/)
  })

  it("refuses what is cut off anywhere", () => {
    const input = Buffer.from(Array.from({ length: 400 }, (_, index) => `${index * index} `).join(""))
    for (const codec of codecs) {
      const packed = compress(codec, input)
      for (let length = 0; length < packed.length; length++) {
        // A stream of no chunks is whole.
        if (codec === "snappy" && length === 16) continue
        assert.isFalse(refused(codec, packed.subarray(0, length)).tooLarge, `${codec} at ${length}`)
      }
    }
  })

  it("gives something or refuses, and reads nothing beyond, whatever the bytes", () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(255), (input, place, byte) => {
        for (const codec of ["snappy", "lz4"] as const) {
          const packed = Buffer.from(compress(codec, input))
          packed[place % packed.length] = byte
          try {
            assert.isAtMost(decompress(codec, packed, 100_000).length, 100_000)
          } catch (error) {
            if (!(error instanceof CompressionFault)) throw error
          }
        }
      }),
      { numRuns: 600 }
    )
  })
})
