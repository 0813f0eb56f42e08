import { assert, describe, it } from "vitest"
import { sanitizeText } from "./host-errors.ts"

describe("error texts that cross", () => {
  it("lose paths, terminal codes, line ends and the users of URLs", () => {
    const text =
      "boom\u001b[31m\nat /srv/app/handler.ts:40:2 for postgres://u:p@db.example.com/x and file:///etc/passwd"
    assert.strictEqual(sanitizeText(text), "boom at (path) for postgres://***@db.example.com/x and (path)")
  })

  it("stay as they are where nothing is to be hidden", () => {
    const text = "at rating: expected a number, got a string (record movies/0@7) 1/2 a/b"
    assert.strictEqual(sanitizeText(text), text)
  })
})
