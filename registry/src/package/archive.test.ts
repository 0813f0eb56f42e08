import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import { create } from "tar"
import { assert, describe, it } from "vitest"
import { archiveOf, type Entry, packageArchive, packageEntries, tarOf } from "../testing/archive-fixture.ts"
import { failureOf, run } from "../testing/test-registry.ts"
import { openArchive } from "./archive.ts"

const [manifest, bundle] = packageEntries()

/** Code and problem of an archive that must be refused. */
const refusal = async (archive: Uint8Array) => {
  const error = await failureOf(openArchive(archive))
  const { other = "", problem = other } = error.details ?? {}
  return typeof problem === "string" ? `${error.code} ${problem}` : error.code
}

const refusalOf = (...entries: readonly Entry[]) => refusal(archiveOf(entries))

describe("openArchive", () => {
  it("opens what the build writes", async () => {
    const archive = await run(openArchive(packageArchive({ readme: "# Films" })))
    assert.equal(archive.manifest.name, "@acme/movies")
    assert.equal(archive.readme, "# Films")
    assert.include(archive.bundle, "__millrace_bundle")
  })

  it.each([
    "../../x",
    "/etc/passwd",
    "C:\\x",
    "a/../../b",
    "./manifest.json",
    "types/../x.d.ts",
    "types/.hidden.d.ts",
    "bundle.js\u00c0\u00ae",
    "inner.tgz",
    "addon.node",
    "package.json"
  ])("refuses an entry called %s", async (name) => {
    assert.equal(
      await refusalOf(manifest, bundle, { name }),
      "ARCHIVE_INVALID a package has no file of this name"
    )
  })

  it.each(["1", "2", "3", "4", "5", "6", "7", "x", "g", "L", "K", "S"])(
    "refuses an entry of type %s: regular files only",
    async (kind) => {
      assert.equal(
        await refusalOf({ name: "bundle.js", kind }, manifest),
        "ARCHIVE_INVALID only regular files are allowed"
      )
    }
  )

  it("refuses a file that is there twice", async () => {
    assert.equal(await refusalOf(manifest, bundle, bundle), "ARCHIVE_INVALID a file is there twice")
  })

  it("refuses sizes that lie: too large, negative, base-256, not a number", async () => {
    for (const claims of [
      "77777777777\0",
      "-0000000001\0",
      "\u0080\0\0\0\0\0\0\0\0\0\0\u0001",
      "zzzzzzzzzzz\0"
    ])
      assert.match(
        await refusalOf({ ...bundle, claims }),
        /^ARCHIVE_INVALID (a file ends early|a file's size)/
      )
  })

  it("refuses a wrong checksum and a foreign format", async () => {
    assert.include(await refusalOf({ ...bundle, checksum: 1 }), "checksum")
    assert.include(await refusalOf({ ...bundle, magic: "notar\u000000" }), "not a POSIX tar")
    assert.include(await refusal(gzipSync("hello")), "it ends early")
    assert.include(await refusal(Buffer.from("hello")), "not whole gzip")
    assert.include(await refusal(new Uint8Array()), "gzip")
  })

  it("refuses an archive cut anywhere", async () => {
    const whole = packageArchive()
    for (let length = 0; length < whole.length; length += 7)
      assert.match(await refusal(whole.subarray(0, length)), /^ARCHIVE_INVALID/)
  })

  it("refuses what follows the end of the tar or of gzip", async () => {
    const tar = tarOf(packageEntries())
    assert.include(await refusal(gzipSync(Buffer.concat([tar, Buffer.from("x")]))), "something follows")
    assert.include(await refusal(Buffer.concat([gzipSync(tar), Buffer.alloc(64)])), "something follows")
  })

  it("stops a gzip bomb at its ratio, and one below it at 20 MB", async () => {
    assert.include(await refusal(gzipSync(Buffer.alloc(50_000_000))), "packed more than")
    const noise = Buffer.alloc(21_000_000)
    for (let index = 0; index < noise.length; index += 40)
      noise.writeUInt32LE((index * 2654435761) >>> 0, index)
    assert.include(await refusal(gzipSync(noise, { level: 1 })), "more than 20000000 bytes")
  })

  it("refuses more than 2000 files", async () => {
    const many = Array.from({ length: 2001 }, (_, index) => ({ name: `types/t${index}.d.ts` }))
    // Stored, not packed: the ratio would speak first.
    assert.include(await refusal(gzipSync(tarOf(many), { level: 0 })), "more than 2000 files")
  })

  it("asks for manifest and bundle, in UTF-8", async () => {
    assert.include(await refusalOf(bundle), "missing")
    assert.include(await refusalOf(manifest), "missing")
    assert.include(
      await refusalOf(manifest, { name: "bundle.js", content: Uint8Array.of(0xff) }),
      "not UTF-8"
    )
  })

  it("refuses a bundle that is not the one of the manifest", async () => {
    assert.equal(await refusalOf(manifest, { ...bundle, content: "other" }), "MANIFEST_MISMATCH bundle.js")
  })

  it.each<readonly [string, string, unknown]>([
    ["manifest.json.name", "name", "acme"],
    ["manifest.json.name", "name", "@acme/k\u0430fka"],
    ["manifest.json.name", "name", "@Acme/kafka"],
    ["manifest.json.name", "name", "@acme/kafka_sink"],
    ["manifest.json.version", "version", "1.0"],
    ["manifest.json.version", "version", "1.0.0+build"],
    ["manifest.json.abi", "abi", 2],
    ["manifest.json.extra", "extra", 1],
    ["manifest.json.plugins", "plugins", []]
  ])("refuses a manifest whose %s is wrong", async (path, key, value) => {
    const parsed: object = JSON.parse(String(manifest.content))
    const error = await failureOf(
      openArchive(
        archiveOf([{ name: "manifest.json", content: JSON.stringify({ ...parsed, [key]: value }) }, bundle])
      )
    )
    assert.equal(error.code, "MANIFEST_INVALID")
    assert.equal(error.path, path)
  })

  it("refuses a manifest with a bad schema, __proto__ keys or endless nesting", async () => {
    const text = String(manifest.content)
    const withText = (content: string) => refusalOf({ name: "manifest.json", content }, bundle)
    assert.match(await withText(text.replace(`"string"`, `"strin"`)), /^MANIFEST_INVALID/)
    assert.include(await withText(text.replace(`{`, `{"__proto__":{"x":1},`)), "__proto__")
    assert.include(await withText("[".repeat(100_000)), "nested deeper")
    assert.match(await withText("nonsense"), /^MANIFEST_INVALID it is not JSON/)
  })

  it("opens what the tar package writes, so that the reader is not only right about our own writer", async () => {
    const entries = packageEntries()
    const folder = await mkdtemp(join(tmpdir(), "millrace-tar-"))
    try {
      for (const { content = "", name } of entries) await writeFile(join(folder, name), content)
      const file = join(folder, "out.tgz")
      await create(
        { cwd: folder, file, gzip: true, portable: true, noPax: true },
        entries.map(({ name }) => name)
      )
      const archive = await run(openArchive(await readFile(file)))
      assert.equal(archive.manifest.version, "1.0.0")
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it("never fails otherwise, whatever byte is changed", async () => {
    const whole = packageArchive()
    const original = await run(openArchive(whole))
    for (let index = 0; index < whole.length; index++) {
      const changed = Uint8Array.from(whole)
      changed[index] = (changed[index] ?? 0) ^ (1 << (index % 8))
      const result = await Effect.runPromise(Effect.result(openArchive(changed)))
      // Some bits of gzip carry nothing (time, system, padding): then nothing may have come of the change.
      if (result._tag === "Success") assert.deepEqual(result.success, original)
    }
  })
})
