import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { assert, describe, it } from "vitest"
import { withPool } from "./fixture/pool-fixture.ts"
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
import { joinBundle } from "./protocol/bundle-parts.ts"
import type { SandboxPoolShape, SegmentResult, SegmentSpec } from "./segment.ts"

const call = callOf([inputOf(frameOf(movies(3)))])
const limits = { memoryMiB: 64, deadlineMs: 2000, maxOutputBytes: 4_194_304, maxOutputRecordsPerInput: 1000 }

/** Passes every movie on; `before` is run when it is loaded, `body` for each movie. */
const passing = (before: string, body: string) =>
  segmentOf(
    [
      nodeOf(bodyBundle("process", `(movie) => { ${body}; return [movie] }`, { before }), {
        outputs: [movieOutput]
      })
    ],
    { limits }
  )

const openAll = (pool: SandboxPoolShape, specs: readonly SegmentSpec[]) =>
  Effect.forEach(specs, (spec) => pool.open(spec))

const outcome = ({ deadLetters, outputs }: SegmentResult) => ({
  passed: outputs.reduce((sum, { frame }) => sum + moviesIn(frame).length, 0),
  dead: deadLetters.map(({ code }) => code)
})
const whole = { passed: 3, dead: [] }

describe("segments that share an isolate", () => {
  it("have globals, prototypes and modules of their own", () =>
    withPool((pool) =>
      Effect.gen(function* () {
        const seen = "let calls = 0"
        const count =
          "calls += 1; globalThis.left = (globalThis.left ?? 0) + 1; if (globalThis.left !== calls) throw new Error('shared')"
        const segments = yield* openAll(pool, [
          passing(seen, count),
          passing(seen, count),
          passing(seen, count)
        ])
        for (const segment of [...segments, ...segments])
          assert.deepStrictEqual(outcome(yield* segment.call(call, hostOf())), whole)
      })
    ))

  it("begin with a library that was run for them alone, also one that was run ahead", () =>
    withPool((pool) =>
      Effect.gen(function* () {
        const library = "globalThis.runs = (globalThis.runs ?? 0) + 1; const made = { by: [] }"
        const counts =
          "made.by.push(1); if (runs !== 1 || made.by.length > 3) throw new Error(`shared: ${runs}, ${made.by.length}`)"
        // Each is opened after the one before has answered, beside it, as an author's saves are.
        for (let save = 0; save < 4; save++) {
          const own = bodyBundle("filter", `(movie) => { ${counts}; return true }`, {
            before: `const save = ${save}`
          })
          const spec = segmentOf([nodeOf(joinBundle(library, own).bundle)], { limits })
          const segment = yield* pool.open(spec)
          assert.deepStrictEqual(outcome(yield* segment.call(call, hostOf())), whole)
        }
      })
    ))

  it(
    "are those that keep nothing between calls, and go together",
    () =>
      withPool((pool) =>
        Effect.gen(function* () {
          const counting = segmentOf([nodeOf(bodyBundle("filter", "() => true"), { state: [countState] })], {
            limits
          })
          const passes = passing("", "")
          const [endless, neighbour] = yield* openAll(pool, [
            passing("", "if (movie.id === 'm1') for (;;);"),
            passes,
            counting
          ])
          const digestsOf = (spec: SegmentSpec) => spec.nodes.map(({ digest }) => digest)
          yield* endless.call(call, hostOf())
          const loaded = (yield* pool.processes).flatMap(({ digests }) => digests)
          assert.includeMembers(loaded, digestsOf(counting))
          assert.notIncludeMembers(loaded, digestsOf(passes))
          assert.deepStrictEqual(outcome(yield* neighbour.call(call, hostOf())), whole)
        })
      ),
    60_000
  )

  it(
    "lose nothing when another is stopped at its deadline, though they wait for an answer then",
    () =>
      withPool((pool) =>
        Effect.gen(function* () {
          const asking = `(movie) => pend((done) => host.request("api", "get", "{}", undefined, () => done([movie])))`
          const waits = segmentOf(
            [
              nodeOf(bodyBundle("process", asking, { suspends: true, before: pend }), {
                outputs: [movieOutput],
                handles: ["api"]
              })
            ],
            { limits }
          )
          const [endless, waiting] = yield* Effect.all([
            pool.open(passing("", "if (movie.id === 'm1') for (;;);")),
            pool.open(waits)
          ])
          const asked = Promise.withResolvers<void>()
          const answered = Promise.withResolvers<void>()
          const host = hostOf(() =>
            Effect.promise(async () => {
              asked.resolve()
              await answered.promise
              return { result: {} }
            })
          )
          const open = yield* Effect.forkChild(waiting.call(call, host))
          yield* Effect.promise(() => asked.promise)
          assert.deepStrictEqual(outcome(yield* endless.call(call, hostOf())), {
            passed: 2,
            dead: ["DEADLINE_EXCEEDED"]
          })
          answered.resolve()
          assert.deepStrictEqual(outcome(yield* Fiber.join(open)), whole)
        })
      ),
    60_000
  )

  it(
    "are not blamed for memory that another has taken",
    () =>
      withPool((pool) =>
        Effect.gen(function* () {
          const hoards = passing(
            "const kept = []",
            "if (kept.length < 3) kept.push(Array.from({ length: 1_300_000 }, (_, n) => n + 0.5))"
          )
          const needs = passing("", "Array.from({ length: 2_600_000 }, (_, n) => n + 0.5).length")
          const [first, second] = yield* Effect.all([pool.open(hoards), pool.open(needs)])
          for (let round = 0; round < 2; round++) {
            assert.deepStrictEqual(outcome(yield* first.call(call, hostOf())), whole)
            assert.deepStrictEqual(outcome(yield* second.call(call, hostOf())), whole)
          }
        })
      ),
    60_000
  )
})
