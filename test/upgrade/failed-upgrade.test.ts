import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { untilState } from "../input/pipelines.ts"
import { type Platform, temporaryFolder, up } from "../input/program.ts"
import { Counting, eachOnce, numbersOf } from "./counting.ts"

// Upgrades that cannot run leave what ran before as it was, through the front door.

const folder = temporaryFolder()
const data = join(folder.path, "data")
const long = { timeout: 480_000 }
let platform: Platform

beforeAll(async () => {
  platform = await up({ data })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const first = (total: number) => ({ use: "counted", with: "{ by: first }", total })

const begun = async (name: string): Promise<Counting> => {
  const pipeline = new Counting(platform, folder.path, name)
  const applied = await pipeline.apply(first(100))
  assert.strictEqual(applied.exit, 0, applied.stderr)
  assert.deepStrictEqual(numbersOf(await pipeline.counts(100)), eachOnce(100))
  return pipeline
}

/** The revision that runs goes on where it was: what comes next is counted on top of all before. */
const assertGoesOn = async (pipeline: Counting): Promise<void> => {
  const on = await pipeline.apply(first(300))
  assert.strictEqual(on.exit, 0, on.stderr)
  assert.deepStrictEqual(numbersOf(await pipeline.counts(300)), eachOnce(300))
}

describe("an upgrade that cannot run", () => {
  it(
    "is refused while the revision before runs where a plugin does not open with its config",
    long,
    async () => {
      const pipeline = await begun("unopened")
      const refused = await pipeline.apply({ use: "counted", with: "{ by: zebra }", total: 200 })
      assert.strictEqual(refused.exit, 1, refused.stderr)
      const [error] = refused.errors
      assert.strictEqual(error?.code, "UPGRADE_FAILED")
      assert.match(error?.message ?? "", /^Revision 2 of unopened cannot run: node: .*no name may have a z/)
      assert.include(error?.message, "Revision 1 goes on as it was")
      const status = await pipeline.status()
      assert.strictEqual(status.revision, 1)
      assert.strictEqual(status.state, "running")
      await assertGoesOn(pipeline)
    }
  )

  it("is taken back where its first batch fails, and no record is lost or counted twice", long, async () => {
    const pipeline = await begun("broken")
    const refused = await pipeline.apply({ use: "breaking", total: 200 })
    assert.strictEqual(refused.exit, 1, refused.stdout)
    const [error] = refused.errors
    assert.strictEqual(error?.code, "UPGRADE_FAILED", refused.stderr)
    assert.match(error?.message ?? "", /^Revision 2 of broken cannot run: node: .*no place for k\d/)
    assert.include(error?.message, "Revision 1, taken again as revision 3, goes on as it was")
    const status = await untilState(platform, "broken", ["running"])
    assert.strictEqual(status.revision, 3)
    await assertGoesOn(pipeline)
  })

  it(
    "stays where what it did to the state cannot be undone, says so, and is mended by the next",
    long,
    async () => {
      const pipeline = await begun("migrating")
      const stuck = await pipeline.apply({ use: "breaking-migrated", total: 200 })
      assert.strictEqual(stuck.exit, 1, stuck.stdout)
      const [error] = stuck.errors
      assert.strictEqual(error?.code, "UPGRADE_STUCK", stuck.stderr)
      assert.match(error?.message ?? "", /revision 1 cannot go on after it: the state seen of node/)
      const status = await untilState(platform, "migrating", ["failed"])
      assert.strictEqual(status.revision, 2)
    }
  )

  it("is paused again where what it was to replace was paused", long, async () => {
    const pipeline = await begun("resting")
    assert.strictEqual((await pipeline.command("pause", "resting")).exit, 0)
    const refused = await pipeline.apply({ use: "breaking", total: 200 })
    assert.strictEqual(refused.errors[0]?.code, "UPGRADE_FAILED", refused.stderr)
    assert.strictEqual((await untilState(platform, "resting", ["paused"])).revision, 3)
  })
})
