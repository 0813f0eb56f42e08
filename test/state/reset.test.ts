import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import type { PipelineStatus } from "@millrace/sdk/api"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { Counting, inOrder } from "./versions.ts"

// Pipelines that are set back, and a new version that is filled beside the one that runs, with kills.

const folder = temporaryFolder()
const data = join(folder.path, "data")
const fixture = relative(folder.path, join(root, "test/state/fixtures/versions.ts"))
let platform: Platform

beforeAll(async () => {
  platform = await up({ data })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

const killAndStart = async (...pipelines: readonly Counting[]): Promise<void> => {
  process.kill(platform.pid, "SIGKILL")
  await until(
    () =>
      platform.get("/api/status").then(
        () => true,
        () => false
      ),
    (answers) => !answers
  )
  platform = await up({ data })
  for (const pipeline of pipelines) pipeline.platform = platform
}

const sorted = (counts: ReadonlyMap<string, readonly number[]>) =>
  [...counts].toSorted(([left], [right]) => (left < right ? -1 : 1))

/** What a key's counts are when it counts so many, and then begins again. */
const runs = (...lengths: readonly number[]): readonly number[] =>
  lengths.flatMap((length) => Array.from({ length }, (_, index) => index + 1))

describe("millrace pipeline reset", () => {
  it(
    "shows what it would do, does nothing without consent, and then counts anew from the start",
    { timeout: 480_000 },
    async () => {
      const pipeline = new Counting(platform, folder.path, "back")
      assert.strictEqual((await pipeline.apply({ use: "first", total: 60 })).exit, 0)
      await pipeline.counts(60)
      const shown = await platform.command("pipeline", "reset", "back", "--to", "start", "--dry-run")
      assert.include(shown.stdout, "~ gen reads its source from the start")
      assert.include(shown.stdout, "- state and timers of counted")
      assert.include(shown.stdout, "stream back.counts keeps its records")
      const refused = await platform.command("pipeline", "reset", "back", "--to", "start")
      assert.strictEqual(refused.errors[0]?.code, "NOT_CONFIRMED")
      const reset = await platform.command("pipeline", "reset", "back", "--to", "start", "--yes")
      assert.strictEqual(reset.exit, 0, reset.stderr)
      const counts = await pipeline.counts(120)
      for (const [key, seen] of counts) assert.deepStrictEqual(seen, runs(6, 6), key)
    }
  )

  it(
    "reads the source's own stream again from an offset or a time, while the source goes on",
    { timeout: 480_000 },
    async () => {
      const pipeline = new Counting(platform, folder.path, "within")
      assert.strictEqual((await pipeline.apply({ use: "first", total: 60 })).exit, 0)
      await pipeline.counts(60)
      const offset = await platform.command("pipeline", "reset", "within", "--to", "0", "--yes")
      assert.strictEqual(offset.exit, 0, offset.stderr)
      for (const [key, seen] of await pipeline.counts(120)) assert.deepStrictEqual(seen, runs(6, 6), key)
      const time = await platform.command(
        "pipeline",
        "reset",
        "within",
        "--to",
        "1970-01-01T00:00:30Z",
        "--yes",
        "--json"
      )
      assert.strictEqual(time.exit, 0, time.stderr)
      await killAndStart(pipeline)
      for (const [key, seen] of await pipeline.counts(150)) assert.deepStrictEqual(seen, runs(6, 6, 3), key)
      assert.strictEqual((await pipeline.apply({ use: "first", total: 100 })).exit, 0)
      for (const [key, seen] of await pipeline.counts(190))
        assert.deepStrictEqual(seen, [...runs(6, 6), ...runs(7)], key)
    }
  )

  it("is refused where nothing can be read again", { timeout: 480_000 }, async () => {
    const file = join(folder.path, "hidden.pipeline.yaml")
    writeFileSync(
      file,
      `pipeline: hidden
nodes:
  gen: { source: "${fixture}#gen", with: { total: 10 } }
  counted: { use: "${fixture}#first", from: gen, stream: hidden.counts }
`
    )
    assert.strictEqual((await platform.command("apply", file, "--grant")).exit, 0)
    const refused = await platform.command("pipeline", "reset", "hidden", "--to", "3", "--yes")
    assert.strictEqual(refused.errors[0]?.code, "RESET_IMPOSSIBLE", refused.stderr)
    assert.include(refused.errors[0]?.message, "gen")
    const wrong = await platform.command("pipeline", "reset", "hidden", "--to", "yesterday")
    assert.strictEqual(wrong.exit, 64)
  })
})

describe("a new version that is filled beside the live one", () => {
  it(
    "loses nothing of either, whatever is killed and however often it is set back",
    { timeout: 480_000 },
    async () => {
      const live = new Counting(platform, folder.path, "live")
      assert.strictEqual((await live.apply({ use: "first", total: 400, batch: 5 })).exit, 0)
      const file = join(folder.path, "fill.pipeline.yaml")
      writeFileSync(
        file,
        `pipeline: fill
nodes:
  counted: { use: "${fixture}#wider", from: { stream: live.ticks }, stream: fill.counts }
`
      )
      const fill = new Counting(platform, folder.path, "fill")
      assert.strictEqual((await platform.command("apply", file, "--grant")).exit, 0)
      await killAndStart(live, fill)
      await fill.counts(100)
      const again = await platform.command("pipeline", "reset", "fill", "--to", "start", "--yes")
      assert.strictEqual(again.exit, 0, again.stderr)
      await killAndStart(live, fill)
      assert.strictEqual((await live.apply({ use: "first", total: 500, batch: 5 })).exit, 0)
      assert.deepStrictEqual(sorted(await live.counts(500)), sorted(inOrder(500)))
      // What it gave before it was set back stands in its stream; from there on it counts every tick once.
      const counts = await until(
        async () => fill.counts(500),
        (found) => [...found.values()].every((seen) => seen.at(-1) === 50)
      )
      for (const [key, seen] of counts) {
        const begun = seen.lastIndexOf(1)
        assert.deepStrictEqual(seen.slice(begun), runs(50), key)
        assert.deepStrictEqual(seen.slice(0, begun), runs(begun), key)
      }
      const status: PipelineStatus = JSON.parse((await platform.command("status", "live", "--json")).stdout)
      assert.strictEqual(status.state, "running")
    }
  )
})
