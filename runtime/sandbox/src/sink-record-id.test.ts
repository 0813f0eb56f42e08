import { generateView } from "@millrace/sdk/codec"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { withSegment } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  bundleOf,
  callOf,
  frameOf,
  hostOf,
  inputOf,
  movieOutput,
  movies,
  movieSchema,
  nodeOf,
  pend,
  segmentOf
} from "./fixture/segment-fixture.ts"

const view = generateView({
  writer: movieSchema,
  reads: { form: "whole", reader: movieSchema },
  output: "none"
})
const twice = nodeOf(
  bodyBundle("process", "(movie) => movie.rating === 1 ? [] : [movie, { ...movie, title: 'again' }]"),
  { node: "twice", outputs: [movieOutput] }
)
const sink = nodeOf(
  bundleOf(
    `{ kind: "sink", transactional: false, write: (batch) => pend((done) =>
      host.request("ids", "tell", JSON.stringify(batch.map((r) => [r.value.id, r.id])), undefined, () => done({ failed: [] }))) }`,
    pend
  ),
  { kind: "sink", views: { input: view }, outputs: [], handles: ["ids"] }
)

/** What the sink is told when it is called from the movie at `from` to the one before `to`. */
const idsOf = async (from: number, to: number, recordPrefix?: string): Promise<unknown> => {
  let told: unknown
  const host = hostOf(({ payload }) => Effect.sync(() => ({ result: (told = payload) })))
  const place = {
    id: `p/out/0/${from}`,
    firstOffset: BigInt(from),
    lastOffset: BigInt(to),
    tokenJson: undefined
  }
  const inputs = [inputOf(frameOf(movies(to).slice(from)), BigInt(from))]
  const call = callOf(inputs, {
    sink: recordPrefix === undefined ? place : { ...place, recordPrefix }
  })
  await withSegment(segmentOf([twice, sink]), (segment) => segment.call(call, host))
  return told
}

describe("the id of a sink's record", () => {
  it("names where the record comes from, and its number among those that come from there", async () => {
    assert.deepStrictEqual(await idsOf(0, 3, "p/out"), [
      ["m0", "p/out/movies/0/0"],
      ["m0", "p/out/movies/0/0.1"],
      ["m2", "p/out/movies/0/2"],
      ["m2", "p/out/movies/0/2.1"]
    ])
  })

  it("is the same when the batch is cut elsewhere", async () => {
    assert.deepStrictEqual(await idsOf(2, 3, "p/out"), [
      ["m2", "p/out/movies/0/2"],
      ["m2", "p/out/movies/0/2.1"]
    ])
  })

  it("begins with the batch's id where nothing else is given", async () => {
    assert.deepStrictEqual(await idsOf(2, 3), [
      ["m2", "p/out/0/2/movies/0/2"],
      ["m2", "p/out/0/2/movies/0/2.1"]
    ])
  })
})
