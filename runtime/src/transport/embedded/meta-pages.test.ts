import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { bytesGivenOut } from "./meta-pages.ts"
import { openStore } from "./store.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-meta-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe("the meta pages of a data file", () => {
  it("tell what LMDB tells, after each transaction", async () => {
    const file = join(folder, "data.mdb")
    const store = openStore(folder, { readOnly: false })
    for (let number = 1; number <= 20; number++) {
      store.write(() => store.meta.put(Buffer.from(`key ${number}`), Buffer.alloc(number * 1_000)))
      assert.strictEqual(bytesGivenOut(file), store.wholeBytes())
    }
    await store.close()
  })

  it("tell nothing of what is no LMDB file", () => {
    const file = join(folder, "other")
    writeFileSync(file, "")
    assert.isUndefined(bytesGivenOut(file))
    writeFileSync(file, Buffer.alloc(10_000))
    assert.isUndefined(bytesGivenOut(file))
  })
})
