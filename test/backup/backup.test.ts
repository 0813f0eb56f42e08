import { execFileSync } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync
} from "node:fs"
import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import {
  command,
  type CommandResult,
  ordersFolder,
  type Platform,
  temporaryFolder,
  until,
  up
} from "../input/program.ts"
import { type Count, Counting, numbersOf } from "../upgrade/counting.ts"

// A platform is copied while it runs, and another goes on from the copy.

const folder = temporaryFolder()
const long = { timeout: 480_000 }
const at = (name: string): string => join(folder.path, name)
let platform: Platform
let pipeline: Counting

beforeAll(async () => {
  platform = await up({ data: at("data"), publish: [ordersFolder] })
  pipeline = new Counting(platform, folder.path, "counting")
  const endless = { use: "counted", with: "{ by: first }", total: 1_000_000, batch: 4 }
  assert.strictEqual((await pipeline.apply(endless)).exit, 0)
  await pipeline.counts(40)
  const set = await command(["secret", "set", "SHOP_KEY", "--data", at("data")], { input: "open sesame" })
  assert.strictEqual(set.exit, 0, set.stderr)
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const restore = (...args: readonly string[]): Promise<CommandResult> => command(["restore", ...args])

const assertWhole = (counts: readonly Count[]): void => {
  for (const [key, numbers] of Object.entries(numbersOf(counts)))
    assert.deepStrictEqual(
      numbers,
      numbers.map((_, index) => index + 1),
      key
    )
}

/** Starts a platform on a data folder, and waits until its pipeline has counted on by so many. */
const assertGoesOn = async (data: string, records: number): Promise<void> => {
  const restored = await up({ data })
  try {
    const there = new Counting(restored, folder.path, "counting")
    const before = await there.counts(40)
    assertWhole(await there.counts(before.length + records))
    assert.strictEqual((await there.status()).revision, 1)
  } finally {
    await restored.stop()
  }
}

describe("millrace backup", () => {
  it("copies a platform at work into one file, from which another goes on where it was", long, async () => {
    const file = at("monday.tar.zst")
    const taken = await platform.command("backup", file)
    assert.strictEqual(taken.exit, 0, taken.stderr)
    assert.match(
      taken.stdout,
      /monday\.tar\.zst: \d+ files, [\d.]+ [KM]iB; pipelines: counting \(revision 1\)\n/
    )
    assert.include(taken.stdout, "not in it: registry/secrets.key")
    assert.strictEqual(statSync(file).mode & 0o777, 0o600)
    assert.isFalse(existsSync(`${file}.millrace-part`))
    const check = await restore(file, "--check")
    assert.strictEqual(check.exit, 0, check.stderr)
    assert.include(check.stdout, "is whole")
    const data = at("restored")
    const restored = await restore(file, "--data", data)
    assert.strictEqual(restored.exit, 0, restored.stderr)
    assert.strictEqual(statSync(data).mode & 0o777, 0o700)
    assert.isFalse(existsSync(join(data, "registry/secrets.key")))
    assert.deepStrictEqual(readFileSync(join(data, "seed")), readFileSync(at("data/seed")))
    await assertGoesOn(data, 40)
  })

  it("makes a folder, with the key of the secrets where that is asked for", long, async () => {
    const place = at("tuesday")
    const taken = await platform.command("backup", place, "--with-keys", "--json")
    assert.strictEqual(taken.exit, 0, taken.stderr)
    assert.deepInclude(JSON.parse(taken.stdout), { path: place, leftOut: [] })
    assert.isTrue(existsSync(join(place, "backup.json")))
    assert.notInclude(readdirSync(place), "token")
    const data = at("again")
    assert.strictEqual((await restore(place, "--data", data)).exit, 0)
    const restored = await up({ data })
    try {
      const { stdout } = await restored.command("secret", "list", "--json")
      assert.deepInclude(JSON.parse(stdout).secrets?.[0] ?? JSON.parse(stdout)[0], {
        name: "SHOP_KEY",
        readable: true
      })
    } finally {
      await restored.stop()
    }
  })

  it("is an archive that tar reads", long, async () => {
    const file = at("plain.tar.zst")
    assert.strictEqual((await platform.command("backup", file)).exit, 0)
    const names = execFileSync("tar", ["--zstd", "-tf", file], { encoding: "utf8" }).trim().split("\n")
    assert.strictEqual(names[0], "backup.json")
    assert.include(names, "log/data.mdb")
    assert.isTrue(names.some((name) => /^registry\/bundles\/[0-9a-f]{2}\/[0-9a-f]{128}$/.test(name)))
  })

  it("writes over nothing, and leaves nothing of one that failed", long, async () => {
    writeFileSync(at("there"), "mine")
    const over = await platform.command("backup", at("there"))
    assert.strictEqual(over.exit, 1)
    assert.strictEqual(over.errors[0]?.code, "BACKUP_FAILED")
    assert.include(over.errors[0]?.message, "there is something already")
    const nowhere = await platform.command("backup", at("nowhere/monday.tar.zst"))
    assert.include(nowhere.errors[0]?.message, "is not there")
    assert.strictEqual(readFileSync(at("there"), "utf8"), "mine")
  })
})

describe("millrace restore", () => {
  it("refuses a damaged backup at the file that differs, and changes nothing", long, async () => {
    const file = at("whole.tar.zst")
    assert.strictEqual((await platform.command("backup", file)).exit, 0)
    copyFileSync(file, at("short.tar.zst"))
    truncateSync(at("short.tar.zst"), statSync(file).size - 1_000)
    const short = await restore(at("short.tar.zst"), "--data", at("never"))
    assert.strictEqual(short.exit, 1)
    assert.strictEqual(short.errors[0]?.code, "RESTORE_FAILED")
    assert.match(short.errors[0]?.message ?? "", /cut off|cannot be read/)
    const place = at("harmed")
    assert.strictEqual((await platform.command("backup", place)).exit, 0)
    const seed = readFileSync(join(place, "seed"))
    seed[0] = (seed[0] ?? 0) ^ 1
    writeFileSync(join(place, "seed"), seed)
    const harmed = await restore(place, "--data", at("never"))
    assert.include(harmed.errors[0]?.message, "seed: it is not what was backed up: its SHA-256 differs")
    const none = await restore(at("data"), "--check")
    assert.include(none.errors[0]?.message, "backup.json")
    assert.isFalse(existsSync(at("never")))
    assert.isFalse(existsSync(at("never.restoring")))
  })

  it("takes no folder that holds anything unless it is told to, and none that is in use", long, async () => {
    const file = at("once.tar.zst")
    assert.strictEqual((await platform.command("backup", file)).exit, 0)
    const inUse = await restore(file, "--data", at("data"), "--replace")
    assert.strictEqual(inUse.errors[0]?.code, "RESTORE_UP", inUse.stderr)
    const data = at("held")
    assert.strictEqual((await restore(file, "--data", data)).exit, 0)
    writeFileSync(join(data, "mine"), "kept")
    const held = await restore(file, "--data", data)
    assert.include(held.errors[0]?.message, "the data folder is not empty")
    const replaced = await restore(file, "--data", data, "--replace")
    assert.strictEqual(replaced.exit, 0, replaced.stderr)
    const [aside = ""] = readdirSync(folder.path).filter((name) => name.startsWith("held.before-"))
    assert.strictEqual(readFileSync(join(folder.path, aside, "mine"), "utf8"), "kept")
    await until(
      () => existsSync(join(data, "mine")),
      (there) => !there
    )
  })
})
