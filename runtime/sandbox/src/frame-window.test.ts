import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { withPool, withSegment } from "./fixture/pool-fixture.ts"
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
  pend,
  segmentOf
} from "./fixture/segment-fixture.ts"
import type { Movie } from "./fixture/segment-fixture.ts"
import type { SandboxPoolShape, Segment } from "./segment.ts"

const kept = (call: string, node: string) => nodeOf(bodyBundle("map", call), { node, outputs: [movieOutput] })

/** Of a pool's first process. */
const mappings = (pool: SandboxPoolShape) =>
  Effect.map(pool.processes, ([process]) => {
    const maps = readFileSync(`/proc/${process?.pid}/maps`, "utf8")
    return maps.split("\n").filter((line) => line.includes("memfd:millrace")).length
  })

describe("memory that both sides map", () => {
  it("is given to an isolate when its calls are large, and then to all of its realms as one", async () => {
    await withPool((pool) =>
      Effect.gen(function* () {
        const segment = yield* pool.open(
          segmentOf([kept("(movie) => movie", "first"), kept("(movie) => movie", "second")])
        )
        const mappedAfter = (size: number) =>
          Effect.andThen(segment.call(callOf([inputOf(frameOf(movies(size)))]), hostOf()), mappings(pool))
        const first = yield* mappedAfter(3)
        assert.isAbove(first, 0)
        // A node that was slow at first has its records in small calls for a while.
        while ((yield* mappedAfter(3_000)) === first);
        assert.strictEqual(yield* mappedAfter(3_000), first + 1)
      })
    )
  })
})

describe("what is mapped", () => {
  it("is let go with the isolate that had it", async () => {
    const spec = segmentOf([kept("(movie) => movie", "fresh")], { isFresh: true })
    const most = await withSegment(spec, (segment, pool) =>
      Effect.gen(function* () {
        let found = 0
        for (let call = 0; call < 40; call++) {
          yield* segment.call(callOf([inputOf(frameOf(movies(3_000)))]), hostOf())
          found = Math.max(found, yield* mappings(pool))
        }
        return found
      })
    )
    // What is not yet let go may stand beside what is in use.
    assert.isBelow(most, 15)
  })

  it("is as much as an isolate may have, and another's large calls change nothing for it", async () => {
    const limits = { deadlineMs: 20_000, maxOutputBytes: 8 * 1024 * 1024, maxOutputRecordsPerInput: 1_000 }
    const of = (memoryMiB: number, name: string) =>
      segmentOf([kept("(movie) => ({ ...movie, id: movie.id + '!' })", name)], {
        limits: { ...limits, memoryMiB }
      })
    const long = movies(3_000).map((movie) => ({ ...movie, title: "-".repeat(1_000) }))
    await withPool((pool) =>
      Effect.gen(function* () {
        const small = yield* pool.open(of(24, "small"))
        const large = yield* pool.open(of(256, "large"))
        const take = (segment: Segment, list: readonly Movie[]) =>
          Effect.map(segment.call(callOf([inputOf(frameOf(list))]), hostOf()), ({ outputs }) =>
            outputs.reduce((sum, { frame }) => sum + moviesIn(frame).length, 0)
          )
        for (const list of [movies(4_000), long, movies(4_000), long])
          for (const segment of [small, large]) assert.strictEqual(yield* take(segment, list), list.length)
        const [process] = yield* pool.processes
        assert.deepStrictEqual([process?.restarts], [0])
      })
    )
  })
})

/** Large calls go through memory that both sides map, where there is any, and others through a file. */
const ways = [
  { way: "memory that both sides map", options: {} },
  { way: "a file", options: { mapsMemory: false } }
]

describe.for(ways)("frames of a call through $way", ({ options }) => {
  it("leave a body what it kept of an earlier one: its memory is the next call's, but not what was read from it", async () => {
    const keeps = `(movie, record) => {
      const text = [movie.id, movie.title, String.fromCharCode(...record.key)].join()
      kept.push({ movie, key: record.key, text })
      for (const { movie: { id, title }, key, text } of kept)
        if ([id, title, String.fromCharCode(...key)].join() !== text) throw new Error("another's")
      return { ...movie, title: String(kept.length) }
    }`
    const bundle = bodyBundle("map", keeps, { before: "const kept = []" })
    const node = (name: string) => nodeOf(bundle, { node: name, outputs: [movieOutput] })
    const found = await withSegment(
      segmentOf([node("first"), node("second")]),
      (segment) =>
        Effect.forEach([20, 5, 30], (size) =>
          segment.call(callOf([inputOf(frameOf(movies(size).toReversed()))]), hostOf())
        ),
      options
    )
    const titles = found.flatMap(({ outputs }) =>
      outputs.flatMap(({ frame }) => moviesIn(frame).map(({ title }) => title))
    )
    assert.deepStrictEqual(
      titles,
      Array.from({ length: 55 }, (_, place) => String(place + 1))
    )
    assert.deepStrictEqual(
      found.flatMap(({ deadLetters }) => deadLetters),
      []
    )
  })

  it("come out whole where they are more than the window between the process and its realms holds, call after call", async () => {
    const long = kept(`(movie) => ({ ...movie, title: movie.title + "-".repeat(20_000) })`, "long")
    const marked = kept("(movie) => ({ ...movie, id: movie.id + '!' })", "marked")
    const sizes = [3, 200, 200, 1]
    const found = await withSegment(
      segmentOf([long, marked]),
      (segment) =>
        Effect.forEach(sizes, (size) =>
          Effect.map(segment.call(callOf([inputOf(frameOf(movies(size)))]), hostOf()), ({ outputs }) =>
            outputs.flatMap(({ frame }) => moviesIn(frame))
          )
        ),
      options
    )
    for (const [place, size] of sizes.entries()) {
      assert.deepStrictEqual(
        found[place],
        movies(size).map((movie) => ({
          ...movie,
          id: `${movie.id}!`,
          title: movie.title + "-".repeat(20_000)
        }))
      )
    }
  })

  it.for([40, 4_000])(
    "are what their own node gave, dead letters too, where the next node writes after it, of %i records",
    async (size) => {
      const first = kept(
        "(movie) => { if (movie.rating === 1) throw new Error('first'); return movie }",
        "first"
      )
      const second = kept(
        "(movie) => { if (movie.rating === 2) throw new Error('second'); return movie }",
        "second"
      )
      const result = await withSegment(
        segmentOf([first, second]),
        (segment) => segment.call(callOf([inputOf(frameOf(movies(size)))]), hostOf()),
        options
      )
      const lettersOf = (of: string) =>
        result.deadLetters.flatMap(({ frame, node }) =>
          node === of && frame !== undefined ? moviesIn(frame) : []
        )
      const withRating = (rating: number) => movies(size).filter((movie) => movie.rating === rating)
      assert.deepStrictEqual(lettersOf("first"), withRating(1))
      assert.deepStrictEqual(lettersOf("second"), withRating(2))
      assert.deepStrictEqual(
        result.outputs.flatMap(({ frame }) => moviesIn(frame)),
        movies(size).filter(({ rating }) => rating !== 1 && rating !== 2)
      )
    }
  )

  it("come out whole of calls of all sizes by turns, of several segments, while others are asked ahead", async () => {
    const sizes = [3_000, 2, 12_000, 900, 1, 30_000, 5_000]
    const renamed = (text: string) =>
      segmentOf([kept(`(movie) => ({ ...movie, title: movie.title + ${JSON.stringify(text)} })`, text)])
    const found = await withPool(
      (pool) =>
        Effect.forEach(
          ["one", "other", "third"],
          (text) =>
            Effect.flatMap(pool.open(renamed(text)), (segment) =>
              Effect.forEach(sizes, (size) =>
                Effect.map(
                  segment.call(callOf([inputOf(frameOf(movies(size)))]), hostOf()),
                  ({ outputs }) => ({
                    size,
                    text,
                    titles: outputs.flatMap(({ frame }) => moviesIn(frame).map(({ title }) => title))
                  })
                )
              )
            ),
          { concurrency: 3 }
        ),
      options
    )
    for (const { size, text, titles } of found.flat())
      assert.deepStrictEqual(
        titles,
        movies(size).map(({ title }) => title + text)
      )
    assert.strictEqual(found.flat().length, 3 * sizes.length)
  })

  it("come out whole of calls that wait for answers while others are asked", async () => {
    const asking = `(movie) => pend((done) => host.request("api", "get", JSON.stringify({ id: movie.id }), undefined, (error, result) => done([{ ...movie, title: JSON.parse(result).title }])))`
    const bundle = bodyBundle("process", asking, { suspends: true, before: pend })
    const asks = nodeOf(bundle, { outputs: [movieOutput], handles: ["api"] })
    const host = hostOf(({ payload }) =>
      Effect.as(Effect.yieldNow, { result: { title: JSON.stringify(payload) } })
    )
    const found = await withPool(
      (pool) =>
        Effect.forEach(
          [3_000, 2_000],
          (size) =>
            Effect.flatMap(pool.open(segmentOf([asks, kept("(movie) => movie", "then")])), (segment) =>
              Effect.map(segment.call(callOf([inputOf(frameOf(movies(size)))]), host), ({ outputs }) =>
                outputs.flatMap(({ frame }) => moviesIn(frame).map(({ title }) => title))
              )
            ),
          { concurrency: 2 }
        ),
      options
    )
    assert.deepStrictEqual(
      found,
      [3_000, 2_000].map((size) => movies(size).map(({ id }) => JSON.stringify({ id })))
    )
  })

  it("leave a node with little memory what it declared", async () => {
    const spec = segmentOf([kept("(movie) => ({ ...movie, id: movie.id + '!' })", "small")], {
      limits: {
        memoryMiB: 20,
        deadlineMs: 5_000,
        maxOutputBytes: 8 * 1024 * 1024,
        maxOutputRecordsPerInput: 1_000
      }
    })
    const long = movies(3_000).map((movie) => ({ ...movie, title: "-".repeat(1_000) }))
    const found = await withSegment(
      spec,
      (segment) =>
        Effect.forEach([1, 2, 3], () =>
          Effect.map(segment.call(callOf([inputOf(frameOf(long))]), hostOf()), ({ deadLetters, outputs }) => [
            deadLetters.length,
            outputs.reduce((sum, { frame }) => sum + moviesIn(frame).length, 0)
          ])
        ),
      options
    )
    assert.deepStrictEqual(
      found,
      Array.from({ length: 3 }, () => [0, 3_000])
    )
  })
})
