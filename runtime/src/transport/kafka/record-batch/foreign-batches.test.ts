import { BatchCursor } from "@millrace/sdk/record"
import { createRecordsBatch } from "@platformatic/kafka"
import { assert, describe, it } from "vitest"
import { compressions } from "./compression/compression.ts"
import { readRecordBatches } from "./read-record-batches.ts"
import type { RefusedRecord } from "./read-result.ts"
import {
  at,
  changed,
  framesOf,
  readAll,
  schemaHash,
  schemaId,
  text,
  utf8,
  valuesOf
} from "./testing/frames.ts"
import { javaBatch, javaSchemaId, javaValue } from "./testing/java-batches.ts"
import { peerBatch } from "./testing/kafkajs-batches.ts"
import type { PeerRecord } from "./testing/kafkajs-batches.ts"

const value = (body: string, id: number = schemaId): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeInt32BE(id, 1)
  return Buffer.concat([prefix, text(body)])
}

/** A record of a foreign producer. */
const record = (offsetDelta: number, body: Buffer | null, more: Partial<PeerRecord> = {}): PeerRecord => ({
  offsetDelta,
  timestampDelta: offsetDelta,
  key: Buffer.from(`k${offsetDelta}`),
  value: body,
  ...more
})

const refusedOf = (items: ReturnType<typeof readRecordBatches>["items"]): readonly RefusedRecord[] =>
  items.flatMap((item) => (item.kind === "refused" ? [item] : []))

describe("batches of Kafka's own encoder", () => {
  it("are read with every codec", () => {
    for (const compression of compressions) {
      const { items, next } = readRecordBatches(javaBatch(compression), { ...readAll, from: 100n })
      assert.strictEqual(next, 112n)
      assert.strictEqual(items.length, 1)
      const { frame, offset, schemaId: id } = framesOf(items)[0]!
      assert.deepStrictEqual([offset, id], [100n, javaSchemaId])
      const cursor = new BatchCursor(frame)
      for (let i = 0; i < 12; i++) {
        assert.isTrue(cursor.next())
        assert.strictEqual(cursor.timestamp, 1_700_000_000_000 + i * 3)
        assert.strictEqual(utf8(cursor.key()), `key ${i}`)
        assert.deepStrictEqual(cursor.value(), i === 2 ? null : javaValue(i))
        // A frame has no null for a header's value.
        const headers = [["trace", Uint8Array.of(1, 2)] as const, ["none", new Uint8Array(0)] as const]
        assert.deepStrictEqual(cursor.headers(), i % 4 === 1 ? headers : [])
      }
      assert.isFalse(cursor.next())
    }
  })

  it("are read where they have several chunks or blocks", () => {
    for (const name of ["largeSnappy", "largeLz4"] as const) {
      const { items } = readRecordBatches(javaBatch(name), readAll)
      const cursor = new BatchCursor(framesOf(items)[0]!.frame)
      for (let i = 0; i < 300; i++) {
        assert.isTrue(cursor.next())
        assert.deepStrictEqual(cursor.value(), javaValue(i % 4, 400))
      }
      assert.isFalse(cursor.next())
    }
  })

  it("have the broker's time where it gave one", () => {
    const { items } = readRecordBatches(javaBatch("appendTime"), { ...readAll, from: 50n })
    const cursor = new BatchCursor(framesOf(items)[0]!.frame)
    for (let i = 0; i < 4; i++) {
      assert.isTrue(cursor.next())
      assert.strictEqual(cursor.timestamp, 1_800_000_000_000)
      assert.deepStrictEqual(cursor.value(), i === 2 ? null : javaValue(i))
    }
    assert.isFalse(cursor.next())
  })

  it("keep the offsets of what compaction has left: gaps in one frame", () => {
    const { items, next } = readRecordBatches(javaBatch("gaps"), { ...readAll, from: 50n })
    assert.strictEqual(items.length, 1)
    assert.strictEqual(next, 61n)
    const cursor = new BatchCursor(framesOf(items)[0]!.frame)
    const places: (readonly [number, string | null])[] = []
    while (cursor.next()) places.push([50 + cursor.index, utf8(cursor.key())])
    assert.deepStrictEqual(
      places,
      [50, 53, 54, 60].map((offset) => [offset, `key ${offset}`])
    )
    assert.strictEqual(cursor.header.count, 11)
  })

  it("that end a transaction are markers", () => {
    for (const type of ["abort", "commit"] as const) {
      const { items, next } = readRecordBatches(javaBatch(type), { ...readAll, from: 112n })
      const marker = { kind: "marker", type, offset: 112n, next: 113n } as const
      assert.deepStrictEqual(items, [{ ...marker, producerId: 4000n, producerEpoch: 3 }])
      assert.strictEqual(next, 113n)
    }
  })

  it("of Kafka before 0.11 are refused, and named", () => {
    for (const magic of [0, 1] as const)
      assert.throws(
        () => readRecordBatches(javaBatch(`magic${magic}`), readAll),
        new RegExp(`batch at offset 0, byte 16: a message set of Kafka before 0.11 \\(magic ${magic}\\)`)
      )
  })
})

describe("batches of @platformatic/kafka's encoder", () => {
  it("are read with every codec", () => {
    const messages = Array.from({ length: 300 }, (_, index) => ({
      topic: "t",
      key: Buffer.from(`k${index}`),
      value: value(`v${index}`.repeat(30)),
      timestamp: 1_700_000_000_000n + BigInt(index)
    }))
    for (const compression of compressions) {
      const options = compression === "none" ? {} : { compression }
      const batch = createRecordsBatch(messages, { producerId: -1n, producerEpoch: -1, ...options })
      const expected = messages.map((_, index) => [index, `v${index}`.repeat(30)] as const)
      assert.deepStrictEqual(valuesOf(readRecordBatches(batch.buffer, readAll).items), expected)
    }
  })
})

describe("what producers may do", () => {
  it("is to change the schema: a frame for each run, with its own", async () => {
    const other = new Uint8Array(32).fill(9)
    const schemas = new Map([
      [1, schemaHash],
      [2, other]
    ])
    const bodies = [null, value("a", 1), value("b", 1), null, value("c", 2), value("d", 3), null]
    const batch = await peerBatch(bodies.map((body, index) => record(index, body)))
    const { items } = readRecordBatches(batch, { from: 0n, schemaHash: (id) => schemas.get(id) })
    assert.deepStrictEqual(
      framesOf(items).map(({ hasSchemaHash, next, offset, schemaId: id }) => ({
        offset,
        next,
        id,
        hasSchemaHash
      })),
      [
        { offset: 0n, next: 4n, id: 1, hasSchemaHash: true },
        { offset: 4n, next: 5n, id: 2, hasSchemaHash: true },
        { offset: 5n, next: 7n, id: 3, hasSchemaHash: false }
      ]
    )
    const hashes = framesOf(items).map(({ frame }) => frame.subarray(48, 80))
    assert.deepStrictEqual(
      hashes.map((hash) => Uint8Array.from(hash)),
      [schemaHash, other, new Uint8Array(32)]
    )
    const expected = bodies.map((body, index) => [index, body && utf8(body.subarray(5))] as const)
    assert.deepStrictEqual(valuesOf(items), expected)
  })

  it("is to write values without a schema's id: each is told, at its offset, and the rest is read", async () => {
    const bodies = [
      value("a"),
      Buffer.from("{}"),
      Buffer.of(0, 1, 2),
      Buffer.of(0, 255, 0, 0, 1, 2),
      value("b"),
      Buffer.of(1, 0, 0, 0, 1)
    ]
    const headers = { trace: Buffer.of(7) }
    const batch = await peerBatch(bodies.map((body, index) => record(index, body, { headers })))
    const { items, next } = readRecordBatches(at(40, batch), { ...readAll, from: 40n })
    assert.strictEqual(next, 46n)
    assert.deepStrictEqual(valuesOf(items), [
      [40, "a"],
      [44, "b"]
    ])
    assert.deepStrictEqual(
      items.map((item) => [item.kind, item.offset, item.next]),
      [
        ["frame", 40n, 41n],
        ["refused", 41n, 42n],
        ["refused", 42n, 43n],
        ["refused", 43n, 44n],
        ["frame", 44n, 45n],
        ["refused", 45n, 46n]
      ]
    )
    assert.deepStrictEqual(refusedOf(items)[0], {
      kind: "refused",
      reason: "noSchemaId",
      offset: 41n,
      next: 42n,
      timestamp: 1_700_000_000_001n,
      key: Uint8Array.from(text("k1")),
      value: Uint8Array.from(text("{}")),
      headers: [[text("trace"), Uint8Array.of(7)]]
    })
  })

  it("is to give times that no number holds: each record is told with its own", async () => {
    const batch = changed(await peerBatch([record(0, value("a")), record(1, value("b"))]), (bytes) =>
      bytes.writeBigInt64BE(2n ** 62n, 27)
    )
    const { items } = readRecordBatches(batch, readAll)
    assert.deepStrictEqual(
      refusedOf(items).map(({ reason, timestamp }) => [reason, timestamp]),
      [
        ["timestamp", 2n ** 62n],
        ["timestamp", 2n ** 62n + 1n]
      ]
    )
  })

  it("is to give watermarks that no number holds", async () => {
    const lag = Buffer.alloc(8)
    lag.writeBigInt64BE(BigInt(-Number.MAX_SAFE_INTEGER))
    const batch = await peerBatch([record(0, value("a"), { headers: { "millrace.watermark": lag } })])
    assert.deepStrictEqual(
      refusedOf(readRecordBatches(batch, readAll).items).map(({ reason }) => reason),
      ["timestamp"]
    )
  })

  it("is to name headers in no text", async () => {
    const batch = await peerBatch([
      record(0, value("a"), { headers: { "name?": Buffer.of(1) } }),
      record(1, value("b"))
    ])
    const named = changed(batch, (bytes) => (bytes[bytes.indexOf("name?")] = 0xff))
    const { items } = readRecordBatches(named, readAll)
    assert.deepStrictEqual(
      items.map((item) => [item.kind, item.kind === "refused" ? item.reason : item.offset]),
      [
        ["refused", "headerName"],
        ["frame", 1n]
      ]
    )
  })

  it("is to write more than a frame holds: several frames, and what none holds is told", async () => {
    const big = "x".repeat(3 * 1024 * 1024)
    const bodies = [value(big), value(big), value(big), value(`${big}${big}${big}`), value("end")]
    const batch = await peerBatch(bodies.map((body, index) => record(index, body)))
    const { items } = readRecordBatches(batch, readAll)
    assert.deepStrictEqual(
      items.map((item) => [item.kind, item.offset, item.next]),
      [
        ["frame", 0n, 2n],
        ["frame", 2n, 3n],
        ["refused", 3n, 4n],
        ["frame", 4n, 5n]
      ]
    )
    assert.strictEqual(refusedOf(items)[0]!.reason, "tooLarge")
  })

  it("is to copy our records one by one: the headers that begin a frame begin one", async () => {
    const origin = (sequence: number, watermark: number): Buffer => {
      const bytes = Buffer.alloc(26)
      bytes.writeUInt32BE(7, 0)
      bytes.writeBigInt64BE(BigInt(watermark), 6)
      bytes.writeBigInt64BE(BigInt(sequence), 14)
      bytes.writeInt32BE(schemaId, 22)
      return bytes
    }
    const begins = (sequence: number) => ({ headers: { "millrace.batch": origin(sequence, sequence * 100) } })
    const all = [
      record(0, value("a"), begins(1)),
      record(1, value("b")),
      record(2, value("c"), begins(2)),
      record(3, value("d", 5))
    ]
    const { items } = readRecordBatches(await peerBatch(all), readAll)
    const headers = framesOf(items).map(({ frame }) => new BatchCursor(frame).header)
    // The second has no watermark: the third goes on with what was written at once.
    assert.deepStrictEqual(
      headers.map(({ count, producer, sequence, watermark }) => [count, producer, sequence, watermark]),
      [
        [2, 7, 1, 100],
        [1, 7, 2, -Infinity],
        [1, 7, 2, 200]
      ]
    )
  })

  it("is to use our headers' names for something else, which then stays a header", async () => {
    const headers = {
      "millrace.batch": Buffer.alloc(25),
      "millrace.watermark": Buffer.alloc(8, 0x7f),
      "millrace.control": Buffer.of(2)
    }
    const { items } = readRecordBatches(await peerBatch([record(0, value("a"), { headers })]), readAll)
    const cursor = new BatchCursor(framesOf(items)[0]!.frame)
    assert.isTrue(cursor.next())
    assert.isFalse(cursor.isControl)
    assert.deepStrictEqual(
      cursor.headers().map(([name]) => name),
      Object.keys(headers)
    )
  })
})
