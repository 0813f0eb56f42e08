import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { BatchCursor } from "./batch-cursor.ts"
import { checkBatch } from "./check-batch.ts"
import { BatchWriter } from "./batch-writer.ts"
import type { RecordParts } from "./batch-writer.ts"
import { FrameFault } from "./frame-fault.ts"
import { frameHeaderBytes, maxFrameBytes, noWatermark, openBatch, sealBatch } from "./frame.ts"

const hash = Uint8Array.from({ length: 32 }, (_, i) => i)
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

interface Entry extends RecordParts {
  readonly value: Uint8Array | null
}

const instant = fc.oneof(
  fc.integer({ min: -5_000, max: 5_000 }),
  fc.integer({ min: -(2 ** 51), max: 2 ** 51 })
)
const bytes = fc.uint8Array({ maxLength: 300 })
const headers = fc.array(
  fc.tuple(fc.string({ maxLength: 8, unit: "grapheme" }), fc.uint8Array({ maxLength: 20 })),
  {
    maxLength: 3
  }
)
const entry: fc.Arbitrary<Entry> = fc.record({
  timestamp: instant,
  watermark: fc.oneof(fc.constant(noWatermark), instant),
  key: fc.option(bytes),
  headers,
  value: fc.option(bytes)
})

function write(entries: readonly Entry[], base?: number): Uint8Array {
  const writer = new BatchWriter(maxFrameBytes, 100)
  writer.begin(hash, base)
  for (const each of entries) writer.append(each, each.value)
  return writer.finish()
}

function read(frame: Uint8Array): Entry[] {
  const cursor = new BatchCursor(frame)
  const entries: Entry[] = []
  while (cursor.next()) {
    const { timestamp, watermark } = cursor
    entries.push({
      timestamp,
      watermark,
      key: cursor.key(),
      headers: cursor.headers(),
      value: cursor.value()
    })
  }
  return entries
}

/** The places and times of all records, and what ended the walk. */
function walk(frame: Uint8Array, next: (cursor: BatchCursor) => boolean): unknown[] {
  const seen: unknown[] = []
  try {
    const cursor = new BatchCursor(frame)
    while (next(cursor)) {
      const { end, index, keyEnd, keyStart, start, valueEnd, valueStart } = cursor
      const { attributes, headerCount, headersEnd, headersStart, timestamp, watermark } = cursor
      seen.push([index, start, end, attributes, timestamp, watermark, keyStart, keyEnd])
      seen.push([headersStart, headersEnd, headerCount, valueStart, valueEnd, cursor.bodyStart])
    }
  } catch (error) {
    seen.push(error instanceof FrameFault ? error.message : error)
  }
  return seen
}

function refused(run: () => unknown): FrameFault {
  try {
    run()
  } catch (error) {
    if (error instanceof FrameFault) return error
    throw error
  }
  return assert.fail("was accepted")
}

describe("the batch frame", () => {
  it("has the bytes of docs/formats/batch.md", () => {
    const writer = new BatchWriter()
    writer.begin(hash, 1_700_000_000_000)
    writer.setWatermark(1_699_999_999_000)
    const parts = { timestamp: 1_700_000_000_005, watermark: 1_699_999_999_005, key: Uint8Array.of(107) }
    writer.append({ ...parts, headers: [["h", Uint8Array.of(1, 2)]] }, Uint8Array.of(2, 4))
    writer.append({ timestamp: 1_699_999_999_999, key: null }, null)
    writer.appendControl("end", 1_700_000_000_000)
    const frame = writer.finish()
    sealBatch(frame, { producer: 7, partition: 3, sequence: 42 })
    assert.strictEqual(
      hex(frame),
      "4d524231" +
        "66000000" +
        "00000000" +
        "0100" +
        "0300" +
        "03000000" +
        "07000000" +
        "0068e5cf8b010000" +
        "1864e5cf8b010000" +
        "2a00000000000000" +
        hex(hash) +
        // length, attributes, timestamp, watermark, key, headers, value
        ["0e", "14", "0a", "d00f", "016b", "01" + "0168" + "020102", "0204"].join("") +
        ["02", "03", "01"].join("") +
        ["03", "0a", "00", "03"].join("")
    )
  })

  it("gives back every record that was written", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 20 }),
        fc.option(instant, { nil: undefined }),
        (entries, base) => {
          assert.deepStrictEqual(read(write(entries, base)), entries)
        }
      ),
      { numRuns: 300 }
    )
  })

  it("copies records raw, with or without the same base timestamp", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 8 }),
        fc.option(instant, { nil: undefined }),
        (entries, base) => {
          const cursor = new BatchCursor(write(entries))
          const writer = new BatchWriter()
          writer.begin(hash, base)
          while (cursor.next()) writer.appendRaw(cursor)
          assert.deepStrictEqual(read(writer.finish()), entries)
        }
      ),
      { numRuns: 200 }
    )
  })

  it("carries records, each perhaps changed in place, beside others that are written, dropped or cut off again", () => {
    const step = fc.constantFrom("carry", "change", "drop", "write", "cut")
    fc.assert(
      fc.property(
        fc.array(fc.tuple(entry, step), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 0, max: 3 }),
        (steps, more) => {
          // Many records of one kind, so that runs are long enough to be copied ahead.
          const all = steps.flatMap((each) => Array.from({ length: 1 + more * 4 }, () => each))
          const base = all[0]?.[0].timestamp
          const cursor = new BatchCursor(write(all.map(([each]) => each)))
          const writer = new BatchWriter(maxFrameBytes, 64)
          writer.begin(hash, base)
          assert.isTrue(writer.hasBaseOf(cursor))
          const expected: Entry[] = []
          for (const [each, how] of all) {
            assert.isTrue(cursor.next())
            if (how === "drop") continue
            if (how === "write") {
              writer.append(each, each.value)
              expected.push(each)
              continue
            }
            const [length, count] = [writer.sink.length, writer.count]
            const shift = writer.carry(cursor)
            const value = each.value === null ? null : each.value.slice()
            if (how !== "carry" && value !== null && value.length > 0) {
              value[0] ^= 0x55
              writer.sink.bytes[cursor.valueStart + shift] ^= 0x55
            }
            if (how === "cut") writer.cutTo(length, count)
            else expected.push({ ...each, value })
          }
          assert.deepStrictEqual(read(writer.finish()), expected)
        }
      ),
      { numRuns: 300 }
    )
  })

  it("begins a record like another, with its key or a new one", () => {
    const replacement = fc.oneof(fc.constant(undefined), fc.constant(null), bytes)
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 8 }),
        replacement,
        bytes,
        instant,
        (entries, key, value, base) => {
          for (const newBase of [base, entries[0].timestamp]) {
            const cursor = new BatchCursor(write(entries))
            const writer = new BatchWriter()
            writer.begin(hash, newBase)
            while (cursor.next()) {
              writer.beginLike(cursor, key)
              writer.sink.copy(value, 0, value.length)
              writer.endRecord()
            }
            const expected = entries.map((each) => ({
              ...each,
              key: key === undefined ? each.key : key,
              value
            }))
            assert.deepStrictEqual(read(writer.finish()), expected)
          }
        }
      ),
      { numRuns: 100 }
    )
  })

  it("forgets an aborted record", () => {
    const writer = new BatchWriter()
    writer.begin(hash)
    writer.append({ timestamp: 1, key: null }, Uint8Array.of(1))
    writer.beginRecord({ timestamp: 2, key: null })
    writer.sink.byte(9)
    writer.abortRecord()
    writer.append({ timestamp: 3, key: null }, Uint8Array.of(3))
    assert.deepStrictEqual(
      read(writer.finish()).map((each) => each.timestamp),
      [1, 3]
    )
  })

  it("carries control records and says so in its flags", () => {
    const writer = new BatchWriter()
    writer.begin(hash)
    for (const kind of ["idle", "active", "end"] as const) writer.appendControl(kind, 5)
    const frame = writer.finish()
    const cursor = new BatchCursor(frame)
    const kinds: unknown[] = []
    while (cursor.next()) kinds.push(cursor.control)
    assert.deepStrictEqual(kinds, ["idle", "active", "end"])
    assert.isTrue(openBatch(frame).hasControl)
    frame[12] = 0
    assert.strictEqual(refused(() => checkBatch(frame)).code, "BAD_VALUE")
  })

  it("refuses a control flag without a control record", () => {
    const frame = write([{ timestamp: 1, key: null, value: Uint8Array.of(1) }])
    frame[12] = 1
    assert.strictEqual(refused(() => checkBatch(frame)).code, "BAD_VALUE")
  })

  it("says where it was made once sealed", () => {
    const frame = write([{ timestamp: 1, key: null, value: null }])
    sealBatch(frame, { producer: 4_000_000_000, partition: 65_535, sequence: 2 ** 40, watermark: -7 })
    const header = checkBatch(frame)
    assert.deepInclude(header, {
      producer: 4_000_000_000,
      partition: 65_535,
      sequence: 2 ** 40,
      watermark: -7,
      crc: 0
    })
    assert.strictEqual(
      refused(() => sealBatch(frame, { producer: 1, partition: 65_536, sequence: 1 })).code,
      "BAD_VALUE"
    )
  })

  it("refuses every truncation and every extension", () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 3 }), (entries) => {
        const frame = write(entries)
        for (let size = 0; size < frame.length; size++) {
          const cut = frame.slice(0, size)
          assert.strictEqual(refused(() => checkBatch(cut)).code, "BAD_LENGTH")
          if (size < 8) continue
          // The length made to fit: now the records do not add up.
          new DataView(cut.buffer).setUint32(4, size, true)
          refused(() => checkBatch(cut))
        }
        const longer = new Uint8Array(frame.length + 1)
        longer.set(frame)
        new DataView(longer.buffer).setUint32(4, longer.length, true)
        assert.strictEqual(refused(() => checkBatch(longer)).code, "BAD_LENGTH")
      }),
      { numRuns: 20 }
    )
  })

  it("answers corrupted bytes with a fault or with records that lie within the frame", () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (entries, flips) => {
          const frame = write(entries)
          for (const [place, byte] of flips) frame[place % frame.length] = byte
          assert.deepStrictEqual(
            walk(frame, (cursor) => cursor.next()),
            walk(frame, (cursor) => cursor["nextAny"]())
          )
          try {
            const cursor = new BatchCursor(frame)
            while (cursor.next()) {
              assert.isTrue(cursor.start >= frameHeaderBytes && cursor.valueStart <= cursor.valueEnd)
              assert.isTrue(cursor.valueEnd === cursor.end && cursor.end <= frame.length)
            }
          } catch (error) {
            assert.instanceOf(error, FrameFault)
          }
        }
      ),
      { numRuns: 2_000 }
    )
  })

  it("refuses a claimed count or length before it allocates for it", () => {
    const frame = write([{ timestamp: 1, key: null, value: Uint8Array.of(1) }])
    new DataView(frame.buffer).setUint32(16, 0xffff_ffff, true)
    assert.strictEqual(refused(() => checkBatch(frame)).code, "BAD_LENGTH")
  })

  it("refuses a record beyond 8 MiB and keeps what was there before", () => {
    const writer = new BatchWriter()
    writer.begin(hash)
    writer.append({ timestamp: 1, key: null }, Uint8Array.of(1))
    const large = new Uint8Array(maxFrameBytes)
    assert.strictEqual(refused(() => writer.append({ timestamp: 2, key: null }, large)).code, "TOO_LARGE")
    writer.abortRecord()
    assert.strictEqual(read(writer.finish()).length, 1)
  })

  it("refuses a timestamp that is no safe integer", () => {
    const writer = new BatchWriter()
    writer.begin(hash)
    for (const timestamp of [0.5, Number.NaN, 2 ** 53, Infinity]) {
      assert.strictEqual(refused(() => writer.append({ timestamp, key: null }, null)).code, "BAD_VALUE")
      writer.abortRecord()
    }
  })
})
