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
  moviesIn,
  nodeOf,
  segmentOf
} from "./fixture/segment-fixture.ts"
import type { Movie } from "./fixture/segment-fixture.ts"
import type { SegmentSpec } from "./segment.ts"

// From its second call on a node that reads much text is given its frames as text too.

const titled = (count: number, title: (place: number) => string): readonly Movie[] =>
  Array.from({ length: count }, (_, place) => ({ id: `m${place}`, title: title(place), rating: place % 10 }))

const nodeOfBody = (call: string, before = "") =>
  nodeOf(bodyBundle("map", call, { before }), { outputs: [movieOutput] })

const callsOf = (spec: SegmentSpec, calls: readonly (readonly Movie[])[]) =>
  withSegment(spec, (segment) =>
    Effect.forEach(calls, (each) => segment.call(callOf([inputOf(frameOf(each))]), hostOf()))
  )

const texts = [
  "plain",
  "",
  "a title of more than a dozen letters",
  "Fabelhafte Welt der Am\u00e9lie, Die",
  "\u5343\u3068\u5343\u5c0b\u306e\u795e\u96a0\u3057",
  "\u{1f3ac} and text behind it",
  "long ".repeat(700)
]

describe("frames that are given as text too", () => {
  it("give a body the same texts at each call, in a node that follows another as well", async () => {
    const calls = [60, 200, 200, 1, 150].map((count, call) =>
      titled(count, (place) => `${texts[(place + call) % texts.length]}${place}`)
    )
    const longer = nodeOfBody("(movie) => ({ ...movie, title: movie.title + '!' })")
    const asked = nodeOfBody("(movie) => ({ ...movie, title: movie.title + '?' })")
    const found = await callsOf(segmentOf([longer, asked]), calls)
    for (const [call, { deadLetters, outputs }] of found.entries()) {
      assert.deepStrictEqual(deadLetters, [])
      assert.deepStrictEqual(
        outputs.flatMap(({ frame }) => moviesIn(frame)),
        calls[call]?.map((movie) => ({ ...movie, title: `${movie.title}!?` }))
      )
    }
  })

  it("are not held by a text that a plugin keeps of each", async () => {
    const keeps = nodeOfBody(
      "(movie) => { if (movie.id === 'm7') kept.push(movie.title); return { ...movie, rating: kept.length } }",
      "const kept = []"
    )
    const batch = titled(2_500, (place) => `${place} ${"x".repeat(180)}`)
    const limits = {
      memoryMiB: 32,
      deadlineMs: 20_000,
      maxOutputBytes: 4 * 2 ** 20,
      maxOutputRecordsPerInput: 1
    }
    const found = await callsOf(
      segmentOf([keeps], { limits }),
      Array.from({ length: 80 }, () => batch)
    )
    const ratings = found.map(({ outputs }) => outputs.flatMap(({ frame }) => moviesIn(frame)).at(-1)?.rating)
    assert.deepStrictEqual(
      ratings,
      Array.from({ length: 80 }, (_, call) => call + 1)
    )
  })

  it("are out of a plugin's reach, whatever it makes of String.prototype", async () => {
    const spies = nodeOfBody(
      "(movie) => ({ ...movie, rating: longest })",
      `let longest = 0
       for (const name of Object.getOwnPropertyNames(String.prototype)) {
         const method = String.prototype[name]
         if (typeof method !== "function" || name === "constructor") continue
         String.prototype[name] = function (...given) {
           if (this.length > longest) longest = this.length
           return method.apply(this, given)
         }
       }`
    )
    const batch = titled(300, (place) => `a title of more than a dozen letters ${place}`)
    const found = await callsOf(segmentOf([spies]), [batch, batch, batch])
    const ratings = found.flatMap(({ outputs }) => outputs.flatMap(({ frame }) => moviesIn(frame)))
    assert.isBelow(Math.max(...ratings.map(({ rating }) => rating)), 100)
  })
})
