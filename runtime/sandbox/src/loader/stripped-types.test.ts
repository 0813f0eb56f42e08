import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { strippedTypes } from "./stripped-types.ts"

const typed = "export const one: number = 1\n"
const plain = "export const one         = 1\n"

describe("types that are stripped", () => {
  const before = process.env["NODE_COMPILE_CACHE"]
  let folder = ""
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "millrace-stripped-"))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
    if (before === undefined) delete process.env["NODE_COMPILE_CACHE"]
    else process.env["NODE_COMPILE_CACHE"] = before
  })

  it("are stripped once, and from what is kept of them then", () => {
    process.env["NODE_COMPILE_CACHE"] = folder
    assert.strictEqual(strippedTypes(typed), plain)
    const [name = ""] = readdirSync(join(folder, "stripped"))
    assert.match(name, /^[0-9a-f]{64}$/)
    writeFileSync(join(folder, "stripped", name), "// kept")
    assert.strictEqual(strippedTypes(typed), "// kept")
    assert.strictEqual(strippedTypes(typed.replace("one", "two")), plain.replace("one", "two"))
  })

  it("are stripped where nothing can be kept", () => {
    const file = join(folder, "a-file")
    writeFileSync(file, "")
    process.env["NODE_COMPILE_CACHE"] = file
    assert.strictEqual(strippedTypes(typed), plain)
    delete process.env["NODE_COMPILE_CACHE"]
    assert.strictEqual(strippedTypes(typed), plain)
  })
})
