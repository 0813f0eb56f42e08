import { checkBatch } from "@millrace/sdk/record"
import * as fc from "fast-check"
import { deflateRawSync, gzipSync, zstdCompressSync } from "node:zlib"
import { assert, describe, it } from "vitest"
import {
  attributesAt,
  batchHeaderBytes,
  countAt,
  crcAt,
  lastOffsetDeltaAt,
  lengthAt,
  magicAt
} from "./batch-layout.ts"
import { compress, compressions } from "./compression/compression.ts"
import { RecordBatchFault } from "./record-batch-fault.ts"
import { readRecordBatches } from "./read-record-batches.ts"
import type { ReadOptions } from "./read-record-batches.ts"
import {
  at,
  changed,
  entries,
  frameOf,
  framesOf,
  readAll,
  schemaId,
  text,
  valuesOf
} from "./testing/frames.ts"
import { writeRecordBatch } from "./write-record-batch.ts"

const usual = { schemaId, compression: "none" } as const
const named = (...values: readonly string[]): Uint8Array =>
  frameOf(values.map((value) => ({ timestamp: 7, key: text("k"), value: text(value) })))
const written = (...values: readonly string[]): Uint8Array => writeRecordBatch(named(...values), usual)

function refused(bytes: Uint8Array, options: Partial<ReadOptions> = {}): RecordBatchFault {
  try {
    readRecordBatches(bytes, { ...readAll, ...options })
  } catch (error) {
    if (error instanceof RecordBatchFault) return error
    throw error
  }
  return assert.fail("was read")
}

describe("several batches", () => {
  const first = written("a", "b")
  const second = at(2, written("c"))
  const third = at(5, written("d", "e"))
  const all = Buffer.concat([first, second, third])

  it("are read one after the other, over what is missing between them", () => {
    const { items, next } = readRecordBatches(all, readAll)
    assert.deepStrictEqual(valuesOf(items), [
      [0, "a"],
      [1, "b"],
      [2, "c"],
      [5, "d"],
      [6, "e"]
    ])
    assert.deepStrictEqual(
      items.map((item) => [item.offset, item.next]),
      [
        [0n, 2n],
        [2n, 5n],
        [5n, 7n]
      ]
    )
    assert.strictEqual(next, 7n)
  })

  it("are left out where they end before the offset that was asked for; one that holds it is given whole", () => {
    const { items, next } = readRecordBatches(all, { ...readAll, from: 6n })
    assert.deepStrictEqual(valuesOf(items), [
      [5, "d"],
      [6, "e"]
    ])
    assert.strictEqual(next, 7n)
    assert.deepStrictEqual(readRecordBatches(all, { ...readAll, from: 9n }), {
      items: [],
      next: 9n,
      cutOffBytes: 0
    })
  })

  it("end with the last whole one, and say how large the next is", () => {
    for (let length = 0; length <= all.length; length++) {
      const { cutOffBytes, items, next } = readRecordBatches(all.subarray(0, length), readAll)
      const ends = [0, first.length, first.length + second.length, all.length]
      const whole = ends.filter((end) => end <= length).length - 1
      assert.strictEqual(items.length, whole)
      assert.strictEqual(next, [0n, 2n, 3n, 7n][whole])
      const rest = length - ends[whole]!
      const size = ends[whole + 1]! - ends[whole]!
      assert.strictEqual(cutOffBytes, rest === 0 ? 0 : rest < attributesAt ? batchHeaderBytes : size)
    }
  })

  it("are read as far as the first that is damaged, which is thrown when it comes first", () => {
    const damaged = Buffer.from(all)
    damaged[first.length + second.length + 100]! ^= 1
    const { items, next } = readRecordBatches(damaged, readAll)
    assert.strictEqual(items.length, 2)
    assert.strictEqual(next, 3n)
    const fault = refused(damaged, { from: next })
    assert.deepStrictEqual([fault.code, fault.baseOffset], ["KAFKA_BATCH_CRC", 5n])
    // What of a batch was read before its fault showed is taken back.
    const malformed = changed(third, (bytes) => (bytes[bytes.length - 1] = 2))
    const before = readRecordBatches(Buffer.concat([first, malformed]), readAll)
    assert.deepStrictEqual([before.items.length, before.next], [1, 2n])
  })

  it("must follow each other", () => {
    const { items, next } = readRecordBatches(Buffer.concat([third, second]), readAll)
    assert.deepStrictEqual([items.length, next], [1, 7n])
    assert.strictEqual(
      refused(Buffer.concat([at(0, first), at(1, second)]), { from: 2n }).code,
      "KAFKA_BATCH_LENGTH"
    )
  })
})

describe("a damaged batch", () => {
  it("is noticed at every bit that its CRC is over, and at its length and version", () => {
    const batch = writeRecordBatch(frameOf(fc.sample(entries, { numRuns: 1, seed: 5 })[0]!), usual)
    const frame = framesOf(readRecordBatches(batch, readAll).items)[0]!.frame
    for (let bit = 0; bit < batch.length * 8; bit++) {
      const place = bit >> 3
      const flipped = Buffer.from(batch)
      flipped[place]! ^= 1 << (bit & 7)
      if (place >= lengthAt && (place < 12 || place >= magicAt)) {
        // A greater length makes it one that is cut off, which nothing is read of.
        if (place < 12 && flipped.readInt32BE(lengthAt) + 12 > batch.length) {
          const limited = flipped.readInt32BE(lengthAt) + 12 > 64 * 1024 * 1024
          if (limited) assert.strictEqual(refused(flipped).code, "KAFKA_BATCH_LIMIT")
          else assert.deepStrictEqual(readRecordBatches(flipped, readAll).items, [])
        } else assert.match(refused(flipped).code, /^KAFKA_BATCH_(?:CRC|LENGTH|FORMAT)$/)
        continue
      }
      // Its offset and the leader's epoch are the broker's to set: the CRC is not over them, and the records are the same.
      if (place === 0 && (bit & 7) === 7) assert.strictEqual(refused(flipped).code, "KAFKA_BATCH_LENGTH")
      else assert.deepStrictEqual(framesOf(readRecordBatches(flipped, readAll).items)[0]!.frame, frame)
    }
  })

  it("is refused or gives sound frames, when nobody checks the CRC", () => {
    const wild = { ...readAll, checkCrc: false, maxBatchBytes: 1 << 20 }
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom(...compressions),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (all, compression, changes) => {
          const batch = Buffer.from(writeRecordBatch(frameOf(all), { ...usual, compression }))
          for (const [place, byte] of changes)
            batch[attributesAt + (place % (batch.length - attributesAt))] = byte
          try {
            for (const { frame } of framesOf(readRecordBatches(batch, wild).items)) checkBatch(frame)
          } catch (error) {
            if (!(error instanceof RecordBatchFault)) throw error
          }
        }
      ),
      { numRuns: 600 }
    )
  })

  it("is refused where it is cut off within what its length says", () => {
    for (const compression of compressions) {
      const batch = Buffer.from(writeRecordBatch(named("some value", "another"), { ...usual, compression }))
      for (let length = batchHeaderBytes; length < batch.length; length++) {
        const cut = changed(batch.subarray(0, length), (bytes) => bytes.writeInt32BE(length - 12, lengthAt))
        assert.match(refused(cut).code, /^KAFKA_BATCH_(?:RECORD|CODEC)$/, `${compression} at ${length}`)
      }
    }
  })
})

describe("a lying batch", () => {
  const batch = written("a", "b", "c")
  const lie = (change: (bytes: Buffer) => void) => refused(changed(batch, change))

  it("is refused for counts and offsets that do not add up", () => {
    const counts = [4, 2 ** 31 - 1, -1]
    for (const count of counts)
      assert.strictEqual(lie((bytes) => bytes.writeInt32BE(count, countAt)).code, "KAFKA_BATCH_LENGTH")
    const many = lie((bytes) => {
      bytes.writeInt32BE(2 ** 31 - 1, countAt)
      bytes.writeInt32BE(2 ** 31 - 1, lastOffsetDeltaAt)
    })
    assert.match(many.message, /2147483647 records in \d+ bytes/)
    assert.match(lie((bytes) => bytes.writeInt32BE(2, countAt)).message, /bytes behind the last record/)
    assert.match(lie((bytes) => bytes.writeInt32BE(1, lastOffsetDeltaAt)).message, /3 records up to offset 1/)
  })

  it("is refused for an unknown compression, and for bytes that a codec did not make", () => {
    assert.match(
      lie((bytes) => bytes.writeInt16BE(5, attributesAt)).message,
      /byte 21: unknown compression 5/
    )
    for (const codec of [1, 2, 3, 4])
      assert.strictEqual(lie((bytes) => bytes.writeInt16BE(codec, attributesAt)).code, "KAFKA_BATCH_CODEC")
  })

  it("is refused for its CRC, which may be left unchecked", () => {
    const other = Buffer.from(batch)
    other.writeUInt32BE(1, crcAt)
    assert.strictEqual(refused(other).code, "KAFKA_BATCH_CRC")
    assert.strictEqual(readRecordBatches(other, { ...readAll, checkCrc: false }).items.length, 1)
  })

  it("says what to do", () => {
    const fault = refused(
      changed(at(77, batch), (bytes) => bytes.writeInt32BE(2, countAt)),
      { from: 77n }
    )
    assert.strictEqual(fault.baseOffset, 77n)
    assert.match(fault.message, /^batch at offset 77, byte \d+: /)
    assert.match(fault.remedy, /\.$/)
  })
})

describe("limits", () => {
  const size = 4 * 1024 * 1024
  const plain = written("a")
  const zeros = Buffer.alloc(size)
  /** A batch whose records are these bytes. */
  const holding = (records: Uint8Array, codec: number): Buffer =>
    changed(Buffer.concat([plain.subarray(0, batchHeaderBytes), records]), (bytes) => {
      bytes.writeInt16BE(codec, attributesAt)
      bytes.writeInt32BE(bytes.length - 12, lengthAt)
    })

  it("bound what a batch comes to, before it is allocated", () => {
    const snappy = Buffer.concat([Buffer.from([0x80, 0x80, 0x80, 0x02]), Buffer.alloc(300_000, 0xfe)])
    const bombs = [
      [gzipSync(zeros), 1],
      [snappy, 2],
      [compress("lz4", zeros), 3],
      [zstdCompressSync(zeros), 4]
    ] as const
    for (const [bytes, codec] of bombs) {
      assert.isBelow(bytes.length, size / 10)
      const fault = refused(holding(bytes, codec), { maxBatchBytes: 1024 * 1024 })
      assert.strictEqual(fault.code, "KAFKA_BATCH_LIMIT", compressions[codec])
    }
    const big = writeRecordBatch(frameOf([{ timestamp: 0, key: null, value: zeros }]), usual)
    assert.strictEqual(refused(big, { maxBatchBytes: 1024 * 1024 }).code, "KAFKA_BATCH_LIMIT")
    assert.strictEqual(
      refused(big.subarray(0, 100), { maxBatchBytes: 1024 * 1024 }).code,
      "KAFKA_BATCH_LIMIT"
    )
  })

  it("refuse a length that its bytes cannot come to", () => {
    const liar = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0x0f]), Buffer.alloc(10)])
    assert.match(refused(holding(liar, 2)).message, /10 bytes cannot come to 33554431/)
    assert.strictEqual(refused(holding(deflateRawSync(zeros), 1)).code, "KAFKA_BATCH_CODEC")
  })

  it("end a reading that has come to enough, at an item's end, and the next goes on there", () => {
    const bodies = Array.from({ length: 40 }, (_, index) => `${index}`)
    // Each value has another schema: as many frames.
    const batch = changed(written(...bodies), (bytes) => {
      let place = 0
      bodies.forEach((body, index) => {
        place = bytes.indexOf(Buffer.concat([Buffer.from([0, 1, 2, 3, 4]), text(body)]), place)
        bytes.writeInt32BE(index + 1, place + 1)
      })
    })
    const log = Buffer.concat([batch, at(40, batch)])
    const whole = readRecordBatches(log, readAll)
    assert.strictEqual(whole.items.length, 80)
    for (const maxBytes of [1, 2_000, 30_000]) {
      const items = []
      for (let from = 0n; from < 80n;) {
        const part = readRecordBatches(from < 40n ? log : log.subarray(batch.length), {
          ...readAll,
          from,
          maxBytes
        })
        assert.isAbove(part.items.length, 0)
        assert.isAtMost(part.items.length, maxBytes / 500 + 1)
        items.push(...part.items)
        from = part.next
      }
      assert.deepStrictEqual(items, whole.items)
    }
  })
})
