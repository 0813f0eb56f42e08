import { assert, describe, it } from "vitest"
import { TailFrames } from "./tail-frames.ts"

const frameBytes = 1_000
const recordsPerFrame = 10n
const everything = { end: 1_000_000n, maxBytes: 1e9 }

const filled = (frames: number, place = "1/0", bytes = frameBytes): TailFrames => {
  const tail = new TailFrames()
  fill(tail, { place, from: 0, to: frames, bytes })
  return tail
}

const fill = (
  tail: TailFrames,
  { bytes, from, place, to }: { place: string; from: number; to: number; bytes: number }
): void => {
  for (let n = from; n < to; n++) {
    const baseOffset = BigInt(n) * recordsPerFrame
    tail.add(place, { baseOffset, frame: new Uint8Array(bytes) }, baseOffset + recordsPerFrame)
  }
}

const basesOf = (tail: TailFrames, offset: bigint, place = "1/0", bounds = everything) =>
  tail.read(place, { ...bounds, offset }).map(({ baseOffset }) => baseOffset)

describe("the frames that were appended last", () => {
  it("are read from the beginning of one on, within the bounds, at least one", () => {
    const tail = filled(4)
    assert.deepStrictEqual(basesOf(tail, 0n), [0n, 10n, 20n, 30n])
    assert.deepStrictEqual(basesOf(tail, 20n), [20n, 30n])
    assert.deepStrictEqual(basesOf(tail, 0n, "1/0", { end: 20n, maxBytes: 1e9 }), [0n, 10n])
    assert.deepStrictEqual(basesOf(tail, 0n, "1/0", { ...everything, maxBytes: 1 }), [0n])
    assert.deepStrictEqual(basesOf(tail, 0n, "1/0", { ...everything, maxBytes: 1_001 }), [0n, 10n])
  })

  it("are none for who stands within one, or elsewhere", () => {
    const tail = filled(4)
    assert.deepStrictEqual(basesOf(tail, 5n), [])
    assert.deepStrictEqual(basesOf(tail, 40n), [])
    assert.deepStrictEqual(basesOf(tail, 0n, "1/1"), [])
  })

  it("are the newest sixteen of a partition", () => {
    const tail = filled(20)
    assert.deepStrictEqual(basesOf(tail, 30n), [])
    assert.strictEqual(basesOf(tail, 40n).length, 16)
  })

  it("are the newest 4 MiB, and of the last 1,024 frames, of all partitions together", () => {
    const tail = filled(5, "1/0", 1024 * 1024)
    assert.deepStrictEqual(basesOf(tail, 0n), [])
    assert.deepStrictEqual(basesOf(tail, 10n), [10n, 20n, 30n, 40n])
    fill(tail, { place: "2/0", from: 0, to: 1, bytes: 2 * 1024 * 1024 })
    assert.deepStrictEqual(basesOf(tail, 20n), [])
    assert.deepStrictEqual(basesOf(tail, 30n), [30n, 40n])
    assert.deepStrictEqual(basesOf(tail, 0n, "2/0"), [0n])
    const small = filled(10, "1/0", 1)
    for (let place = 0; place < 102; place++) fill(small, { place: `2/${place}`, from: 0, to: 10, bytes: 1 })
    assert.deepStrictEqual(basesOf(small, 50n), [])
    assert.deepStrictEqual(basesOf(small, 60n), [60n, 70n, 80n, 90n])
    assert.strictEqual(basesOf(small, 0n, "2/0").length, 10)
  })

  it("end where the log drops its oldest, and are forgotten with their topic", () => {
    const tail = filled(4)
    fill(tail, { place: "11/0", from: 0, to: 1, bytes: frameBytes })
    tail.dropBelow("1/0", 20n)
    assert.deepStrictEqual(basesOf(tail, 0n), [])
    assert.deepStrictEqual(basesOf(tail, 20n), [20n, 30n])
    tail.forget(1)
    assert.deepStrictEqual(basesOf(tail, 20n), [])
    assert.deepStrictEqual(basesOf(tail, 0n, "11/0"), [0n])
  })
})
