import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { cutPiece, splitPiece, wholePiece } from "./driver/piece.ts"
import { offsetAt } from "./driver/offsets.ts"
import { callOnce } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  inputOf,
  movieOutput,
  movies,
  moviesIn,
  nodeOf,
  segmentOf
} from "./fixture/segment-fixture.ts"
import type { InputFrame } from "./segment.ts"

/** A frame whose records stand at these offsets. */
function inputAt(offsets: readonly number[]): InputFrame {
  const base = offsets[0] ?? 0
  const leaps: number[] = []
  for (const [index, offset] of offsets.entries()) {
    const beyond = offset - base - index
    if (beyond > (leaps.at(-1) ?? 0)) leaps.push(index, beyond)
  }
  return { ...inputOf(frameOf(movies(offsets.length)), BigInt(base)), leaps }
}

function placesOf(inputs: readonly InputFrame[]): readonly string[] {
  return inputs.flatMap((input) =>
    moviesIn(input.frame).map(({ id }, index) => `${id}@${offsetAt(input, index)}`)
  )
}

const offsets = fc.uniqueArray(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 30 })

describe("records between which others are gone", () => {
  it("keep their offsets however their frame is cut", () => {
    fc.assert(
      fc.property(
        fc.array(offsets, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 12 }),
        (all, size) => {
          const sorted = all.map((one) => one.toSorted((left, right) => left - right))
          const whole = wholePiece(sorted.map(inputAt))
          const expected = sorted.flatMap((one) => one.map((offset, index) => `m${index}@${offset}`))
          assert.deepStrictEqual(placesOf(whole.inputs), expected)
          assert.deepStrictEqual(
            cutPiece(whole, size).flatMap(({ inputs }) => placesOf(inputs)),
            expected
          )
          const { head, tail } = splitPiece(whole, size)
          assert.deepStrictEqual([...placesOf(head.inputs), ...placesOf(tail?.inputs ?? [])], expected)
        }
      )
    )
  })

  it("are told by their offsets to every node of a segment, in dead letters and in errors", async () => {
    const body = (suffix: string) =>
      `(movie, record) => { if (movie.id === "m3") throw new Error(record.position.offset); return { ...movie, title: record.position.offset${suffix} } }`
    const pass = nodeOf(
      bodyBundle("map", `(movie, record) => ({ ...movie, title: record.position.offset })`),
      {
        node: "pass",
        outputs: [movieOutput]
      }
    )
    const last = nodeOf(bodyBundle("map", body(` + "=" + movie.title`)), {
      node: "last",
      outputs: [movieOutput]
    })
    const inputs = [inputAt([100, 101, 107, 300, 301]), inputAt([900, 902])]
    const result = await callOnce(segmentOf([pass, last]), callOf(inputs))
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ title }) => title),
      ["100", "101", "107", "301", "900", "902"].map((offset) => `${offset}=${offset}`)
    )
    assert.deepStrictEqual(
      result.deadLetters.map(({ message, offset }) => [message, offset]),
      [["300", 300n]]
    )
  })
})
