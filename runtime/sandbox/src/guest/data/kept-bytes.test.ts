import { assert, describe, it } from "vitest"
import { KeptBytes } from "./kept-bytes.ts"

const megabyte = 1 << 20
const source = Uint8Array.from({ length: 4 * megabyte }, (_, at) => at % 251)

/** Bytes of memory behind a copy of so many. */
const heldFor = (kept: KeptBytes, bytes: number) => kept.copy(source, 0, bytes).buffer.byteLength

describe("memory that a node keeps", () => {
  it("holds what was copied, in a view of its own", () => {
    const kept = new KeptBytes()
    const first = kept.copy(source, 7, 5000)
    assert.deepStrictEqual(first, source.slice(7, 5000))
    const second = kept.copy(source, 10_000, 10_500)
    assert.deepStrictEqual(second, source.slice(10_000, 10_500))
    assert.notStrictEqual(first, second)
  })

  it("stays the same for calls of like sizes, and for small ones between them", () => {
    const kept = new KeptBytes()
    const { buffer } = kept.copy(source, 0, megabyte)
    for (let call = 0; call < 1000; call++) {
      const bytes = call % 10 === 0 ? megabyte + call : call
      assert.strictEqual(kept.copy(source, 0, bytes).buffer, buffer)
    }
  })

  it("takes little more than the largest batch needs", () => {
    assert.isBelow(heldFor(new KeptBytes(), megabyte + 1), 1.2 * megabyte)
  })

  it("is given back when batches stay small", () => {
    const kept = new KeptBytes()
    assert.isAtLeast(heldFor(kept, 4 * megabyte), 4 * megabyte)
    for (let call = 0; call < 64; call++) heldFor(kept, call === 5 ? 30_000 : 500)
    assert.isBelow(heldFor(kept, 500), 64 * 1024)
    assert.deepStrictEqual(kept.copy(source, 0, 30_000), source.slice(0, 30_000))
  })
})
