import { join } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, temporaryFolder, until, up } from "../input/program.ts"
import { type Count, Counting, numbersOf } from "./counting.ts"

// A new version on some partitions, beside the one that runs on the others, through the front door and with kills.

const folder = temporaryFolder()
const long = { timeout: 480_000 }
let data = ""
let platform: Platform

beforeAll(async () => {
  data = join(folder.path, "data")
  platform = await up({ data })
})
afterAll(async () => {
  await platform.stop()
  folder.remove()
})

/** Without an end, so slowly that one page of the API holds what a test waits for. */
const by = (name: string) => ({ use: "counted", with: `{ by: ${name} }`, total: 1_000_000, batch: 4 })

const killAndStart = async (pipeline: Counting): Promise<void> => {
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
  pipeline.platform = platform
}

/** Each key's counts go from one on without a gap: nothing was lost, nothing counted twice. */
const assertWhole = (counts: readonly Count[]): void => {
  for (const [key, numbers] of Object.entries(numbersOf(counts)))
    assert.deepStrictEqual(
      numbers,
      numbers.map((_, index) => index + 1),
      key
    )
}

/** Waits for more counts until they are as wanted. */
const untilCounts = (pipeline: Counting, isWanted: (counts: readonly Count[]) => boolean) =>
  until(() => pipeline.counts(0), isWanted)

const partitionsBy = (counts: readonly Count[], name: string): ReadonlySet<number> =>
  new Set(counts.filter((count) => count.by === name).map(({ partition }) => partition))

/** Of each partition, which version gave its last count. */
const lastOf = (counts: readonly Count[]): { readonly [partition: number]: string } =>
  Object.fromEntries(counts.map((count) => [count.partition, count.by]))

describe("a canary", () => {
  it("runs on its partitions alone, over kills, and is then taken everywhere", long, async () => {
    const pipeline = new Counting(platform, folder.path, "tried")
    assert.strictEqual((await pipeline.apply(by("first"))).exit, 0)
    const all = partitionsBy(await untilCounts(pipeline, (counts) => counts.length >= 60), "first")
    const [canary = 0] = all
    pipeline.write(by("second"))
    const flags = ["--canary-partitions", String(canary)]
    const plan = await platform.command("plan", pipeline.file, ...flags)
    assert.include(
      plan.stdout,
      `a canary: partitions ${canary} of node run it, all others go on with revision 1`
    )
    const started = await pipeline.apply(by("second"), ...flags)
    assert.strictEqual(started.exit, 0, started.stderr)
    await untilCounts(pipeline, (counts) => partitionsBy(counts, "second").size > 0)
    await killAndStart(pipeline)
    const before = (await pipeline.counts(0)).length
    const counts = await untilCounts(pipeline, ({ length }) => length >= before + 60)
    assertWhole(counts)
    assert.deepStrictEqual(partitionsBy(counts, "second"), new Set([canary]))
    const status = await pipeline.status()
    const [node] = status.canary?.nodes ?? []
    assert.strictEqual(status.canary?.beside, 1)
    assert.deepInclude(node, { node: "node", chain: "node", partitions: [canary] })
    assert.notInclude(node?.besidePartitions, canary)
    assert.include((await platform.command("status", "tried")).stdout, "canary beside revision 1")
    const again = await pipeline.apply(by("third"), ...flags)
    assert.strictEqual(again.errors[0]?.code, "CANARY_REFUSED", again.stderr)
    const promoted = await pipeline.command("promote", "tried", "--json")
    assert.strictEqual(promoted.exit, 0, promoted.stderr)
    assert.strictEqual(JSON.parse(promoted.stdout).revision, 3)
    const after = await untilCounts(pipeline, (found) =>
      Object.values(lastOf(found)).every((name) => name === "second")
    )
    assertWhole(after)
    assert.isUndefined((await pipeline.status()).canary)
    const none = await pipeline.command("promote", "tried")
    assert.strictEqual(none.errors[0]?.code, "CANARY_NONE")
    assert.strictEqual((await pipeline.command("delete", "tried")).exit, 0)
  })

  it("is taken back, over a kill, and then nothing of it runs", long, async () => {
    const pipeline = new Counting(platform, folder.path, "dropped")
    assert.strictEqual((await pipeline.apply(by("first"))).exit, 0)
    await untilCounts(pipeline, (counts) => counts.length >= 60)
    assert.strictEqual((await pipeline.apply(by("second"), "--canary", "50%")).exit, 0)
    const tried = await untilCounts(pipeline, (counts) => partitionsBy(counts, "second").size > 1)
    const { canary } = await pipeline.status()
    assert.strictEqual(canary?.nodes[0]?.partitions.length, canary?.nodes[0]?.besidePartitions.length)
    const back = await pipeline.command("rollback", "dropped", "--json")
    assert.strictEqual(JSON.parse(back.stdout).to, 1, back.stderr)
    await killAndStart(pipeline)
    const counts = await untilCounts(
      pipeline,
      (found) =>
        found.length >= tried.length + 60 && Object.values(lastOf(found)).every((name) => name === "first")
    )
    assertWhole(counts)
    assert.strictEqual((await pipeline.apply(by("second"), "--canary", "50%")).exit, 0)
    const plan = await platform.command("plan", pipeline.file)
    assert.strictEqual(plan.exit, 2)
    assert.include(plan.stdout, "the canary of revision 4 ends: all partitions run this")
    assert.strictEqual((await pipeline.apply(by("second"))).exit, 0)
    assert.isUndefined((await pipeline.status()).canary)
    const history = await pipeline.command("history", "dropped", "-n", "2")
    assert.match(
      history.stdout,
      /took the canary of revision 4 everywhere[^]*canary beside revision 3, on partitions 0, 1/
    )
    assert.strictEqual((await pipeline.command("delete", "dropped")).exit, 0)
  })

  it("that cannot run is taken back by itself, and nothing is lost or counted twice", long, async () => {
    const pipeline = new Counting(platform, folder.path, "failing")
    assert.strictEqual((await pipeline.apply({ ...by("first"), total: 60 })).exit, 0)
    const given = await untilCounts(pipeline, (counts) => counts.length >= 60)
    const [canary = 0] = partitionsBy(given, "first")
    assert.strictEqual((await pipeline.apply({ ...by("first"), total: 1_000_000 })).exit, 0)
    const refused = await pipeline.apply(by("broken"), "--canary-partitions", String(canary))
    // Told at once where its partition had a record in hand; else by the log, when the first one comes.
    if (refused.exit !== 0) assert.match(refused.stderr, /^error UPGRADE_FAILED/)
    await until(
      () => pipeline.status(),
      ({ revision, state }) => revision === 4 && state === "running"
    )
    const counts = await untilCounts(pipeline, ({ length }) => length >= 160)
    assertWhole(counts)
    assert.deepStrictEqual(partitionsBy(counts, "first"), new Set(counts.map(({ partition }) => partition)))
    assert.strictEqual((await pipeline.command("delete", "failing")).exit, 0)
  })

  it("is refused, with why, where the two could not take over from each other", long, async () => {
    const pipeline = new Counting(platform, folder.path, "refused")
    const early = await pipeline.apply(by("first"), "--canary", "25%")
    assert.strictEqual(early.errors[0]?.code, "CANARY_REFUSED", early.stderr)
    assert.include(early.errors[0]?.message, "nothing of it runs yet")
    assert.strictEqual((await pipeline.apply(by("first"))).exit, 0)
    await untilCounts(pipeline, (counts) => counts.length >= 20)
    const refusal = async (version: Parameters<Counting["apply"]>[0], ...flags: readonly string[]) => {
      const { errors } = await pipeline.apply(version, ...flags)
      return errors.map(({ code, message }) => `${code} ${message}`).join("\n")
    }
    assert.include(
      await refusal({ ...by("first"), use: "migrated", with: "{}" }, "--canary", "25%"),
      "CANARY_REFUSED node: its state is another"
    )
    assert.include(
      await refusal({ ...by("second"), total: 7 }, "--canary", "25%"),
      "CANARY_REFUSED gen: it runs in its source's own tasks"
    )
    assert.include(await refusal(by("second"), "--canary-partitions", "0,4711"), "it has no partition 4711")
    assert.include(await refusal(by("first"), "--canary", "25%"), "no node would do other work")
    assert.include(await refusal(by("second"), "--canary", "all"), 'USAGE "all" is no share')
    assert.strictEqual((await pipeline.status()).revision, 1)
    assert.strictEqual((await pipeline.command("delete", "refused")).exit, 0)
  })
})
