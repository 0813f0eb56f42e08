import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { type Platform, root, temporaryFolder, until, up } from "../input/program.ts"
import { Counting, inOrder } from "./versions.ts"

// Savepoints: taken of what runs, and begun from, by the same pipeline and by another, with kills.

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

const total = 1_500
const perKey = total / 10
/** Counts of a key from one on to its last. */
const upFrom = (from: number): readonly number[] =>
  Array.from({ length: perKey + 1 - from }, (_, index) => from + index)

const sorted = (counts: ReadonlyMap<string, readonly number[]>) =>
  [...counts].toSorted(([left], [right]) => (left < right ? -1 : 1))

const killAndStart = async (): Promise<void> => {
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
}

describe("a savepoint", () => {
  it(
    "is what another pipeline goes on from, and what its own goes back to",
    { timeout: 480_000 },
    async () => {
      const first = new Counting(platform, folder.path, "one")
      assert.strictEqual((await first.apply({ use: "first", total, batch: 3 })).exit, 0)
      await first.counts(40)
      // In the middle of it: sources, streams and counters have each come to places of their own.
      const taken = await platform.send("POST", "/api/status/one/savepoints", { savepoint: "half-way" })
      assert.strictEqual(taken.status, 201, JSON.stringify(taken.body))
      const again = await platform.command("pipeline", "savepoint", "one", "half-way")
      assert.strictEqual(again.errors[0]?.code, "SAVEPOINT_EXISTS")
      const listed = await platform.command("pipeline", "savepoints")
      assert.match(listed.stdout, /one\/half-way +1 +\d{4}-/)
      assert.deepStrictEqual(sorted(await first.counts(total)), sorted(inOrder(total)))
      const second = new Counting(platform, folder.path, "two")
      second.write({ use: "wider", total })
      const plan = await platform.command("plan", second.file, "--from", "one/half-way")
      assert.include(plan.stdout, "everything begins as one was at the savepoint half-way")
      const applied = await second.apply({ use: "wider", total }, "--from", "one/half-way")
      assert.strictEqual(applied.exit, 0, applied.stderr)
      await killAndStart()
      first.platform = second.platform = platform
      // What was counted before stands in the first one's stream; the second goes on behind it, without a gap.
      const counts = await until(
        () => second.counts(1),
        (found) => found.size === 10 && [...found.values()].every((seen) => seen.at(-1) === perKey)
      )
      for (const [key, seen] of counts) {
        assert.isAbove(seen[0] ?? 0, 1, key)
        assert.deepStrictEqual(seen, upFrom(seen[0] ?? 0), key)
      }
      const back = await first.apply({ use: "first", total, batch: 3 }, "--from", "one/half-way")
      assert.strictEqual(back.exit, 0, back.stderr)
      const whole = await until(
        () => first.counts(total + 1),
        (found) => [...found.values()].every((seen) => seen.length > perKey && seen.at(-1) === perKey)
      )
      for (const [key, seen] of whole) {
        assert.deepStrictEqual(seen.slice(0, perKey), upFrom(1), key)
        assert.isAbove(seen[perKey] ?? 0, 1, key)
        assert.deepStrictEqual(seen.slice(perKey), upFrom(seen[perKey] ?? 0), key)
      }
    }
  )

  it(
    "is refused to a plan that cannot read its state, and when it is not whole",
    { timeout: 480_000 },
    async () => {
      const other = new Counting(platform, folder.path, "three")
      const refused = await other.apply({ use: "as-text", total: 200 }, "--from", "one/half-way")
      assert.strictEqual(refused.errors[0]?.code, "STATE_INCOMPATIBLE", refused.stderr)
      const unknown = await other.apply({ use: "first", total: 200 }, "--from", "one/nothing")
      assert.strictEqual(unknown.errors[0]?.code, "SAVEPOINT_UNKNOWN")
      const path = join(data, "savepoints/one/half-way.savepoint")
      const bytes = readFileSync(path)
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
      writeFileSync(path, bytes)
      const broken = await other.apply({ use: "first", total: 200 }, "--from", "one/half-way")
      assert.strictEqual(broken.errors[0]?.code, "SAVEPOINT_FAILED", broken.stderr)
      assert.strictEqual((await platform.command("pipeline", "savepoint-delete", "one", "half-way")).exit, 0)
      assert.include((await platform.command("pipeline", "savepoints")).stdout, "no savepoints")
    }
  )

  it(
    "is whole or not there when the platform is killed while it is taken",
    { timeout: 480_000 },
    async () => {
      const file = join(folder.path, "many.pipeline.yaml")
      writeFileSync(
        file,
        `pipeline: many
nodes:
  gen: { source: "${fixture}#gen", with: { total: 3000 }, stream: many.ticks }
  counted: { use: "${fixture}#by-seq", from: gen, stream: many.counts }
`
      )
      assert.strictEqual((await platform.command("apply", file, "--grant")).exit, 0)
      const many = new Counting(platform, folder.path, "many")
      await many.counts(3_000)
      for (const name of ["a", "b", "c"]) {
        const asked = platform
          .send("POST", "/api/status/many/savepoints", { savepoint: name })
          .catch(() => undefined)
        await until(
          () => filesOf(join(data, "savepoints/many")),
          (files) => files.some((each) => each.startsWith(name))
        )
        await killAndStart()
        await asked
        for (const each of filesOf(join(data, "savepoints/many")).filter((each) =>
          each.endsWith(".savepoint")
        )) {
          const from = `many/${each.replace(".savepoint", "")}`
          const plan = await platform.command("plan", file, "--from", from)
          assert.strictEqual(plan.exit, 2, plan.stderr)
        }
      }
      const taken = await platform.command("pipeline", "savepoint", "many", "last")
      assert.strictEqual(taken.exit, 0, taken.stderr)
    }
  )
})

const filesOf = (path: string): readonly string[] => {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}
