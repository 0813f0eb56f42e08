import { BatchWriter, checkBatch } from "@millrace/sdk/record"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { frameOf, inputOf, movies, moviesIn, schemaHash } from "../fixture/segment-fixture.ts"
import { cutFrame, mapFrame } from "./cut-frame.ts"
import { cutPiece, wholePiece } from "./piece.ts"

describe("cutting frames", () => {
  it("gives sound frames that hold all records once, in order, at their offsets", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (counts, size) => {
          const inputs = counts.map((count, place) => inputOf(frameOf(movies(count)), BigInt(place * 1000)))
          const pieces = cutPiece(wholePiece(inputs), size)
          const cut = pieces.flatMap((piece) =>
            piece.inputs.flatMap(({ frame, baseOffset }) =>
              moviesIn(frame).map(({ id }, place) => `${id}@${baseOffset + BigInt(place)}`)
            )
          )
          const whole = inputs.flatMap(({ frame, baseOffset }) =>
            moviesIn(frame).map(({ id }, place) => `${id}@${baseOffset + BigInt(place)}`)
          )
          assert.deepStrictEqual(cut, whole)
          assert.isTrue(
            pieces.every(
              (piece) => piece.count <= size && piece.inputs.every(({ frame }) => checkBatch(frame).count > 0)
            )
          )
        }
      ),
      { numRuns: 100 }
    )
  })

  it("keeps the control flag true to the records that are left", () => {
    const writer = new BatchWriter()
    writer.begin(schemaHash, 0)
    writer.append({ timestamp: 1, key: null }, new Uint8Array([1]))
    writer.appendControl("idle", 2)
    const map = mapFrame(writer.finish())
    assert.isFalse(checkBatch(cutFrame(map, 0, 1)).hasControl)
    assert.isTrue(checkBatch(cutFrame(map, 1, 2)).hasControl)
  })
})
