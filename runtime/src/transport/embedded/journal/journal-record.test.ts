import { assert, describe, it } from "vitest"
import { sealValue } from "../value.ts"
import { blockBytes, JournalRecords, readJournalRecords } from "./journal-record.ts"

const epoch = 0x0102030405060708n
const text = (value: string): Buffer => Buffer.from(value)

const textOf = (file: Buffer, of: bigint = epoch, first = 1): readonly string[] =>
  [...readJournalRecords(file, of, first)].map(
    ({ entries, number }) =>
      `${number}: ${entries
        .map(({ key, table, value }) => `${table} ${key.toString()}=${value?.subarray(4).toString() ?? "-"}`)
        .join(", ")}`
  )

function twoRecords(): JournalRecords {
  const records = new JournalRecords(epoch)
  records.put(2, text("key"), sealValue(text("value")))
  records.remove(0, text("gone"))
  records.seal(1)
  records.put(6, text("k"), sealValue(text("")))
  records.seal(2)
  return records
}

describe("a record of the journal", () => {
  it("has the bytes of docs/formats/commit.md", () => {
    const blocks = twoRecords().blocks()
    assert.strictEqual(blocks.length, blockBytes)
    assert.strictEqual(
      blocks.subarray(0, 97).toString("hex"),
      "a66aa604380000000807060504030201" +
        "0100000000000000" +
        "0102030009000000" +
        "6b657934" +
        "58771d76616c7565" +
        "0000040000000000676f6e65" +
        "19b16bb9250000000807060504030201" +
        "0200000000000000" +
        "01060100040000006b00000000" +
        "00000000"
    )
    assert.deepStrictEqual(textOf(blocks), ["1: 2 key=value, 0 gone=-", "2: 6 k="])
  })

  it("is not read with any bit of it changed, nor what follows it", () => {
    const whole = twoRecords()
    const first = 56
    for (let at = 0; at < first; at++) {
      const bytes = Buffer.from(whole.blocks())
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8))
      assert.deepStrictEqual(textOf(bytes), [], `byte ${at}`)
    }
  })

  it("is covered by its values' own CRC where they are large", () => {
    const large = sealValue(Buffer.alloc(40_000, "large"))
    const records = new JournalRecords(epoch)
    records.put(1, text("before"), sealValue(text("small")))
    records.put(2, text("key"), large)
    records.put(3, text("after"), sealValue(text("small")))
    records.seal(7)
    const bytes = Buffer.from(records.blocks())
    const [found] = readJournalRecords(bytes, epoch, 7)
    assert.deepStrictEqual(found?.entries[1]?.value, large)
    const start = bytes.indexOf("largelarge")
    for (const at of [
      start - 3,
      start,
      start + 20_000,
      bytes.lastIndexOf("after"),
      bytes.indexOf("before")
    ]) {
      bytes[at] = (bytes[at] ?? 0) ^ 4
      assert.deepStrictEqual([...readJournalRecords(bytes, epoch, 7)], [], `byte ${at}`)
      bytes[at] = (bytes[at] ?? 0) ^ 4
    }
  })

  it("is found behind the end of a write, and not among those of another epoch or of before", () => {
    const first = twoRecords().blocks()
    const next = new JournalRecords(epoch)
    next.put(0, text("a"), sealValue(text("3")))
    next.seal(3)
    const file = Buffer.concat([first, next.blocks(), first])
    assert.deepStrictEqual(textOf(file), ["1: 2 key=value, 0 gone=-", "2: 6 k=", "3: 0 a=3"])
    assert.deepStrictEqual(textOf(file, epoch, 2), [])
    assert.deepStrictEqual(textOf(file, epoch + 1n), [])
    assert.deepStrictEqual(textOf(file.subarray(0, blockBytes + 30)), textOf(first))
  })

  it("is forgotten where the transaction was not kept", () => {
    const records = twoRecords()
    records.put(0, text("a"), sealValue(text("never")))
    records.abandon()
    assert.isFalse(records.isOpen)
    records.put(0, text("a"), sealValue(text("3")))
    records.seal(3)
    assert.deepStrictEqual(textOf(records.blocks()).slice(2), ["3: 0 a=3"])
  })
})
