import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { assert, describe, it } from "vitest"
import { withPool } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  hostOf,
  inputOf,
  movieOutput,
  movies,
  moviesIn,
  nodeOf,
  segmentOf
} from "./fixture/segment-fixture.ts"
import type { Movie } from "./fixture/segment-fixture.ts"
import type { Segment, SandboxPoolShape } from "./segment.ts"

const limits = { memoryMiB: 64, deadlineMs: 400, maxOutputBytes: 4_194_304, maxOutputRecordsPerInput: 1000 }

/** Answers its movies when `body` is done. */
const doing = (body: string, deadlineMs = limits.deadlineMs) =>
  segmentOf(
    [nodeOf(bodyBundle("process", `(movie) => { ${body}; return [movie] }`), { outputs: [movieOutput] })],
    { limits: { ...limits, deadlineMs } }
  )

/** No timeout of V8's stops it. */
const never = "const all = []; all.length = 2 ** 32 - 1; all.indexOf(1)"
/** Takes as many turns of a loop as the movie's rating says. */
const turning = "let sum = 0; for (let i = 0; i < movie.rating; i++) sum += i % 7; if (sum < 0) return []"

const few = [...movies(3)]

const take = (segment: Segment, given: readonly Movie[] = few) =>
  Effect.map(segment.call(callOf([inputOf(frameOf(given))]), hostOf()), ({ deadLetters, outputs }) => ({
    passed: outputs.flatMap(({ frame }) => moviesIn(frame)),
    dead: deadLetters.map(({ code }) => code)
  }))

/** Begins `first`, and `second` when the process works on that. */
const both = Effect.fnUntraced(function* <A, B, E>(
  asked: () => number,
  first: Effect.Effect<A, E>,
  second: Effect.Effect<B, E>
) {
  const begun = asked()
  const running = yield* Effect.forkChild(first)
  while (asked() === begun) yield* Effect.sleep(1)
  const ahead = yield* Effect.forkChild(second)
  while (asked() === begun + 1) yield* Effect.sleep(1)
  return { running, ahead }
})

/** Movies that keep `segment` busy for so long at least, also when its code is compiled. */
const busyFor = (segment: Segment, ms: number) =>
  Effect.gen(function* () {
    for (let rating = 30_000_000, long = 0; ;) {
      const given = [{ id: "m", title: "", rating }]
      const begun = performance.now()
      yield* take(segment, given)
      long = performance.now() - begun > ms ? long + 1 : 0
      if (long === 2) return given
      if (long === 0) rating *= 2
    }
  })

const pids = (pool: SandboxPoolShape) =>
  Effect.map(pool.processes, (processes) => processes.map(({ pid }) => pid))

/** A pool, and how many calls it has begun. */
const withCounted = <A, E>(
  run: (pool: SandboxPoolShape, asked: () => number) => Effect.Effect<A, E, Scope.Scope>
): Promise<A> => {
  let asked = 0
  return withPool((pool) => run(pool, () => asked), {
    onPoint: (name) => void (asked += name === "before-call" ? 1 : 0),
    quarantine: { kills: 1000, windowMs: 600_000 }
  })
}

describe("what a process is asked ahead", () => {
  it("is answered after what it works on, each with its own frames", () =>
    withCounted((pool) =>
      Effect.gen(function* () {
        const segments = yield* Effect.forEach([doing(""), doing(""), doing("")], (spec) => pool.open(spec))
        const sizes = [1, 4_000, 17, 900, 2, 12_000, 300]
        const calls = segments.map((segment, who) =>
          Effect.forEach(
            Array.from({ length: 12 }, (_, round) => round),
            (round) => {
              const size = sizes[(round * 3 + who) % sizes.length] ?? 1
              const given = Array.from({ length: size }, (_, at) => ({
                id: `${who}/${round}/${at}`,
                title: "t".repeat(at % 40),
                rating: at
              }))
              return Effect.map(take(segment, given), ({ passed }) => assert.deepStrictEqual(passed, given))
            },
            { discard: true }
          )
        )
        yield* Effect.all(calls, { concurrency: "unbounded", discard: true })
      })
    ))

  it("has a deadline of its own, which begins when it is next", () =>
    withCounted((pool, asked) =>
      Effect.gen(function* () {
        const [one, other] = [yield* pool.open(doing(turning, 60_000)), yield* pool.open(doing(""))]
        // Longer than the other may take, and what it is given on top of that.
        const given = yield* busyFor(one, limits.deadlineMs + 600)
        const { ahead, running } = yield* both(asked, take(one, given), take(other))
        assert.deepStrictEqual(yield* Fiber.join(running), { passed: given, dead: [] })
        assert.deepStrictEqual(yield* Fiber.join(ahead), { passed: few, dead: [] })
      })
    ))

  it("is not to blame when the process is killed for what it works on", () =>
    withCounted((pool, asked) =>
      Effect.gen(function* () {
        const [one, other] = [yield* pool.open(doing(never)), yield* pool.open(doing(""))]
        const { ahead, running } = yield* both(asked, take(one, few.slice(0, 1)), take(other))
        assert.deepStrictEqual(yield* Fiber.join(ahead), { passed: few, dead: [] })
        assert.deepStrictEqual(yield* Fiber.join(running), { passed: [], dead: ["DEADLINE_EXCEEDED"] })
      })
    ))

  it("is to blame for what it does when what was before it is answered", () =>
    withCounted((pool, asked) =>
      Effect.gen(function* () {
        const [one, other] = [yield* pool.open(doing(turning, 60_000)), yield* pool.open(doing(never))]
        const given = yield* busyFor(one, 200)
        const { ahead, running } = yield* both(asked, take(one, given), take(other, few.slice(0, 1)))
        assert.deepStrictEqual(yield* Fiber.join(running), { passed: given, dead: [] })
        assert.deepStrictEqual(yield* Fiber.join(ahead), { passed: [], dead: ["DEADLINE_EXCEEDED"] })
      })
    ))

  it("is asked again when the process dies of something else", () =>
    withCounted((pool, asked) =>
      Effect.gen(function* () {
        const [one, other] = [yield* pool.open(doing(turning, 60_000)), yield* pool.open(doing(""))]
        const given = yield* busyFor(one, 200)
        for (let round = 0; round < 4; round++) {
          const { ahead, running } = yield* both(asked, take(one, given), take(other))
          yield* Effect.sleep(round * 60)
          for (const pid of yield* pids(pool)) process.kill(pid, "SIGKILL")
          assert.deepStrictEqual(yield* Fiber.join(ahead), { passed: few, dead: [] })
          assert.deepStrictEqual(yield* Fiber.join(running), { passed: given, dead: [] })
        }
      })
    ))

  it("leaves the process and what it works on alone when nobody wants it any more", () =>
    withCounted((pool, asked) =>
      Effect.gen(function* () {
        const [one, other] = [yield* pool.open(doing(turning, 60_000)), yield* pool.open(doing(""))]
        const given = yield* busyFor(one, 200)
        const before = yield* pids(pool)
        const { ahead, running } = yield* both(asked, take(one, given), take(other, few.slice(0, 2)))
        yield* Fiber.interrupt(ahead)
        assert.deepStrictEqual(yield* Fiber.join(running), { passed: given, dead: [] })
        // The answer that nobody wanted is nobody else's.
        assert.deepStrictEqual(yield* take(other), { passed: few, dead: [] })
        assert.deepStrictEqual(yield* pids(pool), before)
      })
    ))

  it("is asked again when nobody wants any more what it works on", () =>
    withCounted((pool, asked) =>
      Effect.gen(function* () {
        const [one, other] = [yield* pool.open(doing(never)), yield* pool.open(doing(""))]
        const { ahead, running } = yield* both(asked, take(one), take(other))
        yield* Fiber.interrupt(running)
        assert.deepStrictEqual(yield* Fiber.join(ahead), { passed: few, dead: [] })
      })
    ))
})
