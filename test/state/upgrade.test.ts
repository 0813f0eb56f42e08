import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { untilState } from "../input/pipelines.ts"
import { type Platform, temporaryFolder, up } from "../input/program.ts"
import { Counting, inOrder } from "./versions.ts"

// A plugin's state through its versions, through the front door.

const folder = temporaryFolder()
let platform: Platform

beforeAll(async () => {
  platform = await up({ data: join(folder.path, "data") })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const sorted = (counts: ReadonlyMap<string, readonly number[]>) =>
  [...counts].toSorted(([left], [right]) => (left < right ? -1 : 1))

const begun = async (name: string, use = "first"): Promise<Counting> => {
  const pipeline = new Counting(platform, folder.path, name)
  const applied = await pipeline.apply({ use, total: 60 })
  assert.strictEqual(applied.exit, 0, applied.stderr)
  assert.deepStrictEqual(sorted(await pipeline.counts(60)), sorted(inOrder(60)))
  return pipeline
}

describe("an upgrade of a plugin with state", () => {
  it(
    "keeps state that the new schema reads, beside a state that is new, and goes back again",
    { timeout: 480_000 },
    async () => {
      const pipeline = await begun("wider")
      pipeline.write({ use: "wider", total: 100 })
      const plan = await platform.command("plan", pipeline.file)
      assert.include(plan.stdout, "state seen: migrated, its old values are read by the new schema")
      assert.include(plan.stdout, "state latest: new, it begins empty")
      const wider = await pipeline.apply({ use: "wider", total: 100 })
      assert.strictEqual(wider.exit, 0, wider.stderr)
      assert.deepStrictEqual(sorted(await pipeline.counts(100)), sorted(inOrder(100)))
      const back = await pipeline.apply({ use: "first", total: 140 })
      assert.strictEqual(back.exit, 0, back.stderr)
      assert.deepStrictEqual(sorted(await pipeline.counts(140)), sorted(inOrder(140)))
      await platform.command("pipeline", "delete", "wider")
    }
  )

  it(
    "is refused with the field where the new schema cannot read it, and the version before goes on",
    { timeout: 480_000 },
    async () => {
      const pipeline = await begun("refused")
      const refused = await pipeline.apply({ use: "as-text", total: 100 })
      assert.strictEqual(refused.exit, 65)
      assert.strictEqual(refused.errors[0]?.code, "STATE_INCOMPATIBLE")
      assert.include(refused.errors[0]?.message, "the state seen of counted cannot go on: count: ")
      assert.include(refused.errors[0]?.where, "nodes.counted")
      assert.include(refused.errors[0]?.remedy, "migrate")
      const on = await pipeline.apply({ use: "first", total: 100 })
      assert.strictEqual(on.exit, 0, on.stderr)
      assert.deepStrictEqual(sorted(await pipeline.counts(100)), sorted(inOrder(100)))
      await platform.command("pipeline", "delete", "refused")
    }
  )

  it("says of another kind and of another key what stands in the way", { timeout: 480_000 }, async () => {
    const pipeline = await begun("kinds")
    for (const [use, message] of [
      ["as-map", "the state seen of counted cannot go on: it was a value and is a map"],
      ["by-seq", "is kept for records of input by key (text); they would come as input by seq (an integer)"]
    ] as const) {
      const refused = await pipeline.apply({ use, total: 100 })
      assert.strictEqual(refused.errors[0]?.code, "STATE_INCOMPATIBLE", refused.stderr)
      assert.include(refused.errors[0]?.message, message)
    }
    const lost = await pipeline.apply({ use: "as-map", total: 100 }, "--discard-state")
    assert.strictEqual(lost.exit, 0, lost.stderr)
    const counts = await pipeline.counts(100)
    assert.deepStrictEqual(counts.get("k3"), [1, 2, 3, 4, 5, 6, 1, 2, 3, 4])
    await platform.command("pipeline", "delete", "kinds")
  })

  it(
    "migrates every value by the plugin's own function, and refuses the way back",
    { timeout: 480_000 },
    async () => {
      const pipeline = await begun("migrated")
      pipeline.write({ use: "migrated", total: 100 })
      const plan = await platform.command("plan", pipeline.file)
      assert.include(plan.stdout, "state seen: migrated, its old values go through the plugin's migration")
      const applied = await pipeline.apply({ use: "migrated", total: 100 })
      assert.strictEqual(applied.exit, 0, applied.stderr)
      assert.deepStrictEqual(sorted(await pipeline.counts(100)), sorted(inOrder(100)))
      const back = await pipeline.apply({ use: "first", total: 140 })
      assert.strictEqual(back.errors[0]?.code, "STATE_INCOMPATIBLE", back.stderr)
      assert.include(back.errors[0]?.message, "count: ")
      await platform.command("pipeline", "delete", "migrated")
    }
  )

  it(
    "leaves the version before as it was when a value cannot be migrated",
    { timeout: 480_000 },
    async () => {
      const pipeline = await begun("failing")
      const failed = await pipeline.apply({ use: "failing", total: 100 })
      assert.strictEqual(failed.errors[0]?.code, "STATE_MIGRATION_FAILED", failed.stderr)
      assert.match(
        failed.errors[0]?.message ?? "",
        /state seen of counted .* at the key k\d: .*no place for 6/
      )
      await untilState(platform, "failing", ["running"])
      const on = await pipeline.apply({ use: "first", total: 100 })
      assert.strictEqual(on.exit, 0, on.stderr)
      assert.deepStrictEqual(sorted(await pipeline.counts(100)), sorted(inOrder(100)))
      await platform.command("pipeline", "delete", "failing")
    }
  )
})
