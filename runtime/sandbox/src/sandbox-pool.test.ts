import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
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
import { SandboxPool } from "./sandbox-pool.ts"
import type { SandboxPoolOptions } from "./pool/pool-options.ts"
import type { SegmentCall, SegmentHost, SegmentSpec } from "./segment.ts"

function callOnce(
  spec: SegmentSpec,
  call: SegmentCall,
  host: SegmentHost = hostOf(),
  options: SandboxPoolOptions = {}
) {
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const pool = yield* SandboxPool
        const segment = yield* pool.open(spec)
        return yield* segment.call(call, host)
      })
    ).pipe(Effect.provide(SandboxPool.layer(options)))
  )
}

describe("a segment in its sandbox", () => {
  it("keeps the records that a filter keeps, as they are", async () => {
    const spec = segmentOf([nodeOf(bodyBundle("filter", "(movie) => movie.rating >= 7"))])
    const result = await callOnce(spec, callOf([inputOf(frameOf(movies(100)))]))
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame),
      movies(100).filter((movie) => movie.rating >= 7)
    )
    assert.deepInclude(result.counts[0], {
      node: "node",
      recordsIn: 100,
      recordsOut: 30,
      filtered: 70,
      failed: 0
    })
  })

  it("writes what a map answers", async () => {
    const node = nodeOf(bodyBundle("map", "(movie) => ({ ...movie, rating: movie.rating + 1 })"), {
      outputs: [movieOutput]
    })
    const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(movies(10)))]))
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame),
      movies(10).map((movie) => ({ ...movie, rating: movie.rating + 1 }))
    )
  })
})
