import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { blockBytes, readPax, readTarHeader, tarEnd, tarHeader, tarPadding } from "./tar.ts"

const entryOf = (bytes: Buffer) => {
  const first = readTarHeader(bytes.subarray(0, blockBytes))
  if (first?.type !== "pax") return { entry: first, pax: new Map<string, string>() }
  const pax = readPax(bytes.subarray(blockBytes, blockBytes + first.size))
  return { entry: readTarHeader(bytes.subarray(bytes.length - blockBytes)), pax }
}

describe("a header of an archive", () => {
  it("says path and size of any file again, in whole blocks", () => {
    const paths = fc.stringMatching(/^[a-z0-9._/-]{1,300}$/)
    fc.assert(
      fc.property(paths, fc.nat({ max: 2 ** 40 }), (path, size) => {
        const bytes = tarHeader(path, size)
        const { entry, pax } = entryOf(bytes)
        assert.strictEqual(bytes.length % blockBytes, 0)
        assert.strictEqual(pax.get("path") ?? entry?.path, path)
        assert.strictEqual(Number(pax.get("size") ?? entry?.size), size)
      })
    )
  })

  it("is followed by a body that fills its last block", () => {
    assert.deepStrictEqual(
      [0, 1, 511, 512, 513].map((size) => tarPadding(size).length),
      [0, 511, 1, 0, 511]
    )
  })

  it("is none at the end, and is refused when a byte of it is another", () => {
    assert.isUndefined(readTarHeader(tarEnd().subarray(0, blockBytes)))
    const header = tarHeader("seed", 32)
    header[3] = (header[3] ?? 0) ^ 1
    assert.throws(() => readTarHeader(header), /damaged/)
  })
})
