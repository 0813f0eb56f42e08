import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { callOnce } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
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

describe("a body that suspends", () => {
  const asking = `(movie) => pend((done, failed) => host.request("api", "get", JSON.stringify({ id: movie.id }), undefined, (error, result) => error ? failed(Object.assign(new Error(error.message), { _tag: error.code })) : done([{ ...movie, title: JSON.parse(result).title }])))`
  const node = (more = {}) =>
    nodeOf(bodyBundle("process", asking, { suspends: true, before: pend }), {
      outputs: [movieOutput],
      handles: ["api"],
      ...more
    })

  it("waits for the worker concurrently and answers in the order of input", async () => {
    let open = 0
    let most = 0
    const host = hostOf((request) =>
      Effect.gen(function* () {
        open += 1
        most = Math.max(most, open)
        yield* Effect.sleep(
          request.payload !== null && JSON.stringify(request.payload).includes("m1") ? 20 : 1
        )
        open -= 1
        return { result: { title: JSON.stringify(request.payload) } }
      })
    )
    const result = await callOnce(segmentOf([node()]), callOf([inputOf(frameOf(movies(300)))]), host)
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ title }) => title),
      movies(300).map(({ id }) => `{"id":"${id}"}`)
    )
    assert.isAbove(most, 10)
    assert.isAtMost(most, 128)
  })

  it("asks in the name of its own node, also after another", async () => {
    const first = nodeOf(bodyBundle("filter", "() => true"), { node: "first", handles: ["api"] })
    const asked: string[] = []
    const host = hostOf((request) =>
      Effect.sync(() => ({ result: { title: String(asked.push(request.node)) } }))
    )
    const call = callOf([inputOf(frameOf(movies(2)))])
    const result = await callOnce(segmentOf([first, node({ node: "second" })]), call, host)
    assert.deepStrictEqual([asked, moviesIn(result.outputs[0].frame).length], [["second", "second"], 2])
    const refused = await callOnce(segmentOf([first, node({ node: "third", handles: [] })]), call, host)
    assert.deepStrictEqual(
      refused.deadLetters.map(({ node: name, tag }) => [name, tag]),
      [
        ["third", "PERMISSION_DENIED"],
        ["third", "PERMISSION_DENIED"]
      ]
    )
  })

  it("leaves alone what an earlier node answered, whatever bytes it sends", async () => {
    const failing = nodeOf(
      bodyBundle("process", "(movie) => { if (movie.rating === 1) throw new Error('no'); return [movie] }"),
      {
        node: "first",
        outputs: [movieOutput]
      }
    )
    const sending = nodeOf(
      bodyBundle(
        "process",
        '(movie) => pend((done) => host.request("api", "put", "{}", new Uint8Array(5000).fill(9), () => done([movie])))',
        { suspends: true, before: pend }
      ),
      { node: "second", outputs: [movieOutput], handles: ["api"] }
    )
    const host = hostOf(() => Effect.succeed({ result: null }))
    const call = callOf([inputOf(frameOf(movies(3)))])
    const result = await callOnce(segmentOf([failing, sending]), call, host)
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ id }) => id),
      ["m0", "m2"]
    )
    assert.deepStrictEqual(
      result.deadLetters.map(({ node: name, code, frame }) => [name, code, frame && moviesIn(frame)]),
      [["first", "PLUGIN_FAILED", movies(3).slice(1, 2)]]
    )
  })

  it("runs one at a time within a key", async () => {
    const call = `(movie, record) => pend((done) => { const c = record.state("count"); const n = (c.get() ?? 0); host.request("api", "get", "{}", undefined, () => { c.set(n + 1); done([{ ...movie, rating: n + 1 }]) }) })`
    const keyed = nodeOf(bodyBundle("process", call, { suspends: true, before: pend }), {
      outputs: [movieOutput],
      handles: ["api"],
      state: [countState]
    })
    const list = ["a", "a", "b", "a"].map((id) => ({ id, title: "", rating: 0 }))
    const result = await callOnce(
      segmentOf([keyed]),
      callOf([inputOf(frameOf(list))]),
      hostOf(() => Effect.succeed({ result: null }))
    )
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ rating }) => rating),
      [1, 2, 1, 3]
    )
  })

  it("sets aside the record whose request is refused, with the code", async () => {
    const result = await callOnce(segmentOf([node()]), callOf([inputOf(frameOf(movies(2)))]))
    assert.deepStrictEqual(
      result.deadLetters.map(({ tag, message }) => [tag, message]),
      [
        ["PERMISSION_DENIED", "no get here"],
        ["PERMISSION_DENIED", "no get here"]
      ]
    )
  })

  it("refuses a handle that the plugin does not declare without asking the worker", async () => {
    let asked = 0
    const host = hostOf(() => Effect.sync(() => ({ result: (asked += 1) })))
    const result = await callOnce(
      segmentOf([node({ handles: [] })]),
      callOf([inputOf(frameOf(movies(1)))]),
      host
    )
    assert.deepStrictEqual([result.deadLetters[0].tag, asked], ["PERMISSION_DENIED", 0])
  })

  it("tries again as often as the node says", async () => {
    let asked = 0
    const host = hostOf(() =>
      (asked += 1) < 3
        ? Effect.fail({ _tag: "HostRequestError", code: "HTTP_503", message: "later" })
        : Effect.succeed({ result: { title: "now" } })
    )
    const result = await callOnce(
      segmentOf([node({ maxRetries: 3 })]),
      callOf([inputOf(frameOf(movies(1)))]),
      host
    )
    assert.deepStrictEqual([moviesIn(result.outputs[0].frame)[0].title, asked], ["now", 3])
  })

  it("sleeps by setTimeout, and sees immediates and microtasks", async () => {
    const call = `(movie) => pend((done) => setTimeout((x) => setImmediate(() => queueMicrotask(() => Promise.resolve().then(() => done([{ ...movie, title: x }])))), 5, "slept"))`
    const sleeping = nodeOf(bodyBundle("process", call, { suspends: true, before: pend }), {
      outputs: [movieOutput]
    })
    const result = await callOnce(segmentOf([sleeping]), callOf([inputOf(frameOf(movies(3)))]))
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ title }) => title),
      ["slept", "slept", "slept"]
    )
  })

  it("sets a record aside that waits for nothing", async () => {
    const stuck = nodeOf(
      bodyBundle("process", "(movie) => movie.rating === 1 ? pend(() => {}) : [movie]", {
        suspends: true,
        before: pend
      }),
      { outputs: [movieOutput] }
    )
    const result = await callOnce(segmentOf([stuck]), callOf([inputOf(frameOf(movies(3)))]))
    assert.deepStrictEqual(
      result.deadLetters.map(({ code, offset }) => [code, offset]),
      [["DEADLINE_EXCEEDED", 1n]]
    )
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ id }) => id),
      ["m0", "m2"]
    )
  })

  it("waits for the worker longer than its own deadline, but not for ever", async () => {
    const host = hostOf(({ payload }) =>
      JSON.stringify(payload).includes("m1")
        ? Effect.never
        : Effect.as(Effect.sleep(400), { result: { title: "answered" } })
    )
    const spec = { ...segmentOf([node()]), limits: { ...segmentOf([node()]).limits, deadlineMs: 300 } }
    const result = await callOnce(spec, callOf([inputOf(frameOf(movies(3)))]), host, { maxWaitMs: 1000 })
    assert.deepStrictEqual(
      result.deadLetters.map(({ code, offset, message }) => [code, offset, message]),
      [["DEADLINE_EXCEEDED", 1n, "at node: the call waited more than 1 s for answers to its requests"]]
    )
    assert.deepStrictEqual(
      result.outputs.flatMap(({ frame }) => moviesIn(frame)).map(({ id }) => id),
      ["m0", "m2"]
    )
  })
})
