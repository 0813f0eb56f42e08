import { BundleError, bundlePlugins, ManifestError, type Offence } from "@millrace/sdk/build"
import { openTestSandbox } from "@millrace/sdk/testing"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import { assert, beforeAll, describe, it } from "vitest"

const file = (name: string) => fileURLToPath(new URL(`./fixtures/broken/src/${name}`, import.meta.url))

describe("a plugin of which much cannot run in a sandbox", () => {
  let offences: readonly Offence[] = []
  beforeAll(async () => {
    const error = await Effect.runPromise(Effect.flip(bundlePlugins({ entry: file("index.ts") })))
    assert.instanceOf(error, BundleError)
    offences = error.offences
  })

  it("is told all of it at once, each by its code at the author's line", () => {
    assert.deepEqual(
      offences.map(({ code, file: path, line, message }) => `${path}:${line} ${code} ${message}`),
      expected
    )
  })

  it("is told what to use instead of each", () => {
    for (const { remedy } of offences) assert.match(remedy, /^[A-Z].*\.$/s)
    const remedyOf = (text: string) => offences.find(({ message }) => message.startsWith(text))?.remedy
    assert.match(remedyOf("node:crypto") ?? "", /@noble\/hashes/)
    assert.match(remedyOf("node:net") ?? "", /http capability/)
    assert.match(remedyOf("avsc needs") ?? "", /datumReader/)
    assert.match(remedyOf("lmdb is native") ?? "", /keyed state/)
    assert.match(remedyOf("fs-extra needs") ?? "", /files capability/)
    assert.match(remedyOf("Buffer") ?? "", /Uint8Array/)
  })

  it("is told how what stands in packages came in", () => {
    const chains = offences.find(({ message }) => message.startsWith("fs-extra needs"))?.chains ?? []
    assert.deepInclude(chains, [
      "src/index.ts",
      "src/list.ts",
      "fs-extra",
      "graceful-fs",
      "assert, constants, fs, stream, util"
    ])
    const native = offences.find(({ code }) => code === "NATIVE")?.chains ?? []
    assert.include(native[0], "node-gyp-build-optional-packages")
  })
})

const expected: readonly string[] = [
  "src/index.ts:1 BUILTIN node:crypto is of Node.js, which the sandbox is not",
  "src/index.ts:2 BUILTIN node:net is of Node.js, which the sandbox is not",
  "src/index.ts:3 DYNAMIC_CODE node:vm runs code made of text",
  "src/index.ts:5 BUILTIN avsc needs buffer, crypto, events, fs, path, stream, util, zlib of Node.js, which the sandbox is not",
  "src/index.ts:6 BUILTIN lmdb needs child_process, events, fs, os, path, url of Node.js, which the sandbox is not",
  "src/index.ts:6 NATIVE lmdb is native code",
  "src/index.ts:6 DYNAMIC_CODE lmdb runs code made of text, or loads it at run time, which the sandbox does not",
  "src/index.ts:7 WASM ./sum.wasm is WebAssembly, whose memory escapes the sandbox's limits",
  "src/index.ts:16 DYNAMIC_CODE import() of something that is only known at run time loads code then",
  "src/index.ts:17 BUILTIN fetch is not in the sandbox",
  "src/index.ts:18 BUILTIN process is of Node.js, which the sandbox is not",
  "src/index.ts:25 WASM WebAssembly is not in the sandbox",
  "src/index.ts:27 DYNAMIC_CODE Function makes code of text",
  "src/index.ts:28 DYNAMIC_CODE eval runs code made of text",
  "src/index.ts:29 DYNAMIC_CODE eval runs code made of text",
  "src/index.ts:30 BUILTIN Buffer is of Node.js, which the sandbox is not",
  "src/list.ts:1 BUILTIN child_process is of Node.js, which the sandbox is not",
  "src/list.ts:2 BUILTIN fs-extra needs assert, constants, fs, path, stream, util of Node.js, which the sandbox is not"
]

describe("a plugin whose library makes code of text when it is loaded", () => {
  it("is told so at the author's own line, with a remedy", async () => {
    try {
      await openTestSandbox(file("template.ts"))
      assert.fail("it was opened")
    } catch (error) {
      assert.instanceOf(error, ManifestError)
      assert.strictEqual(error.where, "template.ts:4:17")
      assert.match(error.reason, /code cannot be made of strings in a sandbox \(Function\)/)
      assert.match(error.remedy ?? "", /^The sandbox runs no code made from text/)
    }
  })
})
