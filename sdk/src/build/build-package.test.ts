import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { createContext, runInContext } from "node:vm"
import { gunzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import {
  buildPackage,
  BundleError,
  bundlePlugins,
  integrityOf,
  type ReadManifest,
  writeTar
} from "./index.ts"

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

/** The sandbox's part, played in this process: the tests of the testing kit read manifests in the real one. */
const readManifest: ReadManifest = (bundle) =>
  Effect.sync(() => {
    const context = createContext({ TextEncoder, TextDecoder })
    runInContext(bundle, context)
    return String(runInContext("__millrace_bundle.manifest()", context))
  })

const options = {
  entry: fixture("filter.ts"),
  name: "@acme/short",
  version: "1.2.3",
  readme: "# Short\n",
  readManifest
}

describe("a package", () => {
  it("is one script that leaves the guest ABI under one global", async () => {
    const bundle = await Effect.runPromise(bundlePlugins({ entry: options.entry }))
    const context = createContext({ TextEncoder, TextDecoder })
    runInContext(bundle.code, context)
    assert.deepEqual(
      runInContext("Object.keys(__millrace_bundle).sort().join()", context),
      "abi,derive,manifest,open"
    )
    assert.include(bundle.files, options.entry)
    assert.isBelow(bundle.code.length, 280_000)
    assert.notInclude(bundle.code, "require(")
  })

  it("has a source map with the author's lines", async () => {
    const { sourceMap } = await Effect.runPromise(bundlePlugins({ entry: options.entry }))
    const map: { readonly sources: readonly string[]; readonly sourcesContent: readonly string[] } =
      JSON.parse(sourceMap)
    const at = map.sources.findIndex((source) => source.endsWith("filter.ts"))
    assert.include(map.sourcesContent[at], "name.length <= config.length")
    assert.isFalse(map.sources.some((source) => source.startsWith("/")))
  })

  it("holds manifest, bundle, map and README, each as the manifest says", async () => {
    const built = await Effect.runPromise(buildPackage(options))
    const tar = gunzipSync(built.archive)
    const names = [...entriesOf(tar).keys()]
    assert.deepEqual(names, ["README.md", "bundle.js", "bundle.js.map", "manifest.json"])
    const bundle = entriesOf(tar).get("bundle.js") ?? new Uint8Array()
    assert.strictEqual(built.manifest.bundle, integrityOf(bundle))
    assert.deepEqual(
      built.manifest.plugins.map(({ name, kind, bodies }) => ({ name, kind, bodies })),
      [{ name: "short", kind: "processor", bodies: [{ input: "input", form: "filter", suspends: false }] }]
    )
    assert.strictEqual(built.integrity, integrityOf(built.archive))
  })

  it("has the same bytes again, with no time and no system in them", async () => {
    const first = await Effect.runPromise(buildPackage(options))
    const second = await Effect.runPromise(buildPackage(options))
    assert.strictEqual(first.integrity, second.integrity)
    assert.deepEqual([...first.archive.subarray(4, 10)], [0, 0, 0, 0, 2, 255])
  })

  it("is bundled for a plugin outside any project, with this SDK", async () => {
    const built = await inFolder({ "filter.ts": readFileSync(options.entry, "utf8") }, (folder) =>
      Effect.runPromise(buildPackage({ ...options, entry: join(folder, "filter.ts") }))
    )
    assert.strictEqual(built.manifest.plugins[0]?.name, "short")
  })

  it("is refused with every offence at once, each with its place and remedy", async () => {
    const result = await inFolder(
      { "package.json": "{}", "offences.ts": offences, "other.ts": "export {}" },
      (folder) => Effect.runPromise(Effect.result(bundlePlugins({ entry: join(folder, "offences.ts") })))
    )
    assert.isTrue(result._tag === "Failure" && result.failure instanceof BundleError)
    const found = result._tag === "Failure" ? result.failure.offences : []
    assert.deepEqual(found.map(({ code, line }) => `${line} ${code}`).toSorted(), [
      "1 BUILTIN",
      "2 BUILTIN",
      "3 UNLISTED",
      "4 UNRESOLVED",
      "5 NATIVE",
      "8 DYNAMIC_CODE",
      "8 DYNAMIC_CODE",
      "8 DYNAMIC_CODE"
    ])
    for (const { file, column, remedy } of found) {
      assert.strictEqual(file, "offences.ts")
      assert.isAbove(column, 0)
      assert.match(remedy, /\.$/)
    }
  })

  it("is refused when the entry is missing or exports no plugin", async () => {
    const missing = await Effect.runPromise(Effect.flip(bundlePlugins({ entry: fixture("nothing.ts") })))
    assert.match(missing.message, /no such file/)
    const empty = await inFolder({ "empty.ts": "export const a = 1" }, (folder) =>
      Effect.runPromise(
        Effect.result(buildPackage({ ...options, entry: join(folder, "empty.ts"), readManifest: caught }))
      )
    )
    assert.isTrue(empty._tag === "Failure" && /exports no plugin/.test(empty.failure.message))
  })

  it("bundles a listed package from node_modules", async () => {
    const files = { "package.json": '{ "dependencies": { "left": "*" } }', "p.ts": usesLeft, ...left }
    const bundle = await inFolder(files, (folder) =>
      Effect.runPromise(bundlePlugins({ entry: join(folder, "p.ts") }))
    )
    assert.include(bundle.code, "from-left")
  })
})

const offences = `import { readFileSync } from "node:fs"
import { join } from "path"
import left from "left-of-nobody"
import { missing } from "./missing.ts"
import native from "./addon.node"
import { defineProcessor, Schema } from "@millrace/sdk"
const name = "./other.ts"
export const run = async () => [await import("./other.ts"), await import(name), eval("1 + 1")]
export const p = defineProcessor({
  name: "p",
  reads: { a: Schema.String },
  filter: ({ a }) => [readFileSync, join, left, missing, native].length > a.length
})`

const usesLeft = `import { mark } from "left"
import { defineProcessor, Schema } from "@millrace/sdk"
export const p = defineProcessor({ name: "p", reads: { v: Schema.String }, filter: ({ v }) => v === mark })`

const left = {
  "node_modules/left/package.json": '{ "name": "left", "version": "1.0.0", "main": "index.js" }',
  "node_modules/left/index.js": 'module.exports.mark = "from-left"'
}

/** Runs with a folder of these files, outside any project. */
const inFolder = async <A>(
  files: { readonly [name: string]: string },
  use: (folder: string) => Promise<A>
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-build-"))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const caught: ReadManifest = (bundle) =>
  Effect.try({
    try: () => Effect.runSync(readManifest(bundle)),
    catch: (error) => ({ message: String(error) })
  })

/** Entries of a tar, read independently of the writer. */
const entriesOf = (tar: Uint8Array): ReadonlyMap<string, Uint8Array> => {
  const text = (from: number, to: number) =>
    new TextDecoder("latin1").decode(tar.subarray(from, to)).replace(/\0.*$/s, "")
  const entries = new Map<string, Uint8Array>()
  for (let at = 0; text(at, at + 100) !== "";) {
    const size = Number.parseInt(text(at + 124, at + 136), 8)
    entries.set(text(at, at + 100), tar.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return entries
}

describe("a tar", () => {
  it("has the bytes that POSIX says", () => {
    const tar = writeTar([{ name: "a.txt", content: new TextEncoder().encode("hello\n") }])
    assert.strictEqual(tar.length, 2048)
    assert.strictEqual(new TextDecoder("latin1").decode(tar.subarray(257, 265)), "ustar\x0000")
    const spaced = Uint8Array.from(tar.subarray(0, 512)).fill(0x20, 148, 156)
    const sum = spaced.reduce((total, byte) => total + byte, 0)
    assert.strictEqual(Number.parseInt(new TextDecoder().decode(tar.subarray(148, 154)), 8), sum)
    assert.deepEqual([...tar.subarray(512, 518)], [...new TextEncoder().encode("hello\n")])
  })

  it("has these very bytes for ever", () => {
    const text = (content: string) => new TextEncoder().encode(content)
    const tar = writeTar([
      { name: "manifest.json", content: text("{}\n") },
      { name: "bundle.js", content: text("x".repeat(513)) }
    ])
    assert.strictEqual(
      integrityOf(tar),
      "sha512-T5EyN6BHIzxN+t9y/e+iYa8ant4KvVMOaqdLvFCerJfEDt4SdItbypd3o0igivJ9GqvLb3Ic0+gnBpyNd60i/Q=="
    )
  })

  it("refuses a name that is not plain", () => {
    assert.throws(() => writeTar([{ name: "a\nb", content: new Uint8Array() }]), "no name for an archive")
  })
})
