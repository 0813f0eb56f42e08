import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { withSegment } from "./fixture/pool-fixture.ts"
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

const kept = (call: string, node: string) => nodeOf(bodyBundle("map", call), { node, outputs: [movieOutput] })

describe("frames of a call", () => {
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
    const found = await withSegment(segmentOf([node("first"), node("second")]), (segment) =>
      Effect.forEach([20, 5, 30], (size) =>
        segment.call(callOf([inputOf(frameOf(movies(size).toReversed()))]), hostOf())
      )
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
    const found = await withSegment(segmentOf([long, marked]), (segment) =>
      Effect.forEach(sizes, (size) =>
        Effect.map(segment.call(callOf([inputOf(frameOf(movies(size)))]), hostOf()), ({ outputs }) =>
          outputs.flatMap(({ frame }) => moviesIn(frame))
        )
      )
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

  it("are what their own node gave, dead letters too, where the next node writes after it", async () => {
    const first = kept(
      "(movie) => { if (movie.rating === 1) throw new Error('first'); return movie }",
      "first"
    )
    const second = kept(
      "(movie) => { if (movie.rating === 2) throw new Error('second'); return movie }",
      "second"
    )
    const result = await withSegment(segmentOf([first, second]), (segment) =>
      segment.call(callOf([inputOf(frameOf(movies(40)))]), hostOf())
    )
    const letters = result.deadLetters.map(({ frame, node }) => [
      node,
      frame === undefined ? [] : moviesIn(frame)
    ])
    const withRating = (rating: number) => movies(40).filter((movie) => movie.rating === rating)
    assert.deepStrictEqual(letters, [
      ...withRating(1).map((movie) => ["first", [movie]]),
      ...withRating(2).map((movie) => ["second", [movie]])
    ])
    assert.deepStrictEqual(
      result.outputs.flatMap(({ frame }) => moviesIn(frame)),
      movies(40).filter(({ rating }) => rating !== 1 && rating !== 2)
    )
  })
})
