import { generateMapKey } from "@millrace/sdk/codec"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { BatchCursor, StateEntryCursor, StateEntryWriter, textOfKey } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { callOnce, failureOf, withSegment } from "./fixture/pool-fixture.ts"
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
  rekeyedOutput,
  segmentOf,
  valueText
} from "./fixture/segment-fixture.ts"
import type { SegmentHost } from "./segment.ts"

describe("a processor in its sandbox", () => {
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

  it("writes what a map answers, and a new key where one is asked for", async () => {
    const node = nodeOf(bodyBundle("map", "(movie) => ({ ...movie, rating: movie.rating + 1 })"), {
      outputs: [rekeyedOutput]
    })
    const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(movies(10)))]))
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame),
      movies(10).map((movie) => ({ ...movie, rating: movie.rating + 1 }))
    )
    const cursor = new BatchCursor(result.outputs[0].frame)
    cursor.next()
    assert.strictEqual(textOfKey(cursor.key() ?? new Uint8Array(0)), "Movie 0")
  })

  it("writes none, one or many records to named outputs", async () => {
    const call =
      "(movie) => movie.rating < 2 ? undefined : movie.rating < 5 ? [movie] : { output: [movie, movie], other: [movie] }"
    const node = nodeOf(bodyBundle("process", call), {
      outputs: [movieOutput, { ...movieOutput, name: "other" }]
    })
    const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(movies(10)))]))
    assert.deepStrictEqual(
      result.outputs.map(({ output, frame }) => [output, moviesIn(frame).length]),
      [
        ["output", 13],
        ["other", 5]
      ]
    )
    assert.deepInclude(result.counts[0], { recordsIn: 10, recordsOut: 18, filtered: 2 })
  })

  it("sets a record aside whose body throws, and keeps its neighbours", async () => {
    const call = `(movie) => { if (movie.rating === 3) { const e = new Error("three"); e._tag = "Three"; throw e } return true }`
    const result = await callOnce(
      segmentOf([nodeOf(bodyBundle("filter", call))]),
      callOf([inputOf(frameOf(movies(20)), 40n)])
    )
    assert.deepStrictEqual(moviesIn(result.outputs[0].frame).length, 18)
    const letters = result.deadLetters.map(({ code, tag, message, topic, offset, frame }) => ({
      code,
      tag,
      message,
      topic,
      offset,
      id: moviesIn(frame ?? new Uint8Array(0))[0].id
    }))
    assert.deepStrictEqual(letters, [
      { code: "PLUGIN_FAILED", tag: "Three", message: "three", topic: "movies", offset: 43n, id: "m3" },
      { code: "PLUGIN_FAILED", tag: "Three", message: "three", topic: "movies", offset: 53n, id: "m13" }
    ])
  })

  it("stops the segment where the policy is fail, and says at which record", async () => {
    const node = nodeOf(bodyBundle("filter", `() => { throw new Error("no") }`), { onError: "fail" })
    const error = await failureOf(segmentOf([node]), callOf([inputOf(frameOf(movies(3)), 7n)]))
    assert.deepInclude(error, {
      _tag: "SegmentError",
      code: "PLUGIN_FAILED",
      node: "node",
      message: "no (record movies/0@7)"
    })
  })

  it("hands records over between the nodes of a segment", async () => {
    const keep = nodeOf(bodyBundle("filter", "(movie) => movie.rating >= 5"), { node: "keep" })
    const twice = nodeOf(bodyBundle("process", "(movie) => [movie, movie]"), {
      node: "twice",
      outputs: [movieOutput]
    })
    const call = `(movie, record) => { if (movie.rating === 6) throw new Error(record.position.offset); return { ...movie, title: record.position.offset } }`
    const last = nodeOf(bodyBundle("map", call), { node: "last", outputs: [movieOutput] })
    const result = await callOnce(
      segmentOf([keep, twice, last]),
      callOf([inputOf(frameOf(movies(10)), 100n)])
    )
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ title }) => title),
      ["105", "105", "107", "107", "108", "108", "109", "109"]
    )
    assert.deepStrictEqual(
      result.counts.map(({ node, recordsIn, recordsOut, failed }) => [node, recordsIn, recordsOut, failed]),
      [
        ["keep", 10, 5, 0],
        ["twice", 5, 10, 0],
        ["last", 10, 8, 2]
      ]
    )
    assert.deepStrictEqual(
      result.deadLetters.map(({ node, offset, message }) => [node, offset, message]),
      [
        ["last", 106n, "106"],
        ["last", 106n, "106"]
      ]
    )
  })

  it("gives the same clock and random numbers when a batch is run again, however it is cut", async () => {
    const node = () =>
      nodeOf(
        bodyBundle(
          "map",
          "(movie, record) => ({ ...movie, title: [Date.now(), new Date().getTime(), record.now, record.random(), Math.random()].join() })"
        ),
        { outputs: [movieOutput] }
      )
    const whole = await callOnce(segmentOf([node()]), callOf([inputOf(frameOf(movies(4)), 10n)]))
    const part = await callOnce(segmentOf([node()]), callOf([inputOf(frameOf(movies(4).slice(2)), 12n)]))
    const titles = moviesIn(whole.outputs[0].frame).map(({ title }) => title)
    assert.deepStrictEqual(
      moviesIn(part.outputs[0].frame).map(({ title }) => title),
      titles.slice(2)
    )
    assert.strictEqual(new Set(titles).size, 4)
    assert.isTrue(titles.every((title) => title.startsWith("1700000000000,1700000000000,1700000000000,0.")))
  })

  it("writes logs and metrics with control characters escaped and labels bounded", async () => {
    const call = `(movie) => { console.warn("a\\nb\\u001b[31m", { x: 1 }); host.metric("seen", "counter", JSON.stringify({ id: movie.id }), 1); return true }`
    const result = await callOnce(
      segmentOf([nodeOf(bodyBundle("filter", call))]),
      callOf([inputOf(frameOf(movies(150)))])
    )
    assert.deepInclude(result.logs[0], {
      node: "node",
      level: "warn",
      message: "a\\u000ab\\u001b[31m { x: 1 }"
    })
    assert.isAtMost(new Set(result.metrics.map(({ labels }) => labels)).size, 101)
    assert.strictEqual(result.metrics.length, 150)
  })
})

describe("a call that is too large", () => {
  it("is run in parts, whose outputs follow each other", async () => {
    const wide = nodeOf(bodyBundle("map", "(movie) => ({ ...movie, title: 'x'.repeat(20000) })"), {
      outputs: [movieOutput]
    })
    const limits = { memoryMiB: 64, deadlineMs: 5000, maxOutputBytes: 300_000, maxOutputRecordsPerInput: 10 }
    const result = await callOnce(segmentOf([wide], { limits }), callOf([inputOf(frameOf(movies(60)))]))
    assert.isAbove(result.outputs.length, 3)
    const ids = result.outputs.flatMap(({ frame }) => moviesIn(frame).map(({ id }) => id))
    assert.deepStrictEqual(
      ids,
      movies(60).map(({ id }) => id)
    )
    assert.deepStrictEqual([result.counts[0].recordsIn, result.deadLetters.length], [60, 0])
  })

  it("tells what its records say once, though some are handled twice", async () => {
    const call = `(movie) => { const say = (what) => { host.log("info", movie.id + what, "{}"); host.metric("seen", "counter", "{}", 1) }; say(""); Promise.resolve().then(() => say(" later")); return { ...movie, title: "x".repeat(20000) } }`
    const wide = nodeOf(bodyBundle("map", call), { outputs: [movieOutput] })
    const limits = { memoryMiB: 64, deadlineMs: 5000, maxOutputBytes: 300_000, maxOutputRecordsPerInput: 10 }
    const results = await withSegment(segmentOf([wide], { limits }), (segment) =>
      Effect.forEach([60, 1, 1], (count) => segment.call(callOf([inputOf(frameOf(movies(count)))]), hostOf()))
    )
    const said = results.flatMap(({ logs }) => logs.map(({ message }) => message))
    const records = said.filter((message) => !message.endsWith("later"))
    assert.deepStrictEqual(
      records,
      [...movies(60), ...movies(1), ...movies(1)].map(({ id }) => id)
    )
    // What the last call's bodies say later nobody asks for any more.
    assert.lengthOf(said, 62 + 61)
    assert.lengthOf(
      results.flatMap(({ metrics }) => metrics),
      62 + 61
    )
  })

  it("loses module variables between calls where that is asked for", async () => {
    const counter = nodeOf(
      bodyBundle("map", "(movie) => ({ ...movie, rating: ++seen })", { before: "let seen = 0;" }),
      { outputs: [movieOutput] }
    )
    const ratings = (freshPerCall: boolean) =>
      withSegment(
        segmentOf([counter]),
        (segment) =>
          Effect.gen(function* () {
            yield* segment.call(callOf([inputOf(frameOf(movies(3)))]), hostOf())
            const result = yield* segment.call(callOf([inputOf(frameOf(movies(1)))]), hostOf())
            return moviesIn(result.outputs[0].frame)[0].rating
          }),
        { freshPerCall }
      )
    assert.deepStrictEqual([await ratings(false), await ratings(true)], [4, 1])
  })
})

describe("keyed state", () => {
  const counting =
    "(movie, record) => { const count = record.state('count'); count.set((count.get() ?? 0) + 1); if (movie.title === 'bad') throw new Error('bad'); return [{ ...movie, rating: count.get() }] }"
  const list = ["a", "b", "a", "a", "b"].map((id, place) => ({
    id,
    title: place === 2 ? "bad" : "ok",
    rating: 0
  }))

  it("counts by key, and takes back what a failed record changed", async () => {
    const node = nodeOf(bodyBundle("process", counting), { outputs: [movieOutput], state: [countState] })
    const asked: string[] = []
    const host: SegmentHost = {
      ...hostOf(),
      readState: (keys) => {
        asked.push(...keys.map((key) => (key === null ? "null" : textOfKey(key))))
        const writer = new StateEntryWriter()
        writer.put(0, keys[0], undefined, 0, new Uint8Array([20]))
        return Effect.succeed(writer.finish())
      }
    }
    const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(list))]), host)
    assert.deepStrictEqual(asked, ["a", "b"])
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ id, rating }) => [id, rating]),
      [
        ["a", 11],
        ["b", 1],
        ["a", 12],
        ["b", 2]
      ]
    )
    assert.deepStrictEqual(entriesIn(result.state), [
      ["put", "a", 24],
      ["put", "b", 4]
    ])
  })

  it("keeps a map by its keys' bytes and clears it", async () => {
    const call = `(movie, record) => { const m = record.state('titles'); if (movie.id === 'z') { m.delete(); return [] } m.set(movie.rating, movie.title); return [{ ...movie, title: [...m.entries()].map(([k, v]) => k + v).join() }] }`
    const state = {
      name: "titles",
      kind: "map",
      codec: valueText('"double"'),
      mapKeyCodec: generateMapKey(parseAvroOrThrow('"string"'))
    } as const
    const node = nodeOf(bodyBundle("process", call), { outputs: [movieOutput], state: [state] })
    const titles = ["c", "a", "b"].map((title, place) => ({ id: "x", title, rating: place }))
    const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(titles))]))
    assert.deepStrictEqual(
      moviesIn(result.outputs[0].frame).map(({ title }) => title),
      ["c0", "a1,c0", "a1,b2,c0"]
    )
    assert.deepStrictEqual(entriesIn(result.state).length, 3)
  })
})

function entriesIn(state: Uint8Array): readonly (readonly [string, string, number])[] {
  const cursor = new StateEntryCursor(state)
  const entries: (readonly [string, string, number])[] = []
  while (cursor.next())
    entries.push([cursor.operation, textOfKey(cursor.key() ?? new Uint8Array(0)), cursor.value()[0]])
  return entries
}
