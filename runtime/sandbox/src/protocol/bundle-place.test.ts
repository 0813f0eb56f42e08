import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { callOnce, failureOf, withPool } from "../fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  inputOf,
  movies,
  nodeOf,
  segmentOf
} from "../fixture/segment-fixture.ts"
import { type BundlePlace, placesIn } from "./bundle-place.ts"

/** The text that a bundle has at a place. */
const textAt = (bundle: string, place: BundlePlace | undefined): string =>
  (bundle.split("\n")[(place?.line ?? 0) - 1] ?? "").slice((place?.column ?? 0) - 1)

const body = `(movie) => {
  const inner = () => { throw new Error("no") }
  return inner(movie)
}`

describe("the place of a plugin's error", () => {
  it("is told of a record that failed, innermost first", async () => {
    const bundle = bodyBundle("map", body)
    const call = callOf([inputOf(frameOf(movies(1)))])
    const result = await callOnce(segmentOf([nodeOf(bundle)]), call)
    const at = result.deadLetters[0]?.at ?? []
    assert.match(textAt(bundle, at[0]), /^new Error/)
    assert.match(textAt(bundle, at[1]), /^inner\(movie\)/)
  })

  it("is told of the first failures of a call only", async () => {
    const call = callOf([inputOf(frameOf(movies(100)))])
    const result = await callOnce(segmentOf([nodeOf(bodyBundle("map", body))]), call)
    assert.strictEqual(result.deadLetters.length, 100)
    assert.strictEqual(result.deadLetters.filter(({ at }) => at !== undefined).length, 32)
  })

  it("is told of a bundle that throws when it is loaded, and when it is read", async () => {
    const bundle = `const a = 1\n;(function load() { throw new Error("at once") })()`
    const call = callOf([inputOf(frameOf(movies(1)))])
    const opened = await failureOf(segmentOf([nodeOf(bundle)]), call)
    const read = await withPool((pool) => Effect.flip(pool.manifest(bundle)))
    for (const { at } of [opened, read]) assert.match(textAt(bundle, at?.[0]), /^new Error/)
  })

  it("is nowhere when what was thrown has no stack, or one that is not to be read", async () => {
    const call = callOf([inputOf(frameOf(movies(2)))])
    const thrown = `(movie) => { throw movie.id === "m0" ? "text" : Object.defineProperty(new Error("x"), "stack", { get() { throw 1 } }) }`
    const result = await callOnce(segmentOf([nodeOf(bodyBundle("map", thrown))]), call)
    assert.deepStrictEqual(
      result.deadLetters.map(({ at, message }) => [message, at]),
      [
        ["text", undefined],
        ["x", undefined]
      ]
    )
  })

  it("takes no more from a stack than eight places within bounds", () => {
    const frame = "at f (bundle.js:12:34)\n"
    assert.strictEqual(placesIn(frame.repeat(50)).length, 8)
    assert.deepStrictEqual(placesIn(`${frame} at g (bundle.js:99999999999:1) (other.js:1:1)`), [
      { line: 12, column: 34 }
    ])
    assert.deepStrictEqual(placesIn(17), [])
  })
})
