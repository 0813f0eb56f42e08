import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { withPool } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  hostOf,
  inputOf,
  movieOutput,
  moviesIn,
  nodeOf,
  segmentOf
} from "./fixture/segment-fixture.ts"
import type { SandboxPoolShape, Segment, SegmentSpec } from "./segment.ts"

/** Gives `body`'s number as the rating of each movie; `before` runs when it is loaded. */
const rating = (before: string, body: string): SegmentSpec =>
  segmentOf([
    nodeOf(bodyBundle("process", `(movie) => [{ ...movie, rating: ${body} }]`, { before }), {
      outputs: [movieOutput]
    })
  ])

const ratingOf = (segment: Segment, title = "") =>
  Effect.map(
    segment.call(callOf([inputOf(frameOf([{ id: "m", title, rating: 0 }]))]), hostOf()),
    ({ deadLetters, outputs }) => [
      ...outputs.flatMap(({ frame }) => moviesIn(frame).map((movie) => movie.rating)),
      ...deadLetters.map(({ code }) => code)
    ]
  )

const residentMiB = (pool: SandboxPoolShape) =>
  Effect.map(
    pool.processes,
    (processes) => processes.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 2 ** 20
  )

describe("a sandbox process that is asked nothing", () => {
  it("gives back what work took that is done, and keeps what plugins hold", async () => {
    let rests = 0
    await withPool(
      (pool) =>
        Effect.gen(function* () {
          const took =
            "let calls = 0; let held; const take = (title) => { calls += 1; held = title === 'last' ? undefined : Array.from({ length: 300_000 }, (_, at) => ({ at })); return calls }"
          const segment = yield* pool.open(rating(took, "take(movie.title)"))
          assert.deepStrictEqual(yield* ratingOf(segment), [1])
          assert.deepStrictEqual(yield* ratingOf(segment, "last"), [2])
          const before = yield* residentMiB(pool)
          while (rests === 0) yield* Effect.sleep(20)
          const after = yield* residentMiB(pool)
          assert.isBelow(after, before - 10)
          assert.deepStrictEqual(yield* ratingOf(segment, "last"), [3])
        }),
      { restAfterMs: 100, onPoint: (name) => void (rests += name === "rested" ? 1 : 0) }
    )
  })

  it("does so once, until it is asked again", async () => {
    let rests = 0
    await withPool(
      (pool) =>
        Effect.gen(function* () {
          const segment = yield* pool.open(rating("", "1"))
          assert.deepStrictEqual(yield* ratingOf(segment), [1])
          while ((yield* pool.processes).length > 0) yield* Effect.sleep(20)
          assert.strictEqual(rests, 1)
        }),
      { restAfterMs: 100, parkAfterMs: 3_500, onPoint: (name) => void (rests += name === "rested" ? 1 : 0) }
    )
  })

  it("shows no guest the collector, neither those that are there nor those that come", async () => {
    let rests = 0
    await withPool(
      (pool) =>
        Effect.gen(function* () {
          const spec = rating("", "typeof gc === 'undefined' && typeof globalThis.gc === 'undefined' ? 1 : 0")
          const first = yield* pool.open(spec)
          assert.deepStrictEqual(yield* ratingOf(first), [1])
          while (rests === 0) yield* Effect.sleep(20)
          const second = yield* pool.open(spec)
          assert.deepStrictEqual(yield* ratingOf(first), [1])
          assert.deepStrictEqual(yield* ratingOf(second), [1])
        }),
      { restAfterMs: 100, onPoint: (name) => void (rests += name === "rested" ? 1 : 0) }
    )
  })
})
