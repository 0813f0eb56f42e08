import { assert, describe, it } from "vitest"
import { batchRecords } from "./batch-records.ts"

describe("batchRecords", () => {
  it("is the worker's own when the environment says nothing", () => {
    assert.strictEqual(batchRecords({}), undefined)
  })

  it("is the number that the environment gives", () => {
    assert.strictEqual(batchRecords({ BATCH_RECORDS: "1" }), 1)
    assert.strictEqual(batchRecords({ BATCH_RECORDS: "5000" }), 5000)
  })

  it("refuses what is no number of records", () => {
    for (const text of ["0", "-1", "many", "1.5", ""])
      assert.throws(() => batchRecords({ BATCH_RECORDS: text }), /is no number of records/)
  })
})
