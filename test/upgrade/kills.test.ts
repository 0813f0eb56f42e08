import { join } from "node:path"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { at } from "../input/pipelines.ts"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { type Count, Counting, numbersOf } from "./counting.ts"

// Changes of what a pipeline runs, killed at each step between two durable states: after the next start one of the two revisions
// runs, whole, and every tick counts once.

const long = { timeout: 480_000 }
let folder: ReturnType<typeof temporaryFolder>
let platform: Platform
let pipeline: Counting

beforeEach(async () => {
  folder = temporaryFolder()
  platform = await up({ data: join(folder.path, "data") })
  pipeline = new Counting(platform, folder.path, "killed")
})
afterEach(async () => {
  await platform.stop()
  folder.remove()
})

const start = async (failAt?: string): Promise<void> => {
  const wrapper = failAt === undefined ? [] : ["/usr/bin/env", `FAIL_AT=${failAt}`]
  platform = await up({ data: join(folder.path, "data"), wrapper })
  pipeline.platform = platform
}

const untilDead = (): Promise<boolean> =>
  until(
    () =>
      platform.get("/api/status").then(
        () => true,
        () => false
      ),
    (answers) => !answers
  )

/** Restarts with a failpoint, does what it kills, and starts again. */
const killedAt = async (failAt: string, deed: () => Promise<unknown>): Promise<void> => {
  await platform.stop()
  await start(failAt)
  await deed()
  await untilDead()
  await start()
}

const by = (name: string) => ({ use: "counted", with: `{ by: ${name} }`, total: 1_000_000, batch: 4 })

const begin = async (): Promise<void> => {
  const applied = await pipeline.apply(by("first"))
  assert.strictEqual(applied.exit, 0, applied.stderr)
  await untilCounts((counts) => counts.length >= 60)
}

const untilCounts = (isWanted: (counts: readonly Count[]) => boolean): Promise<readonly Count[]> =>
  until(() => pipeline.counts(0), isWanted)

const assertWhole = (counts: readonly Count[]): void => {
  for (const [key, numbers] of Object.entries(numbersOf(counts)))
    assert.deepStrictEqual(
      numbers,
      numbers.map((_, index) => index + 1),
      key
    )
}

/** Waits for more counts, and says by which versions they are. */
const versionsNow = async (): Promise<ReadonlySet<string>> => {
  await until(
    () => platform.get("/api/status/killed"),
    (answer) => at(answer, "state") === "running"
  )
  const nameOf = ({ key, n }: Count) => `${key} ${n}`
  const seen = new Set((await pipeline.counts(0)).map(nameOf))
  const isNew = (count: Count): boolean => !seen.has(nameOf(count))
  const counts = await untilCounts((found) => found.filter(isNew).length >= 100)
  assertWhole(counts)
  return new Set(counts.filter(isNew).map((count) => count.by))
}

const revisionNow = async (): Promise<unknown> => at(await platform.get("/api/status/killed"), "revision")

describe("an upgrade that is killed", () => {
  it.each([
    ["while the one before stops", "on-shutdown:1", 1, "first"],
    ["when it was stored", "mid-apply:1", 2, "second"]
  ])("%s, ends in one of the two", long, async (_name, point, revision, version) => {
    await begin()
    await killedAt(point, () => pipeline.apply(by("second")))
    assert.deepStrictEqual(await versionsNow(), new Set([version]))
    assert.strictEqual(await revisionNow(), revision)
  })
})

describe("an upgrade that cannot run and is killed", () => {
  it.each([
    ["when it was stored", "mid-apply:1"],
    ["when the one before was stored again", "mid-apply:2"]
  ])("%s, ends with the one before", long, async (_name, point) => {
    await begin()
    await killedAt(point, () => pipeline.apply(by("broken")))
    // At first it is on trial again.
    await until(revisionNow, (revision) => revision === 3)
    assert.deepStrictEqual(await versionsNow(), new Set(["first"]))
  })
})

describe("a rollback that is killed", () => {
  it("when it was stored, ends with the earlier plan", long, async () => {
    await begin()
    assert.strictEqual((await pipeline.apply(by("second"))).exit, 0)
    await killedAt("mid-apply:1", () => pipeline.command("rollback", "killed"))
    assert.deepStrictEqual(await versionsNow(), new Set(["first"]))
    assert.strictEqual(await revisionNow(), 3)
  })
})

describe("a canary that is killed", () => {
  it("when it was stored runs on its partitions, and when its promotion was, everywhere", long, async () => {
    await begin()
    await killedAt("mid-apply:1", () => pipeline.apply(by("second"), "--canary", "50%"))
    assert.deepStrictEqual(await versionsNow(), new Set(["first", "second"]))
    await killedAt("mid-apply:1", () => pipeline.command("promote", "killed"))
    assert.deepStrictEqual(await versionsNow(), new Set(["second"]))
    assert.strictEqual(await revisionNow(), 3)
  })
})
