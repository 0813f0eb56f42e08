import { createHash } from "node:crypto"
import { compileKey } from "@millrace/sdk/codec"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { BatchCursor, BatchWriter, checkBatch, partitionOf } from "@millrace/sdk/record"
import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { frameParts } from "../input/frames.ts"
import { splitFrame } from "./router.ts"

const schemaText = '"string"'
const schema = new Uint8Array(createHash("sha256").update(schemaText).digest())

interface Row {
  readonly key: Uint8Array | null
  readonly value: string | null
  readonly timestamp: number
}
const row: fc.Arbitrary<Row> = fc.record({
  key: fc.option(fc.uint8Array({ maxLength: 4 })),
  value: fc.option(fc.string({ maxLength: 8, unit: "binary-ascii" })),
  timestamp: fc.integer({ min: -5, max: 5 })
})

function frameOf(rows: readonly Row[]): Uint8Array {
  const writer = new BatchWriter()
  writer.begin(schema)
  for (const { key, value, timestamp } of rows)
    writer.append({ timestamp, key }, value === null ? null : avroString(value))
  return writer.finish()
}

function avroString(value: string): Uint8Array {
  const text = Buffer.from(value)
  return new Uint8Array([text.length * 2, ...text])
}

function rowsOf(frame: Uint8Array): readonly Row[] {
  checkBatch(frame)
  const cursor = new BatchCursor(frame)
  const rows: Row[] = []
  while (cursor.next()) {
    const value = cursor.value()
    rows.push({
      key: cursor.key(),
      value: value === null ? null : Buffer.from(value.subarray(1)).toString(),
      timestamp: cursor.timestamp
    })
  }
  return rows
}

describe("splitFrame", () => {
  it("puts every record into its key's partition, in order, and changes none", () => {
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (rows, count) => {
          const parts = splitFrame(frameOf(rows), "t", count, undefined)
          for (const { partition, frame } of parts)
            assert.deepStrictEqual(
              rowsOf(frame),
              rows.filter(({ key }) => partitionOf(key, count) === partition)
            )
          const total = parts.reduce((sum, { frame }) => sum + rowsOf(frame).length, 0)
          assert.strictEqual(total, rows.length)
        }
      ),
      { numRuns: 200 }
    )
  })

  it("gives a frame on as it is where all its records go to one partition", () => {
    const same = frameOf(
      ["a", "b", "c"].map((value, timestamp) => ({ key: new Uint8Array([7]), value, timestamp }))
    )
    const [part, ...more] = splitFrame(same, "t", 4, undefined)
    assert.isEmpty(more)
    assert.strictEqual(part?.frame, same)
    assert.strictEqual(part?.partition, partitionOf(new Uint8Array([7]), 4))
  })

  it("gives records the key of their value where the topic has another, but for tombstones", () => {
    const codec = compileKey(
      parseAvroOrThrow('{"type":"record","name":"R","fields":[{"name":"k","type":"string"}]}'),
      ["k"]
    )
    const rows = ["a", "b", null, "c"].map((value) => ({ key: null, value, timestamp: 0 }))
    const parts = splitFrame(frameOf(rows), "t", 5, codec)
    const found = parts.flatMap(({ partition, frame }) => rowsOf(frame).map((one) => ({ ...one, partition })))
    for (const { key, value, partition } of found) {
      assert.strictEqual(key === null ? null : Buffer.from(key).toString(), value)
      assert.strictEqual(partition, partitionOf(key, 5))
    }
    assert.strictEqual(found.length, 4)
  })

  it("makes further frames where one would be too large", () => {
    const writer = new BatchWriter()
    writer.begin(schema)
    const value = new Uint8Array(2_000_000)
    for (let i = 0; i < 4; i++) writer.append({ timestamp: i, key: null }, value)
    const big = writer.finish()
    const rekey = { key: () => new Uint8Array(1_000_000) }
    const parts = splitFrame(big, "t", 1, rekey)
    assert.isAbove(parts.length, 1)
    const stamps = parts.flatMap(({ frame }) => rowsOf(frame).map(({ timestamp }) => timestamp))
    assert.deepStrictEqual(stamps, [0, 1, 2, 3])
  })
})

describe("frameParts", () => {
  it("leaves out what was read before and what is control", () => {
    const writer = new BatchWriter()
    writer.begin(schema)
    for (let i = 0; i < 5; i++) writer.append({ timestamp: i, key: null }, avroString(String(i)))
    writer.appendControl("end", 9)
    const parts = frameParts(10n, writer.finish(), 13n)
    assert.isDefined(parts.data)
    assert.strictEqual(parts.data.baseOffset, 13n)
    assert.strictEqual(parts.data.count, 2)
    assert.deepStrictEqual(
      rowsOf(parts.data.frame).map(({ value }) => value),
      ["3", "4"]
    )
    assert.deepStrictEqual(
      parts.controls.map(({ kind }) => kind),
      ["end"]
    )
    assert.strictEqual(parts.next, 16n)
  })
})
