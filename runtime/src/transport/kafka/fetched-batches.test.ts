import { BatchWriter, openBatch, sealBatch } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { logBatches } from "./fetched-batches.ts"
import type { ReadBatches, RefusedRecord } from "./record-batch/read-result.ts"

const options = { topic: "films", isStream: true, isUnknown: (id: number) => id === 99 }

const refused: RefusedRecord = {
  kind: "refused",
  offset: 5n,
  next: 6n,
  reason: "noSchemaId",
  timestamp: 7n,
  key: null,
  value: new Uint8Array([9, 1]),
  headers: []
}

const frameOf = (schemaId: number, producer: number) => {
  const writer = new BatchWriter()
  writer.begin(new Uint8Array(32))
  for (let n = 0; n < 2; n++) writer.append({ timestamp: n, key: null }, new Uint8Array([n]))
  const frame = writer.finish()
  sealBatch(frame, { producer, partition: 0, sequence: 1 })
  return { kind: "frame", offset: 6n, next: 8n, frame, schemaId, hasSchemaHash: false } as const
}

const toldOf = (read: ReadBatches) =>
  logBatches(options, 5n, read).map(({ baseOffset, frame, unread = [] }) => [
    Number(baseOffset),
    openBatch(frame).count,
    unread.map(({ code, offset }) => `${code} ${offset}`)
  ])

describe("what was fetched of a stream", () => {
  it("has gaps where others wrote what nobody can read, and tells it there", () => {
    const items = [refused, frameOf(99, 0)]
    assert.deepStrictEqual(toldOf({ items, next: 8n, cutOffBytes: 0 }), [
      [5, 1, ["RECORD_UNREADABLE 5"]],
      [6, 2, ["SCHEMA_UNKNOWN 6", "SCHEMA_UNKNOWN 7"]]
    ])
  })

  it("stays whole where a node of ours made it, though the registry lacks the schema", () => {
    assert.deepStrictEqual(toldOf({ items: [frameOf(99, 4)], next: 8n, cutOffBytes: 0 }), [
      [5, 1, []],
      [6, 2, []]
    ])
  })

  it("is refused where nobody else may write", () => {
    const read = { items: [refused], next: 6n, cutOffBytes: 0 }
    assert.throws(() => logBatches({ ...options, isStream: false }, 5n, read), /films@5.*take it out/)
  })
})
