import { assert, describe, it } from "vitest"
import { CodeCache } from "./code-cache.ts"

describe("the cache of compiled code", () => {
  it("gives what was kept for the same text, and frees the oldest when there is too much", () => {
    const released: string[] = []
    const code = (name: string) => ({ name, release: () => released.push(name) })
    const cache = new CodeCache<ReturnType<typeof code>>()
    const text = (letter: string) => letter.repeat(30 * 1024 * 1024)
    cache.put(text("a"), code("a"))
    cache.put(text("b"), code("b"))
    assert.strictEqual(cache.get(text("a"))?.name, "a")
    cache.put(text("c"), code("c"))
    assert.deepStrictEqual(released, ["a"])
    assert.strictEqual(cache.get(text("a")), undefined)
    assert.strictEqual(cache.get(text("b"))?.name, "b")
  })
})
