import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { BatchCursor } from "./batch-cursor.ts"
import { checkBatch } from "./check-batch.ts"
import { BatchWriter } from "./batch-writer.ts"
import { FrameFault } from "./frame-fault.ts"
import { frameHeaderBytes, openBatch } from "./frame.ts"

const hash = Uint8Array.from({ length: 32 }, (_, i) => i)

/** A frame of records whose timestamps are their numbers; what is not kept is gone. */
function written(kept: readonly boolean[]): Uint8Array {
  const writer = new BatchWriter()
  writer.begin(hash, 0)
  for (const [number, isKept] of kept.entries()) {
    if (!isKept) continue
    if (number > writer.count) writer.appendGap(number - writer.count)
    writer.append({ timestamp: number, key: Uint8Array.of(7) }, Uint8Array.of(8, 9))
  }
  if (kept.length > writer.count) writer.appendGap(kept.length - writer.count)
  return writer.finish()
}

function places(frame: Uint8Array): readonly (readonly [index: number, timestamp: number])[] {
  const cursor = new BatchCursor(frame)
  const found: (readonly [number, number])[] = []
  while (cursor.next()) found.push([cursor.index, cursor.timestamp])
  return found
}

function refused(frame: Uint8Array): FrameFault {
  try {
    checkBatch(frame)
  } catch (error) {
    if (error instanceof FrameFault) return error
  }
  throw new Error("it was not refused with a FrameFault")
}

describe("gaps in a frame", () => {
  it("have the bytes of docs/formats/batch.md", () => {
    const frame = written([true, ...Array.from({ length: 300 }, () => false), true])
    const hex = Buffer.from(frame.subarray(frameHeaderBytes)).toString("hex")
    assert.strictEqual(hex, "0600000107" + "0809" + "0320ac02" + "0700da0401070809")
    assert.strictEqual(frame[12], 2)
    assert.strictEqual(openBatch(frame).count, 302)
  })

  it("leave each record its number, and the frame its count", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (kept) => {
        const frame = written(kept)
        const expected = kept.flatMap((isKept, number) => (isKept ? [[number, number] as const] : []))
        assert.deepStrictEqual(places(frame), expected)
        assert.strictEqual(checkBatch(frame).count, kept.length)
        assert.strictEqual(openBatch(frame).hasGaps, kept.includes(false))
      })
    )
  })

  it("stay when records are copied on, also where a gap has just a record's size", () => {
    const tombstones = new BatchWriter()
    tombstones.begin(hash, 0)
    // Of three bytes each, as short a gap.
    for (let number = 0; number < 40; number++) tombstones.append({ timestamp: number, key: null }, null)
    const cursor = new BatchCursor(tombstones.finish())
    const writer = new BatchWriter()
    writer.begin(hash, 0)
    while (cursor.next()) {
      if (cursor.index % 3 === 1) writer.appendGap(1)
      else writer.appendRaw(cursor)
    }
    const expected = Array.from({ length: 40 }, (_, number) => number).filter((number) => number % 3 !== 1)
    assert.deepStrictEqual(
      places(writer.finish()),
      expected.map((number) => [number, number])
    )
  })

  it("are refused where they do not add up, stand behind each other, or the flag does not tell of them", () => {
    const change = (frame: Uint8Array, at: number, byte: number): Uint8Array => {
      const changed = frame.slice()
      changed[at] = byte
      return changed
    }
    const frame = written([false, false, true])
    const gone = frameHeaderBytes + 2
    for (const wrong of [
      change(frame, gone, 0),
      change(frame, gone, 1),
      change(frame, gone, 4),
      change(frame, gone, 200),
      change(frame, 12, 0),
      change(frame, 16, 2),
      change(frame, 16, 4),
      change(written([true, true]), 12, 2)
    ])
      refused(wrong)
    const twice = new BatchWriter()
    twice.begin(hash, 0)
    twice.appendGap(1)
    twice.appendGap(1)
    assert.strictEqual(refused(twice.finish()).code, "BAD_VALUE")
  })
})
