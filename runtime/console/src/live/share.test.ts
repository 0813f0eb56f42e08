import { assert, describe, it } from "vitest"
import { share } from "./share.ts"

const status = (rate: number, names: readonly string[] = ["a", "b"]) => ({
  at: rate,
  nodes: names.map((name) => ({ name, rates: { in: name === "a" ? rate : 1 } }))
})

describe("a shared view", () => {
  it("keeps the very objects of parts that did not change, and takes those that did", () => {
    const before = status(1)
    const after = share(before, status(2))
    assert.deepStrictEqual(after, status(2))
    assert.notStrictEqual(after.nodes[0], before.nodes[0])
    assert.strictEqual(after.nodes[1], before.nodes[1])
  })

  it("is the one before where nothing changed", () => {
    const before = status(1)
    assert.strictEqual(share(before, status(1)), before)
  })

  it("sees what came, what went, and what was null", () => {
    const before = status(1)
    assert.deepStrictEqual(share(before, status(1, ["a"])), status(1, ["a"]))
    assert.deepStrictEqual(share(before, status(1, ["a", "b", "c"])), status(1, ["a", "b", "c"]))
    assert.deepStrictEqual(share<unknown>({ a: null }, { a: {} }), { a: {} })
    assert.deepStrictEqual(share<unknown>({ a: 1, b: 2 }, { a: 1 }), { a: 1 })
  })
})
