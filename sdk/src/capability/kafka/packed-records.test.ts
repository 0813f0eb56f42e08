import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { type KafkaRecord, packKafkaRecords, unpackKafkaRecords } from "./packed-records.ts"

const part = fc.oneof(fc.constant(null), fc.uint8Array({ maxLength: 20 }))
const record: fc.Arbitrary<KafkaRecord> = fc.record({
  offset: fc.bigInt({ min: -1n, max: 2n ** 62n }),
  timestamp: fc.integer({ min: -1, max: 4_102_444_800_000 }),
  key: part,
  value: part,
  headers: fc.array(fc.tuple(fc.string({ unit: "grapheme", maxLength: 8 }), part), { maxLength: 3 })
})

const plain = ({ headers, key, value, ...rest }: KafkaRecord) => ({
  ...rest,
  key: key && [...key],
  value: value && [...value],
  headers: headers.map(([name, content]) => [name, content && [...content]])
})

describe("packed records", () => {
  it("come out as they went in", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), (records) => {
        const back = unpackKafkaRecords(packKafkaRecords(records))
        assert.deepStrictEqual(back.map(plain), records.map(plain))
      })
    )
  })

  it("have the bytes that docs/formats/kafka-records.md says", () => {
    const bytes = packKafkaRecords([
      {
        offset: 7n,
        timestamp: 1_000,
        key: null,
        value: Uint8Array.of(0xab),
        headers: [["h", null]]
      }
    ])
    assert.strictEqual(
      Buffer.from(bytes).toString("hex"),
      "01" +
        "0000000000000007" +
        "00000000000003e8" +
        "ffffffff" +
        "00000001ab" +
        "00000001" +
        "0000000168" +
        "ffffffff"
    )
  })

  it("are refused where they are cut off, or of another version", () => {
    const bytes = packKafkaRecords([
      { offset: 0n, timestamp: 0, key: Uint8Array.of(1, 2), value: Uint8Array.of(3), headers: [["a", null]] }
    ])
    for (let length = 0; length < bytes.length; length++)
      if (length !== 1) assert.throws(() => unpackKafkaRecords(bytes.subarray(0, length)), RangeError)
    assert.throws(() => unpackKafkaRecords(Uint8Array.of(2)), RangeError)
  })
})
