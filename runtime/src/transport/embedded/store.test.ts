import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { TransportError } from "../transport.ts"
import { openStore } from "./store.ts"
import type { Store } from "./store.ts"

let folder = ""
let store: Store
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-store-"))
  store = openStore(folder, { readOnly: false })
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const key = Buffer.from("key")

describe("a store's write", () => {
  it("does not begin when the disk has no space for it, and says so", () => {
    let hasBegun = false
    let refusal: unknown
    try {
      store.write(() => (hasBegun = true), Number.MAX_SAFE_INTEGER)
    } catch (error) {
      refusal = error
    }
    assert.isFalse(hasBegun)
    assert.instanceOf(refusal, TransportError)
    assert.strictEqual(refusal instanceof TransportError ? refusal.reason : "", "diskFull")
  })

  it("goes on after a refusal", () => {
    assert.throws(() => store.write(() => {}, Number.MAX_SAFE_INTEGER))
    store.write(() => store.meta.put(key, Buffer.from("value")), 5)
    assert.strictEqual(
      store.read(() => store.meta.get(key)?.toString()),
      "value"
    )
  })

  it("leaves nothing of what threw", () => {
    assert.throws(() =>
      store.write(() => {
        store.meta.put(key, Buffer.from("value"))
        throw new Error("no")
      })
    )
    assert.isUndefined(store.read(() => store.meta.get(key)))
  })
})
