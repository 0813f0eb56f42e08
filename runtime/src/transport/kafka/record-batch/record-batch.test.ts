import {
  BatchCursor,
  BatchWriter,
  ByteSink,
  checkBatch,
  frameHeaderBytes,
  maxFrameBytes,
  openBatch
} from "@millrace/sdk/record"
import { Reader, readRecordsBatch } from "@platformatic/kafka"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { compressions } from "./compression/compression.ts"
import type { Compression } from "./compression/compression.ts"
import { RecordBatchFault } from "./record-batch-fault.ts"
import { readRecordBatches } from "./read-record-batches.ts"
import {
  entries,
  frameOf,
  framesOf,
  origin,
  readAll,
  schemaHash,
  schemaId,
  sealed,
  text
} from "./testing/frames.ts"
import type { Entry } from "./testing/frames.ts"
import { peerBatch, peerRecords } from "./testing/kafkajs-batches.ts"
import { appendRecordBatch, writeRecordBatch } from "./write-record-batch.ts"

const usual = { schemaId, compression: "none" } as const
const codec: fc.Arbitrary<Compression> = fc.constantFrom(...compressions)
const prefix = Buffer.from([0, 1, 2, 3, 4])
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

/** What a frame's header becomes as the first record's header. */
const originOf = (frame: Uint8Array): Buffer => {
  const header = openBatch(frame)
  const value = Buffer.alloc(26)
  value.writeUInt32BE(header.producer, 0)
  value.writeUInt16BE(header.partition, 4)
  value.writeBigInt64BE(header.watermark === -Infinity ? -(2n ** 63n) : BigInt(header.watermark), 6)
  value.writeBigInt64BE(BigInt(header.sequence), 14)
  value.writeInt32BE(schemaId, 22)
  return value
}

/** The headers of a record in a batch, by the names that it has there. */
function peerHeaders(entry: Entry, index: number, frame: Uint8Array): { [name: string]: Buffer } {
  const named: { [name: string]: Buffer } = {}
  if (index === 0) named["millrace.batch"] = originOf(frame)
  if (entry.watermark !== undefined && entry.watermark !== -Infinity) {
    named["millrace.watermark"] = Buffer.alloc(8)
    named["millrace.watermark"].writeBigInt64BE(BigInt(entry.timestamp - entry.watermark))
  }
  if (entry.control !== undefined) named["millrace.control"] = Buffer.of(entry.control)
  for (const [name, value] of entry.headers ?? []) named[name] = Buffer.from(value)
  return named
}

/** The same records by kafkajs's encoder. */
const byPeer = (all: readonly Entry[], frame: Uint8Array, batch = {}): Promise<Buffer> => {
  const firstTimestamp = openBatch(frame).baseTimestamp
  const records = all.map((entry, index) => ({
    offsetDelta: index,
    timestampDelta: entry.timestamp - firstTimestamp,
    key: entry.key === null ? null : Buffer.from(entry.key),
    value: entry.value === null ? null : Buffer.concat([prefix, entry.value]),
    headers: peerHeaders(entry, index, frame)
  }))
  const maxTimestamp = Math.max(...all.map(({ timestamp }) => timestamp))
  return peerBatch(records, { firstTimestamp, maxTimestamp, ...batch })
}

/** Records that kafkajs's encoder can have: each header's name once, and in the order in which objects keep them. */
const peerEntries = entries.map((all) =>
  all.map((entry) => ({
    ...entry,
    headers: [...new Map((entry.headers ?? []).map(([name, value]) => [`h${name}`, value]))]
  }))
)

describe("a frame as a record batch", () => {
  it("has the bytes of docs/formats/kafka.md", () => {
    const first = {
      timestamp: 1_700_000_000_005,
      watermark: 1_699_999_999_005,
      key: text("k"),
      headers: [["h", Uint8Array.of(9)]] as const,
      value: Uint8Array.of(2, 4)
    }
    const all: readonly Entry[] = [
      first,
      { timestamp: 1_700_000_000_006, key: text("k"), value: null },
      { timestamp: 1_700_000_000_007, key: null, value: null, control: 3 }
    ]
    const frame = sealed(frameOf(all), {
      producer: 7,
      partition: 3,
      sequence: 42,
      watermark: 1_699_999_999_000
    })
    const producer = { id: 1000n, epoch: 2, baseSequence: 5 }
    const batch = writeRecordBatch(frame, { ...usual, producer, transactional: true })
    assert.strictEqual(
      hex(batch),
      ["0000000000000000", "000000ad", "ffffffff", "02", "9e53cfa1"].join("") +
        ["0010", "00000002", "0000018bcfe56805", "0000018bcfe56807"].join("") +
        ["00000000000003e8", "0002", "00000005", "00000003"].join("") +
        // length, attributes, timestamp, offset, key, value, number of headers
        ["b001", "00", "00", "00", "026b", "0e00010203040204", "06"].join("") +
        ["1c", hex(text("millrace.batch")), "34", "00000007", "0003"].join("") +
        ["0000018bcfe56418", "000000000000002a", "01020304"].join("") +
        ["24", hex(text("millrace.watermark")), "10", "00000000000003e8"].join("") +
        ["0268", "0209"].join("") +
        ["0e", "00", "02", "02", "026b", "01", "00"].join("") +
        ["32", "00", "04", "04", "01", "01", "02", "20", hex(text("millrace.control")), "0203"].join("")
    )
  })

  it("is byte for byte what kafkajs's encoder makes of the same records", async () => {
    await fc.assert(
      fc.asyncProperty(peerEntries, origin, fc.boolean(), async (all, by, transactional) => {
        const frame = sealed(frameOf(all), by)
        const ours = writeRecordBatch(frame, { ...usual, transactional })
        assert.strictEqual(hex(ours), hex(await byPeer(all, frame, { transactional })))
      }),
      { numRuns: 200 }
    )
  })

  it("comes back as the same frame, with everything a frame can have, by every codec", () => {
    fc.assert(
      fc.property(
        entries,
        origin,
        codec,
        fc.option(fc.constant(0), { nil: undefined }),
        (all, by, compression, base) => {
          const frame = sealed(frameOf(all, base), by)
          const batch = writeRecordBatch(frame, { ...usual, compression })
          const { cutOffBytes, items, next } = readRecordBatches(batch, readAll)
          assert.strictEqual(items.length, 1)
          assert.strictEqual(hex(framesOf(items)[0]!.frame), hex(frame))
          assert.strictEqual(next, BigInt(all.length))
          assert.strictEqual(cutOffBytes, 0)
          const { hasSchemaHash, offset, schemaId: id } = framesOf(items)[0]!
          assert.deepStrictEqual(
            { hasSchemaHash, offset, id },
            { hasSchemaHash: true, offset: 0n, id: schemaId }
          )
        }
      ),
      { numRuns: 400 }
    )
  })

  it("comes back from thousands of records and from long values, keys and headers", () => {
    const many = Array.from({ length: 2_500 }, (_, index) => ({
      timestamp: 1_700_000_000_000 + index * 40,
      key: text(`key ${index}`),
      value: new Uint8Array((index * 37) % 200).fill(index)
    }))
    const long = [70, 300, 9_000, 70_000, 600_000].map((size) => ({
      timestamp: 5,
      key: new Uint8Array(size).fill(1),
      headers: [["x".repeat(size % 10_000), new Uint8Array(size)]] as const,
      value: new Uint8Array(size * 2).fill(2)
    }))
    for (const all of [many, [...many, ...long]])
      for (const compression of compressions) {
        const frame = frameOf(all)
        const { items } = readRecordBatches(writeRecordBatch(frame, { ...usual, compression }), readAll)
        assert.isTrue(Buffer.from(framesOf(items)[0]!.frame).equals(frame), compression)
        assert.strictEqual(items.length, 1)
      }
  })

  it("comes back from a frame of exactly the greatest size", () => {
    const writer = new BatchWriter()
    writer.begin(schemaHash)
    writer.beginRecord({ timestamp: 0, key: null }, 0)
    const value = new Uint8Array(maxFrameBytes - frameHeaderBytes - 6)
    writer.sink.copy(value, 0, value.length)
    writer.endRecord()
    const frame = writer.finish()
    assert.strictEqual(frame.length, maxFrameBytes)
    const { items } = readRecordBatches(writeRecordBatch(frame, usual), readAll)
    assert.isTrue(Buffer.from(framesOf(items)[0]!.frame).equals(frame))
  })

  it("is refused without records, and where the frame is none", () => {
    const refused = (frame: Uint8Array) => {
      try {
        writeRecordBatch(frame, usual)
      } catch (error) {
        return error instanceof RecordBatchFault ? error.code : error instanceof Error ? error.name : error
      }
      return assert.fail("was written")
    }
    assert.strictEqual(refused(frameOf([])), "KAFKA_BATCH_EMPTY")
    const writer = new BatchWriter()
    writer.begin(schemaHash)
    writer.appendGap(2)
    writer.append({ timestamp: 0, key: null }, text("abc"))
    assert.strictEqual(refused(writer.finish()), "KAFKA_BATCH_GAPS")
    const frame = frameOf([{ timestamp: 0, key: null, value: text("abc") }])
    assert.throws(() => writeRecordBatch(frame.subarray(0, frame.length - 1), usual), /says/)
    const second = frameOf([
      { timestamp: 0, key: null, value: text("abc") },
      { timestamp: 0, key: null, value: text("abc") }
    ])
    second[second.length - 6] = 200
    // What stood in the sink stays.
    const sink = new ByteSink(1_000, 100)
    sink.copy(text("before"), 0, 6)
    assert.throws(() => appendRecordBatch(sink, second, usual), /length/)
    assert.strictEqual(sink.length, 6)
    appendRecordBatch(sink, frame, { ...usual, compression: "gzip" })
    appendRecordBatch(sink, frame, usual)
    const { items } = readRecordBatches(sink.bytes.subarray(6, sink.length), readAll)
    assert.strictEqual(items.length, 1)
    const appended = Buffer.concat([
      writeRecordBatch(frame, { ...usual, compression: "gzip" }),
      writeRecordBatch(frame, usual)
    ])
    assert.strictEqual(hex(sink.bytes.subarray(6, sink.length)), hex(appended))
  })
})

describe("a batch of ours", () => {
  it("is read by kafkajs's decoder, record for record", async () => {
    await fc.assert(
      fc.asyncProperty(peerEntries, origin, async (all, by) => {
        const frame = sealed(frameOf(all), by)
        const read = await peerRecords(writeRecordBatch(frame, usual))
        const expected = all.map((entry, index) => ({
          offset: `${index}`,
          timestamp: `${entry.timestamp}`,
          key: entry.key === null ? null : Buffer.from(entry.key),
          value: entry.value === null ? null : Buffer.concat([prefix, entry.value]),
          headers: peerHeaders(entry, index, frame)
        }))
        const seen = read.map(({ headers, key, offset, timestamp, value }) => ({
          offset,
          timestamp,
          key,
          value,
          headers
        }))
        assert.deepStrictEqual(seen, expected)
      }),
      { numRuns: 100 }
    )
  })

  it("is read by @platformatic/kafka's decoder, by every codec", () => {
    fc.assert(
      fc.property(peerEntries, origin, codec, (all, by, compression) => {
        const frame = sealed(frameOf(all), by)
        const batch = writeRecordBatch(frame, {
          ...usual,
          compression,
          producer: { id: 9n, epoch: 1, baseSequence: 3 }
        })
        const read = readRecordsBatch(Reader.from(Buffer.from(batch)))
        assert.deepStrictEqual([read.producerId, read.producerEpoch, read.firstSequence], [9n, 1, 3])
        assert.strictEqual(read.lastOffsetDelta, all.length - 1)
        assert.strictEqual(Number(read.maxTimestamp), Math.max(...all.map(({ timestamp }) => timestamp)))
        read.records.forEach((record, index) => {
          const entry = all[index]!
          assert.strictEqual(Number(read.firstTimestamp + record.timestampDelta), entry.timestamp)
          assert.strictEqual(record.offsetDelta, index)
          assert.deepStrictEqual(
            record.key === null ? null : hex(record.key),
            entry.key === null ? null : hex(entry.key)
          )
          const value = entry.value === null ? null : hex(prefix) + hex(entry.value)
          assert.strictEqual(record.value === null ? null : hex(record.value), value)
          const named = Object.entries(peerHeaders(entry, index, frame)).map(([name, bytes]) => [
            hex(text(name)),
            hex(bytes)
          ])
          assert.deepStrictEqual(
            record.headers.map((each) => each.map((bytes) => bytes && hex(bytes))),
            named
          )
        })
      }),
      { numRuns: 100 }
    )
  })
})

describe("a foreign batch", () => {
  it("of kafkajs's encoder becomes a frame of its records", async () => {
    await fc.assert(
      fc.asyncProperty(peerEntries, async (all) => {
        const foreign = all.map((entry) => ({ ...entry, watermark: -Infinity }))
        const records = foreign.map((entry, index) => ({
          offsetDelta: index,
          timestampDelta: entry.timestamp - 1_000,
          key: entry.key === null ? null : Buffer.from(entry.key),
          value: entry.value === null ? null : Buffer.concat([prefix, entry.value]),
          headers: Object.fromEntries(entry.headers.map(([name, value]) => [name, Buffer.from(value)]))
        }))
        const batch = await peerBatch(records, { firstTimestamp: 1_000 })
        const { items } = readRecordBatches(batch, readAll)
        assert.strictEqual(items.length, 1)
        const { frame, schemaId: id } = framesOf(items)[0]!
        const header = checkBatch(frame)
        assert.deepStrictEqual([header.producer, header.sequence, header.watermark], [0, 0, -Infinity])
        const hasValue = foreign.some(({ value }) => value !== null)
        assert.strictEqual(id, hasValue ? schemaId : undefined)
        assert.deepStrictEqual(header.schemaHash, hasValue ? schemaHash : new Uint8Array(32))
        const cursor = new BatchCursor(frame)
        for (const entry of foreign) {
          assert.isTrue(cursor.next())
          assert.strictEqual(cursor.timestamp, entry.timestamp)
          assert.strictEqual(cursor.watermark, -Infinity)
          assert.deepStrictEqual(cursor.key(), entry.key)
          assert.deepStrictEqual(cursor.value(), entry.value)
          assert.deepStrictEqual(cursor.headers(), Object.entries(Object.fromEntries(entry.headers)))
        }
        assert.isFalse(cursor.next())
      }),
      { numRuns: 150 }
    )
  })
})
