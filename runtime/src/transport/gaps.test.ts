import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { BatchCursor, BatchWriter, checkBatch, openBatch, sealBatch } from "@millrace/sdk/record"
import { extendFrame, gapFrame, rewriteFrame } from "./gaps.ts"

function frameOf(values: readonly Uint8Array[]): Uint8Array {
  const writer = new BatchWriter()
  writer.begin(Uint8Array.from({ length: 32 }, (_, i) => i))
  for (const [index, value] of values.entries()) writer.append({ timestamp: index, key: value }, value)
  const frame = writer.finish()
  sealBatch(frame, { partition: 3, producer: 7, sequence: 11, watermark: 13 })
  return frame
}

/** Values by the number that their record has in the frame. */
function recordsOf(frame: Uint8Array): readonly (readonly [number, string])[] {
  const cursor = new BatchCursor(frame)
  const records: (readonly [number, string])[] = []
  while (cursor.next()) records.push([cursor.index, Buffer.from(cursor.value() ?? []).toString("hex")])
  return records
}

const more = fc.integer({ min: 1, max: 300_000 })
const step = fc.oneof(
  fc.record({ kind: fc.constant("extend" as const), more }),
  fc.record({ kind: fc.constant("drop" as const), each: fc.integer({ min: 1, max: 4 }) })
)

describe("gaps of frames", () => {
  it("stand for what is gone, however often a frame was extended and its records taken out", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }),
        fc.array(step, { maxLength: 6 }),
        (values, steps) => {
          let frame = values.length === 0 ? gapFrame(5) : frameOf(values)
          let count = openBatch(frame).count
          let left = recordsOf(frame)
          for (const each of steps)
            if (each.kind === "extend") {
              frame = extendFrame(frame, each.more)
              count += each.more
            } else {
              const stays = (index: number): boolean => index % (each.each + 1) !== 0
              frame = rewriteFrame(frame, 0, stays)
              left = left.filter(([index]) => stays(index))
            }
          assert.strictEqual(checkBatch(frame).count, count)
          assert.deepStrictEqual(recordsOf(frame), left)
        }
      )
    )
  })

  it("leave the frame's producer, partition, sequence, and watermark", () => {
    const frame = frameOf([Uint8Array.of(1)])
    const { schemaHash, ...before } = openBatch(frame)
    for (const longer of [extendFrame(frame, 2), extendFrame(extendFrame(frame, 1), 1)]) {
      const { count, hasGaps, partition, producer, sequence, watermark } = openBatch(longer)
      assert.deepStrictEqual(
        { count, hasGaps, partition, producer, sequence, watermark },
        {
          count: 3,
          hasGaps: true,
          partition: before.partition,
          producer: before.producer,
          sequence: before.sequence,
          watermark: before.watermark
        }
      )
      assert.deepStrictEqual(openBatch(longer).schemaHash, schemaHash)
    }
  })
})
