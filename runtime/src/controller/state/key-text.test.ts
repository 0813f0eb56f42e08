import fc from "fast-check"
import { assert, describe, it } from "vitest"
import { keyOfShown, keyText } from "./key-text.ts"

const fieldOf: { readonly [form: string]: fc.Arbitrary<string> } = {
  text: fc.string().filter((text) => text !== "null" && !text.startsWith("base64:")),
  "an integer": fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  "a boolean": fc.boolean().map(String),
  "a fraction": fc.double({ noNaN: true }).map((value) => String(value === 0 ? 0 : value)),
  bytes: fc.uint8Array().map((bytes) => `base64:${Buffer.from(bytes).toString("base64")}`)
}
const forms = fc.constantFrom(...Object.keys(fieldOf))
const form = (name: string) => fieldOf[name] ?? fc.constant("")

describe("a key for people", () => {
  it("is read as it is shown, whatever its field", () => {
    fc.assert(
      fc.property(
        forms.chain((name) => fc.tuple(fc.constant(name), form(name))),
        ([name, text]) => {
          const key = keyOfShown(text, [name])
          assert.isDefined(key)
          assert.strictEqual(keyText(key, [name]), text)
        }
      )
    )
  })

  it("is a list where it has several fields", () => {
    const key = keyOfShown('["a",null,"-7"]', ["text", "text", "an integer"])
    assert.isDefined(key)
    assert.strictEqual(keyText(key, ["text", "text", "an integer"]), '["a",null,"-7"]')
    assert.isUndefined(keyOfShown('["a"]', ["text", "text"]))
    assert.isUndefined(keyOfShown("x", ["an integer"]))
  })

  it("is null for the null key, and bytes where nothing else fits", () => {
    assert.isNull(keyOfShown("null", []))
    assert.strictEqual(keyText(null, ["text"]), "null")
    assert.strictEqual(keyText(Uint8Array.of(0, 255), ["an integer"]), "base64:AP8=")
  })
})
