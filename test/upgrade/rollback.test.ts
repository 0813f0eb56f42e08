import { join } from "node:path"
import type { RevisionView } from "@millrace/sdk/api"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { Counting, eachOnce, numbersOf } from "./counting.ts"

// A pipeline's revisions, and the way back to one of them, through the front door.

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

const by = (name: string, total: number) => ({ use: "counted", with: `{ by: ${name} }`, total })

const begun = async (name: string): Promise<Counting> => {
  const pipeline = new Counting(platform, folder.path, name)
  const applied = await pipeline.apply(by("first", 100))
  assert.strictEqual(applied.exit, 0, applied.stderr)
  await pipeline.counts(100)
  return pipeline
}

const historyOf = async (name: string): Promise<readonly RevisionView[]> =>
  JSON.parse((await platform.command("pipeline", "history", name, "--json")).stdout)

describe("millrace pipeline rollback", () => {
  it(
    "shows what it would change, takes the plan before again, and history tells all of it",
    long,
    async () => {
      const pipeline = await begun("back")
      assert.strictEqual((await pipeline.apply(by("second", 200))).exit, 0)
      await pipeline.counts(200)
      const shown = await pipeline.command("rollback", "back", "--dry-run")
      assert.strictEqual(shown.exit, 0, shown.stderr)
      assert.include(shown.stdout, "back to revision 1")
      assert.include(shown.stdout, 'config.by: "second" -> "first"')
      assert.strictEqual((await pipeline.status()).revision, 2)
      const back = await pipeline.command("rollback", "back", "--json")
      assert.strictEqual(back.exit, 0, back.stderr)
      assert.deepInclude(JSON.parse(back.stdout), { pipeline: "back", revision: 3, to: 1, changed: true })
      assert.strictEqual((await pipeline.apply(by("first", 300))).exit, 0)
      const counts = await pipeline.counts(300)
      assert.deepStrictEqual(numbersOf(counts), eachOnce(300))
      const hundreds = (name: string) =>
        new Set(counts.filter((count) => count.by === name).map(({ seq }) => Math.floor(seq / 100)))
      assert.deepStrictEqual([hundreds("first"), hundreds("second")], [new Set([0, 2]), new Set([1])])
      const history = await historyOf("back")
      assert.deepStrictEqual(
        history.map(({ revision, what }) => [revision, what]),
        [
          [4, "applied"],
          [3, "took revision 1 again"],
          [2, "applied"],
          [1, "applied"]
        ]
      )
      assert.strictEqual(history[1]?.planHash, history[3]?.planHash)
      assert.deepInclude(history[2]?.changes, {
        action: "change",
        text: '    config.by: "first" -> "second"'
      })
      const printed = await pipeline.command("history", "back", "-n", "2")
      assert.match(printed.stdout, /^revision 4, \d{4}-.*, by local: applied\n/)
      assert.notInclude(printed.stdout, "revision 2,")
    }
  )

  it("refuses what cannot be, with the field, the revision or the reason", long, async () => {
    const pipeline = await begun("stuck")
    const only = await pipeline.command("rollback", "stuck")
    assert.strictEqual(only.exit, 1)
    assert.strictEqual(only.errors[0]?.code, "ROLLBACK_IMPOSSIBLE", only.stderr)
    assert.include(only.errors[0]?.message, "no earlier revision")
    const migrated = await pipeline.apply({ use: "migrated", total: 200 })
    assert.strictEqual(migrated.exit, 0, migrated.stderr)
    await pipeline.counts(200)
    const refused = await pipeline.command("rollback", "stuck")
    assert.strictEqual(refused.errors[0]?.code, "ROLLBACK_IMPOSSIBLE", refused.stderr)
    assert.match(refused.errors[0]?.message ?? "", /the state seen of node cannot go on: count: /)
    const unknown = await pipeline.command("rollback", "stuck", "--to", "9")
    assert.strictEqual(unknown.errors[0]?.code, "REVISION_UNKNOWN")
    const same = await pipeline.command("rollback", "stuck", "--to", "2")
    assert.include(same.errors[0]?.message, "it is what runs now")
    assert.strictEqual((await pipeline.status()).revision, 2)
    const lost = await pipeline.command("rollback", "stuck", "--discard-state")
    assert.strictEqual(lost.exit, 0, lost.stderr)
    assert.strictEqual((await pipeline.status()).revision, 3)
  })

  it("passes over a revision that could not run", long, async () => {
    const pipeline = await begun("over")
    assert.strictEqual((await pipeline.apply(by("second", 200))).exit, 0)
    await pipeline.counts(200)
    assert.strictEqual(
      (await pipeline.apply({ use: "breaking", total: 300 })).errors[0]?.code,
      "UPGRADE_FAILED"
    )
    const history = await historyOf("over")
    assert.match(history[0]?.what ?? "", /^the platform took revision 2 again, .*no place for k/)
    assert.strictEqual(history[0]?.by, "millrace")
    const back = await pipeline.command("rollback", "over", "--json")
    assert.strictEqual(JSON.parse(back.stdout).to, 1, back.stderr)
  })
})

describe("millrace pipeline pause and resume", () => {
  it("end when every task has stopped, and when all go on", long, async () => {
    const pipeline = await begun("resting")
    const paused = await pipeline.command("pause", "resting", "--json")
    assert.strictEqual(paused.exit, 0, paused.stderr)
    const { state, tasks }: { state: string; tasks: readonly { readonly state: string }[] } = JSON.parse(
      paused.stdout
    )
    assert.strictEqual(state, "paused")
    assert.deepStrictEqual(new Set(tasks.map((task) => task.state)), new Set(["paused"]))
    const resumed = await pipeline.command("resume", "resting")
    assert.strictEqual(resumed.exit, 0, resumed.stderr)
    assert.strictEqual(resumed.stdout, "resting is running\n")
  })

  it("says with exit code 1 that what failed fails again", long, async () => {
    const pipeline = new Counting(platform, folder.path, "failing")
    assert.strictEqual((await pipeline.apply({ use: "breaking", total: 20 })).exit, 0)
    await until(
      () => pipeline.status(),
      ({ state }) => state === "failed"
    )
    const resumed = await pipeline.command("resume", "failing")
    assert.strictEqual(resumed.exit, 1, resumed.stdout)
    assert.strictEqual(resumed.errors[0]?.code, "PLUGIN_FAILED", resumed.stderr)
  })
})
