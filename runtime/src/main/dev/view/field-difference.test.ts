import { assert, describe, it } from "vitest"
import { fieldDifference } from "./field-difference.ts"

describe("the difference of a record's fields", () => {
  it("names what was changed, added and removed, within records and lists too", () => {
    const before = { id: "a", price: 10, at: { city: "Ulm", zip: "1" }, tags: ["x", "y"], secret: 1 }
    const after = { id: "a", price: 12, at: { city: "Bonn", zip: "1" }, tags: ["x"], priceEur: 9.3 }
    assert.deepStrictEqual(fieldDifference(before, after), [
      { path: "price", change: "changed", before: 10, after: 12 },
      { path: "at.city", change: "changed", before: "Ulm", after: "Bonn" },
      { path: "tags[1]", change: "removed", before: "y" },
      { path: "priceEur", change: "added", after: 9.3 },
      { path: "secret", change: "removed", before: 1 }
    ])
  })

  it("is none where nothing differs, and bounded where all does", () => {
    assert.deepStrictEqual(fieldDifference({ a: [1, { b: null }] }, { a: [1, { b: null }] }), [])
    const wide = (by: number) =>
      Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, by]))
    assert.strictEqual(fieldDifference(wide(1), wide(2)).length, 100)
  })

  it("takes records that are null, or nested beyond what is worth showing", () => {
    assert.deepStrictEqual(fieldDifference(null, { a: 1 }), [
      { path: "", change: "changed", before: null, after: { a: 1 } }
    ])
    const deep = (leaf: number): unknown =>
      Array.from({ length: 20 }).reduce<unknown>((inner) => ({ in: inner }), leaf)
    assert.strictEqual(fieldDifference(deep(1), deep(2)).length, 1)
  })
})
