import { cpSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { at } from "./pipelines.ts"
import { command, ordersFolder, root, temporaryFolder, up } from "./program.ts"
import type { Answer, Platform } from "./program.ts"

// Copies of the package lie in the repository's own folder tree, where `@millrace/sdk` is found.
const folder = temporaryFolder(join(root, "node_modules/.cache"))
const copy = join(folder.path, "orders")
let platform: Platform
let archive: Uint8Array

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data"), publish: [ordersFolder] })
  cpSync(ordersFolder, copy, { recursive: true })
  const built = await command(["build", copy, "--json"])
  assert.strictEqual(built.exit, 0, built.stderr)
  archive = readFileSync(archiveIn(built.stdout))
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const archiveIn = (stdout: string): string => {
  const path = /"([^"]+\.tgz)"/.exec(stdout)?.[1]
  if (path === undefined) throw new Error(`no archive: ${stdout}`)
  return path
}

const publish = (version: string, bytes: Uint8Array): Promise<Answer> =>
  platform.send("PUT", `/api/packages/@demo/orders/versions/${version}`, bytes)

const refused = (answer: Answer, status: number, code: string) => {
  assert.strictEqual(answer.status, status, JSON.stringify(answer.body))
  assert.strictEqual(at(answer, "error", "code"), code)
  assert.isString(at(answer, "error", "remedy"))
}

describe("an archive that is refused", () => {
  it.each([
    ["truncated", () => archive.slice(0, archive.length / 2)],
    ["cut within its last block", () => archive.slice(0, archive.length - 9)],
    ["empty", () => new Uint8Array(0)],
    ["no archive at all", () => new TextEncoder().encode("PK\u0003\u0004 a zip, say")],
    ["a gzip of something else", () => new Uint8Array(gzipSync("hello"))],
    [
      "flipped in the middle",
      () => archive.map((byte, index) => (index === archive.length >> 1 ? byte ^ 64 : byte))
    ]
  ])("is told why when it is %s, and leaves the registry as it was", async (_what, bytes) => {
    const before = (await platform.get("/api/packages/@demo/orders")).body
    const answer = await publish("1.0.1", bytes())
    refused(answer, 422, "ARCHIVE_INVALID")
    assert.deepStrictEqual((await platform.get("/api/packages/@demo/orders")).body, before)
  })

  it("is told so when its manifest is of another package or version", async () => {
    refused(await publish("1.0.1", archive), 422, "MANIFEST_MISMATCH")
  })
})

describe("a version that is there", () => {
  it("is left alone when the same bytes come again", async () => {
    const again = await platform.command("publish", ordersFolder)
    assert.strictEqual(again.exit, 0, again.stderr)
    assert.match(again.stdout, /is there already, unchanged/)
  })

  it("is refused when other bytes come, and stays what it was", async () => {
    const before = (await platform.get("/api/packages/@demo/orders/versions/1.0.0")).body
    const entry = join(copy, "src/index.ts")
    const text = readFileSync(entry, "utf8")
    writeFileSync(entry, text.replace("is sold out", "is gone"))
    const changed = await platform.command("publish", copy)
    writeFileSync(entry, text)
    assert.deepInclude(changed.errors[0], { code: "VERSION_EXISTS", where: "the version in package.json" })
    assert.match(changed.errors[0]?.remedy ?? "", /publish it as 1\.0\.1/)
    assert.strictEqual(changed.exit, 1)
    assert.deepStrictEqual((await platform.get("/api/packages/@demo/orders/versions/1.0.0")).body, before)
  })
})

describe("a package that does not build", () => {
  it("is told each place with its line", async () => {
    const entry = join(copy, "src/index.ts")
    const text = readFileSync(entry, "utf8")
    writeFileSync(
      entry,
      `import { readFileSync } from "node:fs"\n${text}\nexport const boot = readFileSync("/etc/hosts")\n`
    )
    const { errors, exit } = await platform.command("publish", copy)
    writeFileSync(entry, text)
    assert.isAbove(errors.length, 0)
    assert.match(errors[0]?.where ?? "", /index\.ts:1:/)
    assert.strictEqual(exit, 65)
  })

  it("is told when its module throws as it is read", async () => {
    const entry = join(copy, "src/index.ts")
    const text = readFileSync(entry, "utf8")
    writeFileSync(entry, `${text}\nthrow new Error("not today")\n`)
    const { errors, exit } = await platform.command("publish", copy)
    writeFileSync(entry, text)
    assert.match(errors[0]?.message ?? "", /not today/)
    assert.strictEqual(exit, 65)
  })
})
