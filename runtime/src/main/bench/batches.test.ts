import { parseAvroOrThrow, schemaHash } from "@millrace/sdk/avro"
import { BatchCursor, openBatch } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { batchesOf, type EncodedInput, singleBatches } from "./batches.ts"

const hash = schemaHash(parseAvroOrThrow("bytes"))
const inputOf = (name: string, count: number): EncodedInput => ({
  name,
  stream: `in.${name}`,
  hash,
  records: Array.from({ length: count }, (_, index) => ({
    key: new Uint8Array([index & 7]),
    value: new Uint8Array([index >> 8, index & 255, 0, 0])
  }))
})

const valuesOf = (frame: Uint8Array): readonly number[] => {
  const cursor = new BatchCursor(frame)
  const values: number[] = []
  while (cursor.next())
    values.push(((frame[cursor.valueStart] ?? 0) << 8) | (frame[cursor.valueStart + 1] ?? 0))
  return values
}

describe("batches", () => {
  it("hold every record once, in order, within the limits", () => {
    const batches = batchesOf([inputOf("input", 1_000)], { bytes: 1 << 20, records: 300 })
    assert.deepStrictEqual(
      batches.map(({ records }) => records),
      [250, 250, 250, 250]
    )
    const values = batches.flatMap(({ frames }) => frames.flatMap(({ frame }) => valuesOf(frame)))
    assert.deepStrictEqual(
      values,
      Array.from({ length: 1_000 }, (_, index) => index)
    )
    assert.deepStrictEqual(
      batches.flatMap(({ frames }) => frames.map(({ baseOffset }) => baseOffset)),
      [0n, 250n, 500n, 750n]
    )
  })

  it("are cut by bytes as by records", () => {
    // 5 bytes each with the key.
    assert.lengthOf(batchesOf([inputOf("input", 1_000)], { bytes: 1_000, records: 10_000 }), 5)
  })

  it("have a part of every input, and none without records", () => {
    const batches = batchesOf([inputOf("left", 100), inputOf("right", 10)], { bytes: 1 << 20, records: 55 })
    assert.deepStrictEqual(
      batches.map(({ frames }) => frames.map(({ frame, input }) => [input, openBatch(frame).count])),
      [
        [
          ["left", 50],
          ["right", 5]
        ],
        [
          ["left", 50],
          ["right", 5]
        ]
      ]
    )
    assert.isEmpty(batchesOf([inputOf("input", 0)], { bytes: 1, records: 1 }))
  })

  it("of single records have one each", () => {
    const singles = singleBatches(inputOf("input", 3))
    assert.deepStrictEqual(
      singles.map(({ frames }) => frames.flatMap(({ frame }) => valuesOf(frame))),
      [[0], [1], [2]]
    )
  })
})
