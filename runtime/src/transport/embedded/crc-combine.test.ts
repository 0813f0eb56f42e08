import { crc32 } from "node:zlib"
import { assert, describe, it } from "vitest"
import { frameHeaderBytes } from "@millrace/sdk/record"
import { textFrame } from "../acceptance.ts"
import { combineCrc } from "./crc-combine.ts"
import { openValue, sealFrameCrc, sealFrameInPlace, sealInPlace, valuePrefixBytes } from "./value.ts"

const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 2_654_435_761) >>> 13))

describe("the CRC of two parts", () => {
  it("is that of both together, wherever they are cut", () => {
    for (const at of [0, 1, 2, 3, 12, 255, 256, 4_095, 65_536, 69_999, 70_000])
      assert.strictEqual(
        combineCrc(crc32(bytes.subarray(0, at)), crc32(bytes.subarray(at)), bytes.length - at),
        crc32(bytes),
        `cut at ${at}`
      )
  })

  it("seals a frame as two looks at it would", () => {
    for (const text of ["", "one", "x".repeat(100_000)]) {
      const frame = textFrame([text])
      const sealed = sealFrameInPlace(Buffer.concat([Buffer.alloc(valuePrefixBytes), frame]))
      const twice = Buffer.from(frame)
      sealFrameCrc(twice)
      assert.deepStrictEqual(sealed, sealInPlace(Buffer.concat([Buffer.alloc(valuePrefixBytes), twice])))
      assert.isAtLeast(openValue(sealed)?.length ?? 0, frameHeaderBytes)
    }
  })
})
