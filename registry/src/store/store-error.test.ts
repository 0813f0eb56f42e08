import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "vitest"
import { fromStoreError } from "../http/error-reply.ts"
import { toStoreError } from "./store-error.ts"

const thrownBy = (work: () => void): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}

describe("a failure of the store", () => {
  it("is a full disk when SQLite finds no room, and the client is told so", () => {
    const database = new DatabaseSync(":memory:")
    database.exec("PRAGMA max_page_count = 3; CREATE TABLE films (title TEXT)")
    const cause = thrownBy(() => database.exec(`INSERT INTO films VALUES ('${"x".repeat(100_000)}')`))
    const error = toStoreError("write", cause)
    assert.equal(error.reason, "full")
    assert.deepInclude(fromStoreError(error), { code: "STORE_FULL", status: 507 })
  })

  it("is a full disk when the index of the write-ahead log cannot grow", () => {
    const cause = Object.assign(new Error("disk I/O error"), { errcode: 4874 })
    assert.equal(toStoreError("open", cause).reason, "full")
    assert.equal(toStoreError("open", Object.assign(cause, { errcode: 10 })).reason, "io")
  })

  it("is a full disk when the file system says so, by quota too", () => {
    for (const code of ["ENOSPC", "EDQUOT"])
      assert.equal(toStoreError("write", Object.assign(new Error("no"), { code })).reason, "full")
    assert.equal(toStoreError("write", Object.assign(new Error("no"), { code: "EACCES" })).reason, "io")
  })

  it("shows a client no cause, for that may name paths", () => {
    const error = fromStoreError(toStoreError("write", new Error("open '/home/ann/secret'")))
    assert.deepInclude(error, { code: "STORE_FAILED", status: 503 })
    assert.notInclude(JSON.stringify(error), "ann")
  })
})
