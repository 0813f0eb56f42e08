import { crc32 as throughTables } from "node:zlib"
import { assert, describe, it } from "vitest"
import { crc32 } from "./crc.ts"

const bytes = Buffer.from(Array.from({ length: 9_000 }, (_, index) => (index * 2_654_435_761) >>> 13))

describe("crc32", () => {
  it("is that of Node's zlib, of few bytes and of many", () => {
    assert.strictEqual(crc32(Buffer.from("123456789")), 0xcbf4_3926)
    for (const length of [0, 1, 255, 511, 512, 513, 4_096, 9_000])
      assert.strictEqual(crc32(bytes.subarray(0, length)), throughTables(bytes.subarray(0, length)))
  })

  it("goes on from the CRC of what was before, wherever it is cut", () => {
    for (const at of [0, 1, 100, 511, 512, 8_500])
      assert.strictEqual(crc32(bytes.subarray(at), crc32(bytes.subarray(0, at))), throughTables(bytes))
  })
})
