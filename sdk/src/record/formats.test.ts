import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { FrameFault } from "./frame-fault.ts"
import {
  bigintOfKey,
  booleanOfKey,
  compositeKey,
  doubleOfKey,
  keyOfBigint,
  keyOfBoolean,
  keyOfDouble
} from "./key.ts"
import { keyOfLong, keyOfText, longOfKey, textOfKey } from "./key.ts"
import { checkStateEntries, StateEntryCursor, StateEntryWriter } from "./state-entry.ts"
import {
  decodeStoredKey,
  encodeStoredKey,
  isLongPart,
  maxStoredKeyBytes,
  storedKeyPrefix,
  storedStatePrefix
} from "./stored-key.ts"
import type { StoredKey } from "./stored-key.ts"
import { decodeStoredValue, encodeStoredValue } from "./stored-value.ts"
import { decodeUtf8, encodeUtf8, isUtf8 } from "./utf8.ts"
import { putVarint, putZigzag, varintSize, zigzagSize } from "./varint.ts"

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")
const text = (value: string) => new TextEncoder().encode(value)

describe("key bytes", () => {
  it("have the bytes of docs/formats/key.md", () => {
    assert.strictEqual(hex(keyOfText("aü")), "61c3bc")
    assert.strictEqual(hex(keyOfBoolean(true)) + hex(keyOfBoolean(false)), "0100")
    assert.strictEqual(hex(keyOfLong(1)), "0000000000000001")
    assert.strictEqual(hex(keyOfLong(-1)), "ffffffffffffffff")
    assert.strictEqual(hex(keyOfLong(2 ** 40 + 5)), "0000010000000005")
    assert.strictEqual(hex(keyOfBigint(-(2n ** 63n))), "8000000000000000")
    assert.strictEqual(hex(keyOfDouble(1.5)), "3ff8000000000000")
    assert.strictEqual(hex(keyOfDouble(-0)), "0000000000000000")
    assert.strictEqual(hex(keyOfDouble(Number.NaN)), "7ff8000000000000")
    assert.strictEqual(
      hex(compositeKey([text("ab"), null, keyOfBoolean(true)])),
      "01026162" + "00" + "010101"
    )
  })

  it("give the value back, and a long the same bytes as a bigint", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.double(), fc.string({ unit: "binary" }), (long, double, string) => {
        assert.strictEqual(longOfKey(keyOfLong(long)), long)
        assert.strictEqual(hex(keyOfBigint(BigInt(long))), hex(keyOfLong(long)))
        assert.strictEqual(bigintOfKey(keyOfLong(long)), BigInt(long))
        assert.strictEqual(doubleOfKey(keyOfDouble(double)), double === 0 ? 0 : double)
        assert.strictEqual(textOfKey(keyOfText(string)), string)
      })
    )
    assert.isTrue(booleanOfKey(keyOfBoolean(true)))
  })

  it("refuse what is no such key", () => {
    const cases: readonly (() => unknown)[] = [
      () => keyOfText("\ud800"),
      () => keyOfLong(2 ** 53),
      () => keyOfBigint(2n ** 63n),
      () => longOfKey(text("short")),
      () => longOfKey(keyOfBigint(2n ** 60n)),
      () => booleanOfKey(Uint8Array.of(2)),
      () => textOfKey(Uint8Array.of(0xff))
    ]
    for (const run of cases) assert.throws(run, FrameFault)
  })
})

describe("state entries", () => {
  const write = () => {
    const writer = new StateEntryWriter()
    writer.put(2, text("k"), undefined, 1000, Uint8Array.of(7, 8))
    writer.put(0, null, text("m"), 0, new Uint8Array(0))
    writer.delete(1, text("k"), text("m"))
    writer.absent(1, text("k"), undefined)
    writer.clear(3, text("k"))
    return writer.finish()
  }

  it("have the bytes of docs/formats/state.md", () => {
    const expected = [
      "01" + "02" + "00" + "016b" + "e803000000000000" + "020708",
      "01" + "00" + "03" + "016d" + "0000000000000000" + "00",
      "02" + "01" + "02" + "016b" + "016d",
      "03" + "01" + "00" + "016b",
      "04" + "03" + "00" + "016b"
    ]
    assert.strictEqual(hex(write()), expected.join(""))
  })

  it("come back as they were written", () => {
    const cursor = new StateEntryCursor(write())
    const seen: unknown[] = []
    while (cursor.next()) {
      const { operation, state, expiry } = cursor
      seen.push([operation, state, cursor.key(), cursor.mapKey(), expiry, hex(cursor.value())])
    }
    assert.deepStrictEqual(seen, [
      ["put", 2, text("k"), undefined, 1000, "0708"],
      ["put", 0, null, text("m"), 0, ""],
      ["delete", 1, text("k"), text("m"), 0, ""],
      ["absent", 1, text("k"), undefined, 0, ""],
      ["clear", 3, text("k"), undefined, 0, ""]
    ])
    assert.strictEqual(checkStateEntries(write()), 5)
  })

  it("are refused when cut within an entry, and never read beyond the bytes", () => {
    const bytes = write()
    const ends = new Set([0])
    const cursor = new StateEntryCursor(bytes)
    while (cursor.next()) ends.add(cursor.end)
    for (let size = 0; size < bytes.length; size++) {
      if (ends.has(size)) checkStateEntries(bytes.slice(0, size))
      else assert.throws(() => checkStateEntries(bytes.slice(0, size)), FrameFault)
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (random) => {
        try {
          const walk = new StateEntryCursor(random)
          while (walk.next()) assert.isTrue(walk.end <= random.length && walk.valueEnd <= walk.end)
        } catch (error) {
          assert.instanceOf(error, FrameFault)
        }
      }),
      { numRuns: 1_000 }
    )
  })

  it("refuse unknown operations and flags, a clear of one map key, a negative expiry", () => {
    for (const bytes of ["050001", "000001", "010004", "04000301", "01000101ffffffffffffffff00"]) {
      assert.throws(() => checkStateEntries(Uint8Array.from(Buffer.from(bytes, "hex"))), FrameFault)
    }
    assert.throws(() => new StateEntryWriter().delete(256, null, undefined), FrameFault)
  })
})

describe("stored keys", () => {
  const part = fc.oneof(
    fc.constant(null),
    fc.uint8Array({ maxLength: 6, max: 2 }),
    fc.uint8Array({ maxLength: 20 }),
    fc.uint8Array({ minLength: 500, maxLength: 520, max: 1, size: "max" })
  )
  const place = fc.record({
    node: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 0xffff_ffff })),
    partition: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 0xffff })),
    state: fc.oneof(fc.constant(1), fc.integer({ min: 0, max: 255 })),
    key: part,
    mapKey: part
  })

  it("have the bytes of docs/formats/state.md", () => {
    const stored = { node: 1, partition: 2, state: 3, key: Uint8Array.of(1, 0, 2), mapKey: null }
    assert.strictEqual(
      hex(encodeStoredKey(stored)),
      "00000001" + "0002" + "03" + "01" + "0100ff02" + "0001" + "00"
    )
    const long = encodeStoredKey({ node: 1, partition: 2, state: 3, key: new Uint8Array(513).fill(1) })
    assert.strictEqual(
      hex(long),
      "00000001" + "0002" + "03" + "02" + "d76036ad13c8a84b7614234d455f5f66b29cd8d8780c75256f2e8a50799838e8"
    )
    assert.strictEqual(long.length, 7 + 33)
  })

  it("order as their parts do, where none is hashed", () => {
    const rank = (a: Uint8Array | null, b: Uint8Array | null): number =>
      a === null || b === null ? Number(a !== null) - Number(b !== null) : Buffer.compare(a, b)
    const order = (a: StoredKey, b: StoredKey): number =>
      a.node - b.node ||
      a.partition - b.partition ||
      a.state - b.state ||
      rank(a.key, b.key) ||
      rank(a.mapKey ?? null, b.mapKey ?? null)
    const short = place.filter((each) =>
      [each.key, each.mapKey].every((key) => key === null || !isLongPart(key))
    )
    fc.assert(
      fc.property(short, short, (a, b) => {
        const bytes = Math.sign(Buffer.compare(encodeStoredKey(a), encodeStoredKey(b)))
        assert.strictEqual(bytes, Math.sign(order(a, b)))
      }),
      { numRuns: 2_000 }
    )
  })

  it("give their parts back, or the hash of a long one, within the limit", () => {
    fc.assert(
      fc.property(place, (stored) => {
        const bytes = encodeStoredKey(stored)
        assert.isAtMost(bytes.length, maxStoredKeyBytes)
        const decoded = decodeStoredKey(bytes)
        assert.deepInclude(decoded, { node: stored.node, partition: stored.partition, state: stored.state })
        for (const [given, found] of [
          [stored.key, decoded.key],
          [stored.mapKey, decoded.mapKey]
        ] as const) {
          if (given === null) assert.deepStrictEqual(found, { form: "null" })
          else if (isLongPart(given)) assert.strictEqual(found?.form, "hash")
          else assert.deepStrictEqual(found, { form: "bytes", bytes: given })
        }
      }),
      { numRuns: 500 }
    )
  })

  it("begin with their map's prefix, and no other map's", () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const prefix = hex(storedKeyPrefix(a))
        assert.isTrue(hex(encodeStoredKey(a)).startsWith(prefix))
        assert.isTrue(prefix.startsWith(hex(storedStatePrefix(a))))
        const same = hex(storedKeyPrefix(b)) === prefix
        assert.strictEqual(hex(encodeStoredKey(b)).startsWith(prefix), same)
      }),
      { numRuns: 500 }
    )
  })

  it("are refused when truncated or of an unknown form", () => {
    const bytes = encodeStoredKey({ node: 1, partition: 2, state: 3, key: text("a\0b"), mapKey: text("m") })
    const whole = storedKeyPrefix({ node: 1, partition: 2, state: 3, key: text("a\0b") }).length
    for (let size = 0; size < bytes.length; size++) {
      if (size !== whole) assert.throws(() => decodeStoredKey(bytes.slice(0, size)), FrameFault)
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (random) => {
        try {
          decodeStoredKey(random)
        } catch (error) {
          assert.instanceOf(error, FrameFault)
        }
      })
    )
  })
})

describe("stored values", () => {
  it("have the bytes of docs/formats/state.md and come back", () => {
    const value = {
      schemaId: 5,
      expiry: 2 ** 33,
      key: text("k"),
      mapKey: text("mm"),
      value: Uint8Array.of(9)
    }
    const bytes = encodeStoredValue(value)
    assert.strictEqual(hex(bytes), "05000000" + "0000000002000000" + "03" + "016b" + "026d6d" + "09")
    assert.deepStrictEqual(decodeStoredValue(bytes), value)
    const bare = { schemaId: 0, expiry: 0, value: Uint8Array.of(1, 2) }
    assert.deepStrictEqual(decodeStoredValue(encodeStoredValue(bare)), bare)
    for (let size = 0; size < bytes.length - 1; size++)
      assert.throws(() => decodeStoredValue(bytes.slice(0, size)), FrameFault)
  })
})

describe("UTF-8", () => {
  it("is what the platform's strict decoder makes of it", () => {
    const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }).map(text),
      fc.uint8Array({ maxLength: 6, min: 0x7f }),
      fc
        .constantFrom([0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82])
        .map((each) => Uint8Array.from(each))
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), (pieces) => {
        const bytes = Uint8Array.from(pieces.flatMap((each) => [...each]))
        let expected: string | undefined
        try {
          expected = strict.decode(bytes)
        } catch {
          expected = undefined
        }
        assert.strictEqual(decodeUtf8(bytes, 0, bytes.length), expected)
        assert.strictEqual(isUtf8(bytes, 0, bytes.length), expected !== undefined)
        if (expected !== undefined) assert.deepStrictEqual(encodeUtf8(expected), bytes)
      }),
      { numRuns: 1_000 }
    )
    for (const lone of ["\ud800", "a\udc00", "\ud800\ud800", "\ud83dx"]) assert.isUndefined(encodeUtf8(lone))
  })
})

describe("varints", () => {
  it("take the bytes that their size says, and hold the value", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.maxSafeInteger(), (small, long) => {
        for (const value of [small, small * 16, small >> 20]) {
          const bytes = new Uint8Array(10)
          assert.strictEqual(putVarint(bytes, 0, value), varintSize(value))
          const read = [...bytes.subarray(0, varintSize(value))].reduceRight(
            (sum, byte) => sum * 128 + (byte & 127),
            0
          )
          assert.strictEqual(read, value)
        }
        for (const value of [long, long >> 10, small, -small]) {
          const bytes = new Uint8Array(10)
          const end = putZigzag(bytes, 0, value)
          assert.strictEqual(end, zigzagSize(value))
          const read = [...bytes.subarray(0, end)].reduceRight(
            (sum, byte) => (sum << 7n) | BigInt(byte & 127),
            0n
          )
          assert.strictEqual((read >> 1n) ^ -(read & 1n), BigInt(value))
        }
      })
    )
  })
})
