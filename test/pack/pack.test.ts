import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { temporaryFolder } from "../input/program.ts"
import { pack, type PackedPackage } from "./pack.ts"

describe("the packed packages", { timeout: 180_000 }, () => {
  const folder = temporaryFolder()
  let packed: readonly PackedPackage[] = []

  beforeAll(async () => {
    packed = await packInto(join(folder.path, "first"))
  }, 180_000)
  afterAll(folder.remove)

  it("are the same bytes when they are packed again", async () => {
    const again = await packInto(join(folder.path, "second"))
    const digests = (packages: readonly PackedPackage[]) =>
      packages.map(({ integrity, name }) => [name, integrity])
    assert.deepStrictEqual(digests(again), digests(packed))
  })

  it("hold every module that they export and every program, and no TypeScript but declarations", () => {
    for (const { file, name } of packed) {
      const files = filesOf(file)
      const json = JSON.parse(files.get("package.json") ?? "")
      const wanted = [...targets(json.exports), ...targets(json.bin)]
      assert.isNotEmpty(wanted, name)
      for (const target of wanted) assert.isTrue(files.has(target.replace(/^\.\//, "")), `${name}: ${target}`)
      for (const path of files.keys())
        if (!path.startsWith("templates/")) assert.notMatch(path, /(?<!\.d)\.ts$|\.test\./, name)
      assert.isTrue(files.has("LICENSE") && files.has("README.md"), name)
      assert.notInclude([...files.values()].join("\n"), folder.path)
    }
  })

  it("depend on each other and on packages by exact version", () => {
    for (const { file, name } of packed) {
      const { dependencies = {} } = JSON.parse(filesOf(file).get("package.json") ?? "")
      for (const version of Object.values(dependencies)) assert.match(String(version), /^\d+\.\d+\.\d+/, name)
    }
  })
})

const packInto = (folder: string): Promise<readonly PackedPackage[]> => {
  mkdirSync(folder)
  return pack(folder)
}

/** The files that a part of a package.json names. */
const targets = (part: unknown): readonly string[] => {
  if (typeof part === "string") return [part]
  return typeof part === "object" && part !== null ? Object.values(part).flatMap(targets) : []
}

/** A tarball's files by their path below `package/`, as text (ustar: a header of 512 bytes, then the content in blocks). */
const filesOf = (file: string): ReadonlyMap<string, string> => {
  const tar = gunzipSync(readFileSync(file))
  const files = new Map<string, string>()
  for (let at = 0; tar[at] !== 0;) {
    const field = (from: number, length: number) =>
      tar.toString("latin1", at + from, at + from + length).replace(/\0.*$/s, "")
    const size = Number.parseInt(field(124, 12), 8)
    files.set(field(0, 100).replace(/^package\//, ""), tar.toString("utf8", at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}
