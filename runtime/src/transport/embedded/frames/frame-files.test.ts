import { existsSync, linkSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { sealValue } from "../value.ts"
import { FrameFiles, filesOf } from "./frame-files.ts"
import { FrameFlush } from "./frame-flush.ts"

let folder = ""
let files: FrameFiles
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-frames-"))
  files = new FrameFiles(folder, 10_000)
})
afterEach(() => {
  files.close()
  rmSync(folder, { recursive: true, force: true })
})

const valueOf = (text: string): Buffer => sealValue(Buffer.from(text.padEnd(6_000, "x")))

describe("frame files", () => {
  it("have what was appended, also for the next opening, which writes into a file of its own", () => {
    const places = ["a", "b", "c"].map((text) => files.append(valueOf(text)))
    assert.deepStrictEqual(filesOf(folder), [1, 2])
    const next = new FrameFiles(folder, 10_000)
    places.push(next.append(valueOf("d")))
    assert.strictEqual(places.at(-1)?.file, 3)
    for (const [at, text] of ["a", "b", "c", "d"].entries()) {
      const place = places[at]
      assert.isDefined(place)
      assert.deepStrictEqual(next.read(place), valueOf(text))
    }
    next.close()
  })

  it("begin every value in a block of its own", () => {
    const [first, second] = ["a", "b"].map((text) => files.append(valueOf(text)))
    assert.deepStrictEqual([first?.position, second?.position], [0, 8_192])
  })

  it("have nothing where a place leads to another value, beyond the end, or into a file that is gone", () => {
    const place = files.append(valueOf("a"))
    assert.lengthOf(files.read({ ...place, crc: place.crc ^ 1 }), 0)
    assert.lengthOf(files.read({ ...place, position: 8_192 }), 0)
    assert.lengthOf(files.read({ ...place, file: 9 }), 0)
    truncateSync(files.pathOf(place.file), 4_096)
    assert.isFalse(files.holds(place))
  })

  it("are not removed while they are pinned, and are looked at again then", () => {
    for (const text of ["a", "b", "c"]) files.append(valueOf(text))
    const unpin = files.pin()
    files.remove([1])
    assert.isTrue(files.sizes.has(1))
    unpin()
    assert.deepStrictEqual(files.takeLoosened(), [1])
    files.remove([1])
    assert.deepStrictEqual([...files.sizes.keys()], [2])
  })

  it("write over a full one that is wanted no more, under a name of its own", () => {
    const [old] = ["a", "b", "c"].map((text) => files.append(valueOf(text)))
    assert.isDefined(old)
    const { ino, size } = statSync(files.pathOf(1))
    files.remove([1])
    const places = ["d", "e", "f"].map((text) => files.append(valueOf(text)))
    assert.deepStrictEqual(
      places.map(({ file, position }) => [file, position]),
      [
        [2, 8_192],
        [3, 0],
        [3, 8_192]
      ]
    )
    assert.deepInclude(statSync(files.pathOf(3)), { ino, size })
    assert.isFalse(existsSync(files.pathOf(1)))
    for (const [at, text] of ["d", "e", "f"].entries())
      assert.deepStrictEqual(places.map((place) => files.read(place))[at], valueOf(text))
    assert.lengthOf(files.read(old), 0)
    // What stands there from before is of no value that has a place.
    assert.isFalse(files.holds({ ...old, file: 3 }))
    assert.strictEqual(
      files.bytes,
      [...files.sizes.values()].reduce((sum, each) => sum + each, 0)
    )
  })

  it("never write over one that a backup links to, whether before or after it was wanted no more", () => {
    for (const text of ["a", "b", "c", "d", "e"]) files.append(valueOf(text))
    const [first, second] = [1, 2].map((file) => `${files.pathOf(file)}-linked`)
    linkSync(files.pathOf(1), first ?? "")
    const before = readFileSync(files.pathOf(1))
    files.remove([1, 2])
    linkSync(files.pathOf(2), second ?? "")
    const beforeSecond = readFileSync(second ?? "")
    for (const text of ["f", "g", "h", "i", "j"]) files.append(valueOf(text))
    assert.deepStrictEqual(readFileSync(first ?? ""), before)
    assert.deepStrictEqual(readFileSync(second ?? ""), beforeSecond)
  })

  it("keep none to be written over for long when nothing is written", async () => {
    for (let n = 0; n < 8; n++) files.append(valueOf(String(n)))
    files.remove([1, 2, 3])
    assert.deepStrictEqual(filesOf(folder), [1, 2, 3, 4])
    for (let round = 0; round < 16; round++) files.remove([])
    assert.deepStrictEqual([...files.sizes.keys()], [4])
    const next = files.append(valueOf("next"))
    assert.strictEqual(next.file, 5)
    files.append(valueOf("last"))
    // They are removed off this thread.
    while ([1, 2, 3].some((file) => existsSync(files.pathOf(file)))) await setImmediate()
  })

  it("are found by the next opening where they were kept to be written over", () => {
    for (let n = 0; n < 4; n++) files.append(valueOf(String(n)))
    files.remove([1])
    files.close()
    const next = new FrameFiles(folder, 10_000)
    assert.deepStrictEqual(next.takeLoosened(), [1, 2])
    next.close()
  })

  it("never use the name again of one that is being removed", () => {
    files.append(valueOf("a"))
    files.close()
    const next = new FrameFiles(folder, 10_000)
    next.remove([1])
    assert.strictEqual(next.append(valueOf("b")).file, 2)
    next.close()
  })
})

describe("a flush of frame files", () => {
  it("tells when all that was appended is durable, with what came while one was under way", async () => {
    const told: number[] = []
    const flush = new FrameFlush(files, {
      flushed: () => told.push(flush.durable),
      failed: (cause) => assert.fail(String(cause))
    })
    const length = valueOf("").length
    files.append(valueOf("a"))
    flush.flush()
    files.append(valueOf("b"))
    files.append(valueOf("c"))
    assert.strictEqual(flush.durable, 0)
    flush.flush()
    await flush.flushed()
    assert.deepStrictEqual([told[0], flush.durable, flush.left], [length, 3 * length, 0])
    await flush.close()
  })

  it("keeps no descriptor of a file that takes no more", async () => {
    const flush = new FrameFlush(files, {
      flushed: () => undefined,
      failed: (cause) => assert.fail(String(cause))
    })
    for (let n = 0; n < 9; n++) {
      files.append(valueOf(String(n)))
      await flush.flushed()
    }
    assert.isAtMost(files.dirty.size, 2)
    files.append(valueOf("now"))
    flush.flushNow()
    assert.strictEqual(flush.left, 0)
    await flush.close()
  })

  it("leaves nothing undurable in more than the newest files, whoever forgets to flush", () => {
    for (let n = 0; n < 40; n++) files.append(valueOf(String(n)))
    assert.isTrue(existsSync(files.pathOf(20)))
    assert.isAtLeast(files.dirty.size, 8)
  })
})
