import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { drawKey, keyText, readKey, seal, unseal } from "./sealed.ts"

const key = drawKey()

describe("a sealed secret", () => {
  it("opens with its key under its name, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (value, name) => {
        assert.strictEqual(unseal(key, name, seal(key, name, value)), value.toWellFormed())
      }),
      { numRuns: 200 }
    )
  })

  it("opens with no other key, under no other name, and not when a bit of it changed", () => {
    const sealed = seal(key, "A", "a value that is secret")
    assert.isUndefined(unseal(drawKey(), "A", sealed))
    assert.isUndefined(unseal(key, "B", sealed))
    const bytes = Buffer.from(sealed, "base64")
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      assert.isUndefined(unseal(key, "A", changed.toString("base64")))
    }
    for (let length = 0; length < bytes.length; length++)
      assert.isUndefined(unseal(key, "A", bytes.subarray(0, length).toString("base64")))
  })

  it("looks different each time", () => {
    assert.notStrictEqual(seal(key, "A", "the same value"), seal(key, "A", "the same value"))
  })
})

describe("a key", () => {
  it("is read back from its text, and from hexadecimal", () => {
    assert.strictEqual(readKey(keyText(key))?.id, key.id)
    assert.strictEqual(readKey(Buffer.from(key.bytes).toString("hex"))?.id, key.id)
    for (const text of ["", "x", "ab".repeat(31), `${keyText(key).trim()}AAAA`])
      assert.isUndefined(readKey(text))
  })
})
