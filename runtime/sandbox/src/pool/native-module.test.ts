import { execFileSync } from "node:child_process"
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { setImmediate } from "node:timers/promises"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { MappedArea } from "../protocol/mapped-area.ts"
import { questionArea, sharedFileBytes } from "../protocol/shared-layout.ts"
import { mapsMemory, nativeModule, nativePath } from "./native-module.ts"

describe("the native module", () => {
  const module = nativeModule() ?? assert.fail("it was not compiled")
  let descriptor = -1
  beforeAll(() => {
    descriptor = module.create(sharedFileBytes)
  })
  afterAll(() => closeSync(descriptor))

  it("compiles without a warning", () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-native-"))
    try {
      const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers")
      const sources = ["module.c", "edits.c", "shared-pages.c", "trim.c"].map((name) =>
        join(dirname(nativePath), name)
      )
      const flags = ["-O2", "-Wall", "-Wextra", "-Wconversion", "-Wno-sign-conversion", "-Werror"]
      execFileSync("cc", [
        ...flags,
        "-shared",
        "-fPIC",
        "-I",
        headers,
        "-o",
        join(folder, "a.node"),
        ...sources
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("makes memory whose length nobody changes", () => {
    assert.isTrue(mapsMemory())
    assert.throws(() => ftruncateSync(descriptor, 0), "EPERM")
    assert.throws(() => ftruncateSync(descriptor, 2 * sharedFileBytes), "EPERM")
  })

  it("maps what is written, and writes what is mapped", () => {
    const [one, other] = [0, 1].map(() => new Uint8Array(module.map(descriptor, 4096, 8192)))
    one?.set([1, 2, 3], 100)
    assert.deepStrictEqual(other?.subarray(99, 104), Uint8Array.of(0, 1, 2, 3, 0))
    writeSync(descriptor, Uint8Array.of(9), 0, 1, 4096 + 101)
    assert.deepStrictEqual(one?.subarray(100, 103), Uint8Array.of(1, 9, 3))
  })

  it("maps nothing that is not there, or could go", () => {
    for (const [at, bytes] of [
      [0, sharedFileBytes + 1],
      [sharedFileBytes, 1],
      [2 ** 40, 4096],
      [-4096, 4096],
      [0, 0],
      [0, -1],
      [1, 4096]
    ] as const)
      assert.throws(() => module.map(descriptor, at, bytes), /./, `${at}, ${bytes}`)
    const file = openSync(nativePath, "r")
    assert.throws(() => module.map(file, 0, 4096), "not sealed")
    closeSync(file)
    assert.throws(() => module.map(-1, 0, 4096), "not sealed")
    for (const wrong of [[], ["1", 0, 4096], [descriptor, {}, 4096], [descriptor, 0]])
      assert.throws(() => Reflect.apply(module.map, undefined, wrong), "map takes")
    for (const wrong of [[], [0], [-1], ["x"]])
      assert.throws(() => Reflect.apply(module.create, undefined, wrong), "create takes")
  })

  it("gives back what is widened, and what is closed, without waiting for a collection", async () => {
    const mappings = () => readFileSync("/proc/self/maps", "utf8").split("memfd:millrace").length
    const before = mappings()
    const area = new MappedArea(module, descriptor, questionArea(1))
    assert.isAtLeast(area.widen(100_000).length, 100_000)
    area.bytes[5] = 7
    assert.strictEqual(area.widen(3_000_000)[5], 7)
    await setImmediate()
    assert.strictEqual(mappings(), before + 1)
    area.close()
    await setImmediate()
    assert.strictEqual(mappings(), before)
  })
})
