import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { metaPagesBytes } from "../meta-pages.ts"
import { sealValue } from "../value.ts"
import { flushedName, FlushedPages, forgetUnflushed, settleUnflushed } from "./flushed-pages.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-flushed-"))
  writeFileSync(data(), Buffer.alloc(3 * 4096, "later"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const data = (): string => join(folder, "data.mdb")
const pages = Buffer.alloc(metaPagesBytes, "flushed")

/** A place of the file, as docs/formats/commit.md has it, of another boot. */
const placeOf = (number: bigint, ...tail: readonly bigint[]): Buffer => {
  const numbers = [number, ...tail].map((each) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigUInt64LE(each)
    return bytes
  })
  const [head = pages, ...rest] = numbers
  return Buffer.concat([sealValue(head, Buffer.alloc(256, "another "), pages, ...rest)], 12_288)
}

describe("what a log was when it was last flushed", () => {
  it("is the newer of two whole places, with where the journal goes on", () => {
    writeFileSync(join(folder, flushedName), Buffer.concat([placeOf(8n, 77n, 5n), placeOf(7n, 77n, 1n)]))
    assert.deepStrictEqual(settleUnflushed(folder), { is: "went back", replay: { epoch: 77n, first: 5 } })
    assert.deepStrictEqual(readFileSync(data()).subarray(0, metaPagesBytes), pages)
    assert.strictEqual(readFileSync(data()).toString("utf8", metaPagesBytes, metaPagesBytes + 2), "te")
  })

  it("is the older where the newer is torn", () => {
    const torn = placeOf(8n, 77n, 5n)
    torn.writeUInt8(1, 5_000)
    writeFileSync(join(folder, flushedName), Buffer.concat([torn, placeOf(7n, 77n, 1n)]))
    assert.deepStrictEqual(settleUnflushed(folder), { is: "went back", replay: { epoch: 77n, first: 1 } })
  })

  it("has no journal where a program wrote it that knew none", () => {
    writeFileSync(join(folder, flushedName), Buffer.concat([placeOf(2n), placeOf(3n)]))
    assert.deepStrictEqual(settleUnflushed(folder), { is: "went back", replay: undefined })
  })

  it("stands until it is said that all is flushed, in the place of the older", () => {
    writeFileSync(join(folder, flushedName), Buffer.concat([placeOf(8n, 77n, 5n), placeOf(7n, 77n, 1n)]))
    assert.strictEqual(settleUnflushed(folder).is, "went back")
    assert.strictEqual(settleUnflushed(folder).is, "went back")
    forgetUnflushed(folder)
    assert.deepStrictEqual(settleUnflushed(folder), { is: "nothing" })
    const bytes = readFileSync(join(folder, flushedName))
    assert.deepStrictEqual(bytes.subarray(0, 12_288), placeOf(8n, 77n, 5n))
    FlushedPages.begin(folder, { epoch: 78n, first: 1 }, false).close()
    assert.strictEqual(settleUnflushed(folder).is, "flushed")
    assert.deepStrictEqual(settleUnflushed(folder), { is: "nothing" })
  })
})
