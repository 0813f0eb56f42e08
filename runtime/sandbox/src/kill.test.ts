import { readdirSync, readFileSync } from "node:fs"
import { StateEntryWriter, StateEntryCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { assert, describe, it } from "vitest"
import { failureOf, withPool, withSegment } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  countState,
  frameOf,
  hostOf,
  inputOf,
  movieOutput,
  movies,
  moviesIn,
  nodeOf,
  pend,
  segmentOf
} from "./fixture/segment-fixture.ts"
import type { SandboxPoolShape, SegmentHost } from "./segment.ts"

const counting =
  "(movie, record) => { const count = record.state('count'); const n = (count.get() ?? 0) + 1; count.set(n); for (let i = 0; i < 20000; i++) Math.sqrt(i); if (movie.title === 'hang') for (;;); return [{ ...movie, rating: n }] }"

/** Numbers of the processes that this one has started, from whichever thread. */
const ownProcesses = (): readonly number[] =>
  readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" ").map(Number)
  )

/** Kills the domain's process as an outsider would. */
const killProcess = (pool: SandboxPoolShape, signal: NodeJS.Signals = "SIGKILL") =>
  Effect.map(pool.processes, (processes) => {
    for (const { pid } of processes) {
      try {
        process.kill(pid, signal)
      } catch {
        // It was gone, and its end not yet told.
      }
    }
  })

describe("a killed sandbox process", () => {
  it("loses nothing when it is killed from outside at any moment", async () => {
    const node = nodeOf(bodyBundle("process", counting), { outputs: [movieOutput], state: [countState] })
    const list = Array.from({ length: 400 }, (_, place) => ({ id: `k${place % 7}`, title: "", rating: 0 }))
    const expected = list.map(({ id }, place) => `${id}:${1 + Math.floor(place / 7)}`)
    const seen = await withSegment(
      segmentOf([node]),
      (segment, pool) =>
        Effect.gen(function* () {
          const all: (readonly string[])[] = []
          for (let round = 0; round < 12; round++) {
            const running = yield* Effect.forkChild(segment.call(callOf([inputOf(frameOf(list))]), hostOf()))
            yield* Effect.sleep(round * 3)
            yield* killProcess(pool)
            const result = yield* Fiber.join(running)
            assert.deepStrictEqual(result.deadLetters, [])
            all.push(
              result.outputs.flatMap(({ frame }) =>
                moviesIn(frame).map(({ id, rating }) => `${id}:${rating}`)
              )
            )
          }
          return all
        }),
      { quarantine: { kills: 1000, windowMs: 600_000 } }
    )
    for (const result of seen) assert.deepStrictEqual(result, expected)
  })

  it("carries state from slice to slice and takes back what the poison changed", async () => {
    const node = nodeOf(bodyBundle("process", counting), { outputs: [movieOutput], state: [countState] })
    const list = Array.from({ length: 40 }, (_, place) => ({
      id: "k",
      title: place === 21 ? "hang" : "",
      rating: 0
    }))
    const host: SegmentHost = {
      ...hostOf(),
      readState: (keys) => {
        const writer = new StateEntryWriter()
        writer.put(0, keys[0], undefined, 0, new Uint8Array([200, 1]))
        return Effect.succeed(writer.finish())
      }
    }
    const points: string[] = []
    const limits = { memoryMiB: 64, deadlineMs: 300, maxOutputBytes: 1_000_000, maxOutputRecordsPerInput: 10 }
    const result = await withSegment(
      segmentOf([node], { limits }),
      (segment) => segment.call(callOf([inputOf(frameOf(list))]), host),
      { onPoint: (name) => points.push(name) }
    )
    assert.deepStrictEqual(
      result.outputs.flatMap(({ frame }) => moviesIn(frame).map(({ rating }) => rating)),
      Array.from({ length: 39 }, (_, place) => 101 + place)
    )
    assert.deepStrictEqual(
      result.deadLetters.map(({ code, offset }) => [code, offset]),
      [["DEADLINE_EXCEEDED", 21n]]
    )
    assert.strictEqual(points.filter((name) => name === "isolating").length, 1)
    const cursor = new StateEntryCursor(result.state)
    let last: Uint8Array | undefined
    while (cursor.next()) last = cursor.value()
    assert.deepStrictEqual(last, new Uint8Array([((139 << 1) & 0x7f) | 0x80, (139 << 1) >> 7]))
    assert.deepStrictEqual(
      result.counts.map(({ recordsIn, recordsOut, failed }) => [recordsIn, recordsOut, failed]),
      [[40, 39, 1]]
    )
  })

  it("sets a segment aside that is killed too often", async () => {
    const node = nodeOf(bodyBundle("filter", "() => { for (;;); }"))
    const limits = { memoryMiB: 64, deadlineMs: 50, maxOutputBytes: 1_000_000, maxOutputRecordsPerInput: 10 }
    const code = await withSegment(
      segmentOf([node], { limits }),
      (segment) =>
        Effect.gen(function* () {
          for (let i = 0; i < 2; i++) yield* segment.call(callOf([inputOf(frameOf(movies(1)))]), hostOf())
          return (yield* Effect.flip(segment.call(callOf([inputOf(frameOf(movies(1)))]), hostOf()))).code
        }),
      { quarantine: { kills: 2, windowMs: 600_000 } }
    )
    assert.strictEqual(code, "QUARANTINED")
  })

  it("stops the task with the record's place where the policy is fail", async () => {
    const node = nodeOf(bodyBundle("filter", "() => { for (;;); }"), { onError: "fail" })
    const limits = { memoryMiB: 64, deadlineMs: 50, maxOutputBytes: 1_000_000, maxOutputRecordsPerInput: 10 }
    const error = await failureOf(segmentOf([node], { limits }), callOf([inputOf(frameOf(movies(1)), 9n)]))
    assert.deepInclude(error, { code: "DEADLINE_EXCEEDED", node: "node" })
    assert.include(error.message, "movies/0@9")
  })

  it("runs a call again whose process is killed while it waits for the worker", async () => {
    const call = `(movie) => pend((done) => host.request("api", "get", "{}", undefined, () => done([movie])))`
    const node = nodeOf(bodyBundle("process", call, { suspends: true, before: pend }), {
      outputs: [movieOutput],
      handles: ["api"]
    })
    let asked = 0
    const result = await withPool((pool) =>
      Effect.gen(function* () {
        const segment = yield* pool.open(segmentOf([node]))
        const host = hostOf(() =>
          Effect.gen(function* () {
            asked += 1
            if (asked === 1) yield* killProcess(pool)
            return { result: 1 }
          })
        )
        return yield* segment.call(callOf([inputOf(frameOf(movies(3)))]), host)
      })
    )
    assert.strictEqual(result.outputs.flatMap(({ frame }) => moviesIn(frame)).length, 3)
    assert.isAbove(asked, 3)
  })

  it(
    "keeps a process for whoever wakes first, where several domains are parked",
    { timeout: 60_000 },
    async () => {
      const spec = (domain: string) =>
        segmentOf([nodeOf(bodyBundle("filter", "() => true"))], { domain, id: domain })
      const wasThere = await withPool(
        (pool) =>
          Effect.gen(function* () {
            const [first] = yield* Effect.forEach(["a", "b", "c", "d"], (domain) => pool.open(spec(domain)))
            for (;;) {
              while ((yield* pool.processes).length > 0) yield* Effect.sleep(20)
              const before = ownProcesses()
              yield* first.call(callOf([inputOf(frameOf(movies(3)))]), hostOf())
              if ((yield* pool.processes).some(({ pid }) => before.includes(pid))) return true
            }
          }),
        { parkAfterMs: 10 }
      )
      assert.isTrue(wasThere)
    }
  )

  it("frees a process that idles and starts it again", async () => {
    const result = await withSegment(
      segmentOf([nodeOf(bodyBundle("filter", "() => true"))]),
      (segment, pool) =>
        Effect.gen(function* () {
          const pids: number[] = []
          while ((yield* pool.processes).length > 0) yield* Effect.sleep(20)
          const { outputs } = yield* segment.call(callOf([inputOf(frameOf(movies(3)))]), hostOf())
          pids.push(...(yield* pool.processes).map(({ pid }) => pid))
          return { outputs, pids }
        }),
      { parkAfterMs: 10 }
    )
    assert.strictEqual(moviesIn(result.outputs[0].frame).length, 3)
    assert.strictEqual(result.pids.length, 1)
  })
})
