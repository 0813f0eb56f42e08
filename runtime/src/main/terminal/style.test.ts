import { assert, describe, it } from "vitest"
import { paint, printable, table } from "./style.ts"

describe("text for a terminal", () => {
  it("shows control characters of foreign text instead of obeying them", () => {
    assert.strictEqual(printable("a\u001b[2Jb\u0007"), "a\\x1b[2Jb\\x07")
    assert.strictEqual(printable("tab\tand\nline"), "tab\tand\nline")
  })

  it("aligns columns by their widest cell", () => {
    assert.deepStrictEqual(
      table([
        ["NODE", "IN"],
        ["a-long-name", "3"]
      ]),
      ["NODE         IN", "a-long-name  3"]
    )
  })

  it("has no colours where the output is no terminal", () => {
    assert.strictEqual(paint("red", "error"), process.stdout.isTTY ? "\u001b[31merror\u001b[39m" : "error")
  })
})
