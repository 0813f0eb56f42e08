import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { assert, describe, it } from "vitest"
import { Pace } from "./driver/pace.ts"
import { splitPiece, wholePiece } from "./driver/piece.ts"
import { withPool, withSegment } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  bundleOf,
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

describe("the pace of a segment", () => {
  it("fits as many records into a run as it takes that long", () => {
    const pace = new Pace()
    pace.note(100, 2_500)
    assert.strictEqual(pace.fitting(1_000), 40)
  })

  it("fits one record where one takes longer", () => {
    const pace = new Pace()
    pace.note(1, 5_000)
    assert.strictEqual(pace.fitting(1_000), 1)
  })

  it("follows a plugin that becomes faster", () => {
    const pace = new Pace()
    pace.note(1, 100)
    for (let run = 0; run < 12; run++) pace.note(1_000, 10)
    assert.isAbove(pace.fitting(1_000), 10_000)
  })

  it("is no matter of a run without records", () => {
    const pace = new Pace()
    pace.note(10, 100)
    pace.note(0, 9_000)
    assert.strictEqual(pace.fitting(1_000), 100)
  })
})

describe("a piece that is split", () => {
  const piece = wholePiece([inputOf(frameOf(movies(30)), 100n), inputOf(frameOf(movies(25)), 500n)])
  const parts = (size: number) => {
    const sizes: number[] = []
    const ids: string[] = []
    const offsets: bigint[] = []
    for (let rest = splitPiece(piece, size); ; rest = splitPiece(rest.tail, size)) {
      sizes.push(rest.head.count)
      for (const { baseOffset, frame } of rest.head.inputs) {
        const found = moviesIn(frame)
        ids.push(...found.map(({ id }) => id))
        offsets.push(...found.map((_, place) => baseOffset + BigInt(place)))
      }
      if (rest.tail === undefined) return { sizes, ids, offsets }
    }
  }
  const expected = [...movies(30), ...movies(25)].map(({ id }) => id)
  const places = [
    ...Array.from({ length: 30 }, (_, place) => 100n + BigInt(place)),
    ...Array.from({ length: 25 }, (_, place) => 500n + BigInt(place))
  ]

  it.each([1, 7, 20, 27, 28, 55, Infinity])("into runs of %s has each record once, in its place", (size) => {
    const { ids, offsets, sizes } = parts(size)
    assert.deepStrictEqual(ids, expected)
    assert.deepStrictEqual(offsets, places)
    assert.strictEqual(
      sizes.reduce((sum, one) => sum + one, 0),
      55
    )
    for (const one of sizes) assert.isAtMost(one, 2 * size)
  })
})

describe("a call that is run in parts", () => {
  it("counts on where the part before stopped", async () => {
    const body =
      "(movie, record) => { const count = record.state('count'); const n = (count.get() ?? 0) + 1; count.set(n); return [{ ...movie, rating: n }] }"
    const node = nodeOf(bodyBundle("process", body), { outputs: [movieOutput], state: [countState] })
    const list = Array.from({ length: 1_000 }, (_, place) => ({ id: `k${place % 7}`, title: "", rating: 0 }))
    let runs = 0
    const result = await withSegment(
      segmentOf([node]),
      (segment) => segment.call(callOf([inputOf(frameOf(list))]), hostOf()),
      { onPoint: (name) => void (runs += name === "before-call" ? 1 : 0) }
    )
    assert.isAbove(runs, 1)
    assert.deepStrictEqual(
      result.outputs.flatMap(({ frame }) => moviesIn(frame).map(({ id, rating }) => `${id}:${rating}`)),
      list.map(({ id }, place) => `${id}:${1 + Math.floor(place / 7)}`)
    )
    assert.deepStrictEqual(
      result.counts.map(({ recordsIn, recordsOut }) => [recordsIn, recordsOut]),
      [[1_000, 1_000]]
    )
  })
})

describe("a sink's batch", () => {
  it("is one write of one id, however many records it has", async () => {
    const body = `{ kind: "sink", transactional: false,
      write: (batch, info) => { host.log("info", info.id + " " + batch.length, "{}"); return { failed: [] } } }`
    const view = nodeOf(bodyBundle("map", "(movie) => movie")).views
    const node = nodeOf(bundleOf(body), { kind: "sink", views: view, outputs: [] })
    const call = callOf([inputOf(frameOf(movies(1_000)))], {
      sink: { id: "s", firstOffset: 0n, lastOffset: 999n, tokenJson: undefined }
    })
    const messages = await withSegment(segmentOf([node]), (segment) =>
      Effect.gen(function* () {
        const first = yield* segment.call(call, hostOf())
        const again = yield* segment.call(call, hostOf())
        return [...first.logs, ...again.logs].map(({ message }) => message)
      })
    )
    assert.deepStrictEqual(messages, ["s 1000", "s 1000"])
  })
})

describe("a call that waits for the process", () => {
  it("has its whole deadline when its turn comes", async () => {
    const spin = (times: string) => `for (let i = 0; i < ${times}; i++) Math.sqrt(i)`
    const slow = nodeOf(bodyBundle("process", `(movie) => { ${spin("2e9")}; return [movie] }`), {
      node: "slow",
      outputs: [movieOutput]
    })
    const asking = `(movie) => pend((done) => host.request("api", "get", "{}", undefined, () => { ${spin("1e6")}; done([movie]) }))`
    const quick = nodeOf(bodyBundle("process", asking, { suspends: true, before: pend }), {
      node: "quick",
      outputs: [movieOutput],
      handles: ["api"]
    })
    const stopped: string[] = []
    const outputs = await withPool(
      (pool) =>
        Effect.gen(function* () {
          const within = (deadlineMs: number) => ({ ...segmentOf([quick]).limits, deadlineMs })
          const first = yield* pool.open(segmentOf([slow], { id: "slow", limits: within(60_000) }))
          const second = yield* pool.open(segmentOf([quick], { id: "quick", limits: within(1_000) }))
          const call = callOf([inputOf(frameOf(movies(1)))])
          const running = yield* Effect.forkChild(first.call(call, hostOf()))
          yield* Effect.yieldNow
          const result = yield* second.call(
            call,
            hostOf(() => Effect.succeed({ result: {} }))
          )
          yield* Fiber.join(running)
          return [result.outputs.length, result.deadLetters.length]
        }),
      { onPoint: (name) => void (name === "isolating" && stopped.push(name)) }
    )
    assert.deepStrictEqual([outputs, stopped], [[1, 0], []])
  })
})
