import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { checkBackup } from "./check-backup.ts"
import { type Manifest, manifestText } from "./manifest.ts"
import { restoreBackup } from "./restore-backup.ts"
import { measured, writeArchive, writeFolder } from "./write-backup.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-backup-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const long = `registry/bundles/ab/${"c".repeat(128)}`
const texts: { readonly [path: string]: string } = {
  seed: "0123456789",
  "log/data.mdb": "x".repeat(200_000),
  [long]: ""
}

/** A backup of the files above, whose manifest may be changed. */
const made = async (
  name: string,
  change: (manifest: Omit<Manifest, "format">) => Omit<Manifest, "format"> = (as) => as
) => {
  const sources = Object.entries(texts).map(([path, text], index) => {
    const from = join(folder, `source-${index}`)
    writeFileSync(from, text)
    return { path, from }
  })
  const files = await Promise.all(sources.map(measured))
  const named = files.map(({ bytes, path, sha256 }) => ({ path, bytes, sha256 }))
  const manifest = manifestText(
    change({ millrace: "1.0.0", takenAt: 5, pipelines: [], leftOut: [], files: named })
  )
  const to = join(folder, name)
  const content = { manifest, files, tell: () => undefined }
  await (name.endsWith(".tar.zst") ? writeArchive(to, content) : writeFolder(to, content))
  return to
}

const tell = () => undefined
const faultOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no fault",
    (cause: unknown) => (cause instanceof Error ? cause.message : "?")
  )

describe("a backup", () => {
  it.each(["whole.tar.zst", "whole"])("comes back as it was, from %s", async (name) => {
    const source = await made(name)
    const target = join(folder, "data")
    const manifest = await restoreBackup({ source, folder: target, aside: undefined, tell })
    assert.strictEqual(manifest.takenAt, 5)
    for (const [path, text] of Object.entries(texts)) {
      assert.strictEqual(readFileSync(join(target, path), "utf8"), text)
      assert.strictEqual(statSync(join(target, path)).mode & 0o777, 0o600)
    }
  })

  it("is refused where a file is not what its manifest says, is not named, or is missing", async () => {
    const other = await made("other.tar.zst", (manifest) => ({
      ...manifest,
      files: manifest.files.map((file) => ({ ...file, sha256: "0".repeat(64) }))
    }))
    assert.include(await faultOf(checkBackup(other, { tell })), "SHA-256 differs")
    const unnamed = await made("unnamed.tar.zst", (manifest) => ({
      ...manifest,
      files: manifest.files.slice(1)
    }))
    assert.include(await faultOf(checkBackup(unnamed, { tell })), "does not name it")
    const [file] = (await checkBackup(await made("one.tar.zst"), { tell })).files
    if (file === undefined) throw new Error("no file")
    const missing = await made("missing.tar.zst", (manifest) => ({
      ...manifest,
      files: [...manifest.files, { ...file, path: "gone" }]
    }))
    assert.include(await faultOf(checkBackup(missing, { tell })), "missing")
  })

  it.each(["../escape", "/etc/passwd", "a/../../b", "a//b", "./a", ""])(
    "is refused where it names %j, and nothing is written",
    async (path) => {
      const source = await made("hostile", (manifest) => manifest)
      const text = readFileSync(join(source, "backup.json"), "utf8")
      writeFileSync(join(source, "backup.json"), text.replace('"seed"', JSON.stringify(path)))
      const target = join(folder, "data")
      assert.include(
        await faultOf(restoreBackup({ source, folder: target, aside: undefined, tell })),
        "does not say what a backup holds"
      )
      assert.isFalse(statSync(target, { throwIfNoEntry: false }) !== undefined)
    }
  )

  it("is refused with the release that can read it where its format is another", async () => {
    const source = await made("later")
    const text = readFileSync(join(source, "backup.json"), "utf8")
    writeFileSync(join(source, "backup.json"), text.replace('"format":1', '"format":2'))
    assert.include(await faultOf(checkBackup(source, { tell })), "restore it with millrace 1.0.0")
  })

  it("is not written into a folder that holds anything, unless that is put aside", async () => {
    const source = await made("again.tar.zst")
    const target = join(folder, "data")
    mkdirSync(target)
    writeFileSync(join(target, "mine"), "kept")
    assert.include(
      await faultOf(restoreBackup({ source, folder: target, aside: undefined, tell })),
      "not empty"
    )
    await restoreBackup({ source, folder: target, aside: `${target}.aside`, tell })
    assert.strictEqual(readFileSync(join(`${target}.aside`, "mine"), "utf8"), "kept")
  })
})
