import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { compressions } from "../compression/compression.ts"
import type { ForeignRecord } from "./foreign-record.ts"
import { readForeignRecords } from "./read-foreign.ts"
import { writeForeignBatch } from "./write-foreign.ts"

const part = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 200 }))
const record: fc.Arbitrary<ForeignRecord> = fc.record({
  offset: fc.constant(-1n),
  timestamp: fc.integer({ min: -1, max: 4_102_444_800_000 }),
  key: part,
  value: part,
  headers: fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 8 }), part), { maxLength: 3 })
})
const producer = { id: 7n, epoch: 1, baseSequence: 0 }
const plain = ({ headers, key, offset: _, timestamp, value }: ForeignRecord) => ({
  timestamp,
  key: key && [...key],
  value: value && [...value],
  headers: headers.map(([name, content]) => [name, content && [...content]])
})

/** A batch as a broker gives it: with its offset. */
const placed = (records: readonly ForeignRecord[], base: bigint, transactional = false): Uint8Array => {
  const batch = writeForeignBatch(records, { compression: "none", producer, transactional })
  new DataView(batch.buffer).setBigInt64(0, base)
  return batch
}

const numbered = (count: number): readonly ForeignRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    offset: -1n,
    timestamp: 1_000 + index,
    key: null,
    value: Uint8Array.of(index),
    headers: []
  }))

describe("a record batch of other programs", () => {
  for (const compression of compressions)
    it(`is read as it was written, compressed by ${compression}`, () => {
      fc.assert(
        fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
          const batch = writeForeignBatch(records, { compression, producer, transactional: false })
          const read = readForeignRecords(batch, 0n, undefined)
          assert.deepStrictEqual(read.records.map(plain), records.map(plain))
          assert.strictEqual(read.next, BigInt(records.length))
        }),
        { numRuns: 40 }
      )
    })

  it("is read from an offset on, and what is cut off is left", () => {
    const whole = Buffer.concat([placed(numbered(5), 10n), placed(numbered(5), 20n)])
    const read = readForeignRecords(whole, 12n, undefined)
    assert.deepStrictEqual(
      read.records.map(({ offset }) => Number(offset)),
      [12, 13, 14, 20, 21, 22, 23, 24]
    )
    assert.strictEqual(read.next, 25n)
    assert.strictEqual(readForeignRecords(whole.subarray(0, whole.length - 1), 12n, undefined).next, 15n)
  })

  it("is left out where its transaction was aborted", () => {
    const whole = Buffer.concat([placed(numbered(2), 0n, true), placed(numbered(1), 2n)])
    const aborted = [{ producerId: 7n, firstOffset: 0n }]
    const read = readForeignRecords(whole, 0n, aborted)
    assert.deepStrictEqual(
      read.records.map(({ offset }) => offset),
      [2n]
    )
    assert.lengthOf(readForeignRecords(whole, 0n, undefined).records, 3)
  })

  it("is refused where a byte of it is another", () => {
    const batch = placed(numbered(3), 0n)
    batch[batch.length - 2] = (batch[batch.length - 2] ?? 0) ^ 1
    assert.throws(() => readForeignRecords(batch, 0n, undefined), /CRC/)
  })
})
