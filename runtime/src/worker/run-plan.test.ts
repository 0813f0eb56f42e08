import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { Failpoint } from "../telemetry/failpoint.ts"
import type { TransportShape } from "../transport/transport.ts"
import { readDeadLetters } from "./dead-letter/dead-letter.ts"
import { replayDeadLetter } from "./dead-letter/replay.ts"
import type { RunningPipeline } from "./run-plan.ts"
import { runScripted } from "./testing/run-scripted.ts"
import { deadLetterTopic, loadPlan } from "./testing/scripted-plan.ts"
import { frameOf, keyOf, makeScript, recordsOf } from "./testing/scripted-pool.ts"
import type { Script } from "./testing/scripted-pool.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-worker-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs the load pipeline over the folder of the test, in a scope of its own. */
function withPipeline<A, E>(
  script: Script,
  use: (running: RunningPipeline, transport: TransportShape) => Effect.Effect<A, E>,
  plan = loadPlan()
): Promise<A> {
  return Effect.runPromise(withPipelineEffect(script, use, plan))
}

function withPipelineEffect<A, E>(
  script: Script,
  use: (running: RunningPipeline, transport: TransportShape) => Effect.Effect<A, E>,
  plan = loadPlan(),
  through: (transport: TransportShape) => TransportShape = (transport) => transport
) {
  return runScripted(folder, script, { plan, through, use })
}

function source(keys: number, perKey: number): Script["source"] {
  const partitions: { [name: string]: string[] } = { p0: [], p1: [], p2: [] }
  for (let n = 0; n < perKey; n++)
    for (let key = 0; key < keys; key++) partitions[`p${key % 3}`]?.push(`k${key}:${n}`)
  return partitions
}

/** The counts that the sink saw of each key, in order. */
function countsByKey(texts: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const text of texts)
    found.set(keyOf(text), [...(found.get(keyOf(text)) ?? []), text.slice(text.indexOf(":") + 1)])
  return found
}

function assertCounted(texts: readonly string[], keys: number, perKey: number): void {
  const found = countsByKey(texts)
  assert.strictEqual(found.size, keys)
  const expected = Array.from({ length: perKey }, (_, n) => String(n + 1))
  for (const [key, counts] of found) assert.deepStrictEqual(counts, expected, key)
}

describe("runPlan", () => {
  it("runs a bounded pipeline to its end through repartition, state and a transactional sink", async () => {
    const script = makeScript(source(20, 30))
    const state = await withPipeline(script, (running) =>
      Effect.map(running.untilCompleted, () => running.state())
    )
    assert.strictEqual(state, "completed")
    assertCounted(script.visible, 20, 30)
  })

  it("commits its batches as durable as the plan says", async () => {
    for (const durability of ["async", undefined] as const) {
      const asked = new Set<unknown>()
      const watched = (transport: TransportShape): TransportShape => ({
        ...transport,
        openTask: (...task) =>
          Effect.map(transport.openTask(...task), (log) => ({
            ...log,
            commit: (commit) => {
              // The end of a chain's output is no batch.
              if (task[0].partition !== 0xffff) asked.add(commit.durability)
              return log.commit(commit)
            }
          }))
      })
      const plan = { ...loadPlan(), ...(durability === undefined ? {} : { durability }) }
      const run = (running: RunningPipeline) => running.untilCompleted
      await Effect.runPromise(withPipelineEffect(makeScript(source(5, 10)), run, plan, watched))
      assert.deepStrictEqual([...asked], [durability])
      rmSync(folder, { recursive: true })
    }
  })

  it("repeats nothing when a completed pipeline is run again", async () => {
    const script = makeScript(source(5, 10))
    await withPipeline(script, (running) => running.untilCompleted)
    await withPipeline(script, (running) => running.untilCompleted)
    assertCounted(script.visible, 5, 10)
  })

  it("loses and repeats nothing when it is stopped in the middle, again and again", async () => {
    const script = makeScript(source(20, 30))
    for (let calls = 3; calls < 40; calls += 9) {
      let left = calls
      await withPipeline({ ...script, onCall: () => void (left -= 1) }, (running) =>
        Effect.gen(function* () {
          while (left > 0 && running.state() !== "completed") yield* Effect.yieldNow
        })
      )
    }
    await withPipeline(script, (running) => running.untilCompleted)
    assertCounted(script.visible, 20, 30)
  })

  it("reads partitions that are added to a source while it runs, and the same after a start", async () => {
    const partitions: { [name: string]: string[] } = { p1: ["k1:0", "k1:1"], p2: ["k2:0"] }
    const script = { ...makeScript(partitions), ends: false }
    const plan = loadPlan()
    const asking = {
      ...plan,
      chains: plan.chains.map((chain) =>
        chain.partitions === "source" ? { ...chain, partitionsEveryMs: 1 } : chain
      )
    }
    const seen = (count: number) =>
      Effect.gen(function* () {
        while (script.visible.length < count) yield* Effect.yieldNow
      })
    const numbers = await withPipeline(
      script,
      (running) =>
        Effect.gen(function* () {
          yield* seen(3)
          partitions["p0"] = ["k0:0", "k0:1"]
          yield* seen(5)
          return running
            .tasks()
            .flatMap(({ task }) => (task.node === asking.chains[0]?.head ? [task.partition] : []))
        }),
      asking
    )
    assert.deepStrictEqual(numbers, [0, 1, 2])
    partitions["p0"]?.push("k0:2")
    await withPipeline(script, () => seen(6), asking)
    assert.deepStrictEqual(countsByKey(script.visible).get("k0"), ["1", "2", "3"])
    assert.lengthOf(script.visible, 6)
  })

  it("tries a transient failure again from the last commit", async () => {
    const script = makeScript(source(6, 10))
    let failures = 3
    const onCall: Script["onCall"] = (spec) =>
      spec.id.includes("/count/") && failures-- > 0
        ? { _tag: "SegmentError", code: "SANDBOX_KILLED", node: "count", message: "gone", transient: true }
        : undefined
    await withPipeline({ ...script, onCall }, (running) => running.untilCompleted)
    assertCounted(script.visible, 6, 10)
  })

  it("counts no failed attempts any more of a source that answers again and has nothing", async () => {
    const script = { ...makeScript(source(3, 1)), ends: false }
    let isRead = false
    let failures = 2
    const onCall: Script["onCall"] = (_, call) => {
      if (call.head.kind !== "source" || call.head.partition !== "p0") return undefined
      if (!isRead) {
        isRead = true
        return undefined
      }
      return failures-- > 0
        ? { _tag: "SegmentError", code: "SANDBOX_KILLED", node: "read", message: "gone", transient: true }
        : undefined
    }
    const [facts, retries] = await withPipeline({ ...script, onCall }, (running) =>
      Effect.gen(function* () {
        const ofSource = () => running.tasks().find(({ retries: tried }) => tried > 0)
        while ((ofSource()?.failedAttempts ?? 0) < 2) yield* Effect.sleep("2 millis")
        while (ofSource()?.state !== "waiting") yield* Effect.sleep("2 millis")
        return [ofSource()?.failedAttempts, ofSource()?.retries]
      })
    )
    assert.deepStrictEqual([facts, retries], [0, 2])
  })

  it("fails a task on what time does not mend, and says so", async () => {
    const script = makeScript(source(3, 3))
    const onCall: Script["onCall"] = (spec) =>
      spec.id.includes("/pass/")
        ? { _tag: "SegmentError", code: "RECORD_INVALID", node: "pass", message: "no", transient: false }
        : undefined
    const failure = await withPipeline({ ...script, onCall }, (running) =>
      Effect.flip(running.untilCompleted).pipe(
        Effect.map((error) => ({ code: error.code, node: error.node, state: running.state() }))
      )
    )
    assert.deepStrictEqual(failure, { code: "RECORD_INVALID", node: "pass", state: "failed" })
  })

  it("keeps a failed record as a dead letter, and replays it once at its node", async () => {
    const script = makeScript({ p0: ["a:1", "b:bad", "a:2"] })
    const letters = await withPipeline(script, (running, transport) =>
      Effect.gen(function* () {
        yield* running.untilCompleted
        const batches = yield* transport.read(deadLetterTopic, 0, 0n, 1_000)
        return batches.flatMap(({ frame }) => [...readDeadLetters(frame).values()])
      })
    )
    const letter = letters[0]
    assert.strictEqual(letters.length, 1)
    assert.strictEqual(letter?.node, "pass")
    assert.strictEqual(letter.code, "PLUGIN_FAILED")
    assert.strictEqual(letter.topic, "load.raw")
    assert.deepStrictEqual(script.visible.toSorted(), ["a:1", "a:2"])
    const place = { partition: 0, offset: 0n }
    const refused = await withPipeline(script, (_, transport) =>
      Effect.gen(function* () {
        const mended = frameOf(["b:3"])
        yield* replayDeadLetter(transport, loadPlan(), place, mended)
        const again = yield* Effect.flip(replayDeadLetter(transport, loadPlan(), place, mended))
        while (!script.visible.includes("b:1")) yield* Effect.sleep("5 millis")
        return again
      })
    )
    assert.strictEqual(refused._tag === "ReplayError" ? refused.code : refused._tag, "ALREADY_REPLAYED")
    await withPipeline(script, (running) => running.untilCompleted)
    assert.deepStrictEqual(script.visible.toSorted(), ["a:1", "a:2", "b:1"])
  })

  it("pauses when more records fail than the budget allows, and goes on when resumed", async () => {
    const texts = Array.from({ length: 4_000 }, (_, n) => (n % 20 === 0 ? `k${n % 7}:bad` : `k${n % 7}:${n}`))
    const script = makeScript({ p0: texts })
    const states = await withPipeline(script, (running) =>
      Effect.gen(function* () {
        while (running.state() !== "degraded") yield* Effect.sleep("2 millis")
        const first = running.state()
        const resuming = Effect.gen(function* () {
          for (;;) {
            if (running.state() === "degraded") yield* running.resume
            yield* Effect.sleep("2 millis")
          }
        })
        const fiber = yield* Effect.forkChild(resuming)
        yield* running.untilCompleted
        yield* Fiber.interrupt(fiber)
        return [first, running.state()]
      })
    )
    assert.deepStrictEqual(states, ["degraded", "completed"])
    assert.strictEqual(script.visible.length, 3_800)
  })

  it("balances its ledger: what goes in comes out, is filtered, or is dead", async () => {
    const texts = Array.from(
      { length: 200 },
      (_, n) => `k${n % 5}:${n % 50 === 7 ? "bad" : n % 10 === 3 ? "drop" : n}`
    )
    const checkpoints = await withPipeline(makeScript({ p0: texts }), (running, transport) =>
      Effect.andThen(running.untilCompleted, transport.checkpoints("load"))
    )
    const pass = checkpoints
      .map(({ checkpoint }) => checkpoint.counts["pass"])
      .reduce(
        (sum, count) => ({
          in: sum.in + (count?.in ?? 0),
          out: sum.out + (count?.out ?? 0),
          filtered: sum.filtered + (count?.filtered ?? 0),
          dead: sum.dead + (count?.dead ?? 0)
        }),
        { in: 0, out: 0, filtered: 0, dead: 0 }
      )
    assert.deepStrictEqual(pass, { in: 200, out: 176, filtered: 20, dead: 4 })
  })

  it("keeps records of one key in one partition, in order", async () => {
    const records = await withPipeline(makeScript(source(30, 5)), (running, transport) =>
      Effect.gen(function* () {
        yield* running.untilCompleted
        const all = yield* Effect.forEach([0, 1, 2, 3], (partition) =>
          Effect.map(transport.read("load.passed", partition, 0n, 10_000_000), (batches) =>
            recordsOf(batches.map((batch) => ({ ...batch, topic: "load.passed", topicPartition: partition })))
          )
        )
        return all.flat()
      })
    )
    const partitions = new Map<string, number>()
    for (const { text, partition } of records) {
      assert.strictEqual(partitions.get(keyOf(text)) ?? partition, partition)
      partitions.set(keyOf(text), partition)
    }
    assert.strictEqual(partitions.size, 30)
    for (const [, numbers] of countsByKey(records.map(({ text }) => text)))
      assert.deepStrictEqual(numbers, ["0", "1", "2", "3", "4"])
  })

  it("passes its failpoints", async () => {
    const passed = new Set<string>()
    const script = makeScript(source(2, 2))
    const program = withPipelineEffect(script, (running) => running.untilCompleted).pipe(
      Effect.provideService(Failpoint, (point) => void passed.add(point))
    )
    await Effect.runPromise(program)
    for (const point of [
      "after-fetch",
      "mid-batch",
      "after-reply",
      "before-commit",
      "after-commit",
      "on-shutdown"
    ])
      assert.isTrue(passed.has(point), point)
  })
})
