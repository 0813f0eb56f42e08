import { createHash } from "node:crypto"
import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { afterAll, afterEach, assert, beforeAll, describe, it } from "vitest"
import { apply, at, idsOn, orderIds, untilState } from "./pipelines.ts"
import { command, ordersFolder, temporaryFolder, up } from "./program.ts"
import type { CommandResult, Platform } from "./program.ts"

const folder = temporaryFolder()
const data = join(folder.path, "data")
const log = join(data, "log/data.mdb")
const database = join(data, "registry/registry.db")
const kept = (path: string) => `${path}.kept`
const damaged = [log, database]

const pipeline = `pipeline: shop
nodes:
  source: { source: "@demo/orders@^1", with: { count: 20, noteBytes: 64 }, stream: shop.out }
`

const upAgain = (...more: readonly string[]): Promise<CommandResult> =>
  command(["up", "--data", data, "--port", "0", ...more])

const digestOf = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex")

/** Everything that was there is there. */
const holdsAll = async (platform: Platform) =>
  assert.deepStrictEqual(await idsOn(platform, "shop.out"), orderIds(20))

const withPlatform = async (use: (platform: Platform) => Promise<unknown>): Promise<void> => {
  const platform = await up({ data })
  try {
    await use(platform)
  } finally {
    await platform.stop()
  }
}

beforeAll(async () => {
  const platform = await up({ data, publish: [ordersFolder] })
  await apply(platform, pipeline)
  await untilState(platform, "shop")
  await platform.stop()
  for (const path of damaged) copyFileSync(path, kept(path))
})
afterEach(() => {
  for (const path of damaged) copyFileSync(kept(path), path)
  for (const rest of ["-wal", "-shm"]) rmSync(`${database}${rest}`, { force: true })
})
afterAll(() => folder.remove())

describe("starting", () => {
  it("is refused on a folder that another platform has, which goes on", () =>
    withPlatform(async (platform) => {
      const { errors, exit } = await upAgain()
      assert.deepInclude(errors[0], { code: "DATA_FOLDER_IN_USE", where: data })
      assert.match(errors[0]?.message ?? "", new RegExp(`process ${platform.pid}`))
      assert.match(errors[0]?.remedy ?? "", /millrace down/)
      assert.strictEqual(exit, 69)
      await holdsAll(platform)
    }))

  it("is refused on a port that is taken, and leaves the folder free", async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const { errors, exit } = await command(["up", "--data", data, "--port", String(port)])
    server.close()
    assert.deepInclude(errors[0], { code: "PORT_IN_USE", where: `127.0.0.1:${port}` })
    assert.match(errors[0]?.remedy ?? "", /--port/)
    assert.strictEqual(exit, 69)
    assert.isFalse(existsSync(join(data, "server.json")))
    await withPlatform(holdsAll)
  })

  it.each([
    ["half", (size: number) => size >> 1],
    ["to nothing", () => 0],
    ["within its first page", () => 100],
    ["by its last page", (size: number) => size - 4096]
  ])("is refused on a log that was cut %s, and changes nothing in it", async (_how, sizeOf) => {
    truncateSync(log, sizeOf(readFileSync(log).length))
    const before = digestOf(log)
    const { errors, exit, stderr } = await upAgain()
    assert.deepInclude(errors[0], { code: "DATA_FOLDER_DAMAGED", where: data }, stderr)
    assert.match(errors[0]?.remedy ?? "", /backup/)
    assert.strictEqual(exit, 1)
    assert.strictEqual(digestOf(log), before)
    copyFileSync(kept(log), log)
    await withPlatform(holdsAll)
  })

  it("is refused on a registry that is no database", async () => {
    writeFileSync(
      database,
      "not a database, but some text that is long enough for a header of one hundred bytes. ".repeat(9)
    )
    const { errors, exit, stderr } = await upAgain()
    assert.match(errors[0]?.code ?? "", /^REGISTRY_/, stderr)
    assert.strictEqual(errors[0]?.where, data)
    assert.isNotEmpty(errors[0]?.remedy)
    assert.strictEqual(exit, 1)
  })
})

describe("a record whose bytes were changed on disk", () => {
  it("is refused with its topic and place, not served, and the others stay", async () => {
    let note = ""
    await withPlatform(async (platform) => {
      const answer = await platform.get("/api/topics/shop.out/records?limit=1")
      note = String(at(answer, "records", 0, "value", "note"))
    })
    const bytes = readFileSync(log)
    let flipped = 0
    for (let place = bytes.indexOf(note); place >= 0; place = bytes.indexOf(note, place + 1)) {
      bytes[place + 3] = (bytes[place + 3] ?? 0) ^ 1
      flipped += 1
    }
    assert.isAbove(flipped, 0)
    writeFileSync(log, bytes)
    await withPlatform(async (platform) => {
      const answer = await platform.get("/api/topics/shop.out/records?limit=100")
      assert.strictEqual(at(answer, "error", "code"), "LOG_FAILED", JSON.stringify(answer.body))
      assert.match(String(at(answer, "error", "message")), /offset \d+ of partition \d+ of topic shop\.out/)
      assert.isString(at(answer, "error", "remedy"))
    })
    copyFileSync(kept(log), log)
    await withPlatform(holdsAll)
  })
})
