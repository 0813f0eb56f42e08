import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { blockKinds, savepointBlocks, SavepointFault, SavepointWriter } from "./savepoint-file.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-savepoint-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string): void => {
  const writer = new SavepointWriter(path)
  writer.addJson(blockKinds.head, { format: 1 })
  writer.add(blockKinds.state, Uint8Array.of(1, 0), Uint8Array.of(2, 0, 7))
  writer.finish()
}
const read = (path: string) =>
  [...savepointBlocks(path)].map(({ kind, payload }) => [kind, payload.toString("hex")])

describe("a savepoint's file", () => {
  it("is not there before it is whole, and leaves nothing when it is given up", () => {
    const path = join(folder, "one")
    const writer = new SavepointWriter(path)
    writer.addJson(blockKinds.head, {})
    assert.isFalse(existsSync(path))
    writer.abandon()
    assert.deepStrictEqual(readdirSync(folder), [])
    // What a kill left is written over.
    writeFileSync(`${path}.partial`, "half of another")
    write(path)
    assert.deepStrictEqual(readdirSync(folder), ["one"])
  })

  it("gives its blocks back, byte for byte", () => {
    const path = join(folder, "one")
    write(path)
    assert.deepStrictEqual(read(path), [
      [1, Buffer.from('{"format":1}').toString("hex")],
      [3, "0100020007"]
    ])
    const hex = readFileSync(path).toString("hex")
    assert.isTrue(hex.startsWith(`${Buffer.from("MRSAVE01").toString("hex")}010c000000`))
  })

  it("is refused when any byte of it is changed, cut off or added", () => {
    const path = join(folder, "one")
    write(path)
    const whole = readFileSync(path)
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(whole)
        changed[at] = (changed[at] ?? 0) ^ flip
        for (const bytes of [changed, whole.subarray(0, at), Buffer.concat([whole, Buffer.of(flip)])]) {
          writeFileSync(path, bytes)
          assert.throws(() => read(path), SavepointFault)
        }
      }),
      { numRuns: 60 }
    )
  })
})
