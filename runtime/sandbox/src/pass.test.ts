import { BatchCursor, BatchWriter, keyOfText } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import {
  alike,
  alikeLogs,
  calls,
  five,
  frames,
  liked,
  type Member,
  member,
  rated,
  renamed,
  same,
  scored,
  segment,
  shouted,
  shoutedFirst,
  slim,
  slimmed,
  tellsHow
} from "./fixture/pass-fixture.ts"
import { failureOf, withPool, withSegment } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  frameOf,
  hostOf,
  inputOf,
  movies,
  movieSchema,
  nodeOf
} from "./fixture/segment-fixture.ts"

describe("neighbours in a pass", () => {
  it("come to what they come to node by node", async () => {
    const results = await alike(five(), frames)
    const last = results.at(-1) ?? assert.fail("no result")
    assert.deepStrictEqual(
      last.counts.map(({ filtered, node, recordsIn, recordsOut }) => [node, recordsIn, recordsOut, filtered]),
      [
        ["liked", 51, 33, 18],
        ["renamed", 33, 33, 0],
        ["shouted", 33, 33, 0],
        ["rated", 33, 33, 0],
        ["slimmed", 33, 33, 0]
      ]
    )
  })

  it("are called one by one twice, and then in passes", async () => {
    const how = (answer: string) => `(movie) => { ${tellsHow}; return ${answer} }`
    const results = await alikeLogs([liked(how("movie.rating >= 3")), shoutedFirst(how("({ title: 'x' })"))])
    assert.deepStrictEqual(results, [["alone"], ["alone"], ["pass"], ["pass"], ["pass"]])
  })

  it("see of a record what they see by themselves", async () => {
    const look = `(value, record) => { host.log("info", [record.timestamp, record.watermark, record.now, record.random(), record.random(),
      Math.random(), JSON.stringify(record.position), String(record.key), record.key === null || record.key.constructor === Uint8Array,
      JSON.stringify(record.headers.map(([name, bytes]) => [name, bytes.constructor === Uint8Array, String(bytes)])), record.headers.constructor === undefined].join(" "), "{}"); return %; }`
    const looking = (answer: string) => look.replace("%", answer)
    const members = [
      liked(looking("value.rating >= 3")),
      renamed(looking("({})")),
      shouted(looking("({ name: value.name })")),
      rated(looking("({ score: 1 })"))
    ]
    const headed = () => {
      const batch = new BatchWriter()
      batch.begin(new Uint8Array(32).fill(7), 5_000)
      const cursor = new BatchCursor(frameOf(movies(12)))
      const trace = new TextEncoder().encode("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
      while (cursor.next()) {
        const headers = [
          ["traceparent", trace],
          ["other", Uint8Array.of(cursor.index)]
        ] as const
        const parts = {
          timestamp: cursor.timestamp,
          watermark: cursor.index % 4 === 0 ? 1_003 : 900,
          key: cursor.index % 5 === 0 ? null : keyOfText(`k${cursor.index}`),
          ...(cursor.index % 3 === 0 ? { headers } : {})
        }
        batch.append(parts, cursor.value())
      }
      return batch.finish()
    }
    const results = await alike(members, (call) => [
      inputOf(headed(), BigInt(call * 20)),
      inputOf(frameOf(movies(5)), BigInt(call * 20 + 12))
    ])
    const { counts, logs, traces } = results.at(-1) ?? assert.fail("no result")
    assert.isAbove(logs.length, 30)
    assert.deepStrictEqual(
      traces
        .map(({ node, out, outcome }) => [node, outcome, out])
        .filter(([, outcome]) => outcome === "filtered"),
      [["liked", "filtered", 0]]
    )
    assert.isAbove(counts[0].late, 0)
    assert.include(logs.at(-1)?.message ?? "", "true")
  })

  it("read texts, be the frame given as text too or not", async () => {
    const title = (place: number) => `${place % 3 === 0 ? "Amélie " : "Brazil "}${"x".repeat(40 + place)}`
    const list = movies(60).map((movie, place) => ({ ...movie, title: title(place) }))
    const results = await alike(
      [
        member("liked", movieSchema, ["title", "id"], "same", "filter", "({ id, title }) => id !== title"),
        renamed(),
        rated("({ id, rating }) => ({ score: id.length + rating })"),
        member(
          "told",
          scored,
          ["id", "name"],
          { schema: slim, copies: same("name", "rating", "score") },
          "map",
          "({ id, name }) => { if (id.length > name.length) throw 1; return {} }"
        )
      ],
      () => [inputOf(frameOf(list)), inputOf(frameOf(list.slice(7)))]
    )
    assert.strictEqual(results.at(-1)?.counts[3].recordsOut, 113)
  })

  it("set aside what fails, whichever of them it fails at", async () => {
    const odd = (text: string) =>
      `(movie) => { if (movie.rating === 4) throw new Error("four"); return ${text} }`
    for (const members of [
      [liked(odd("true")), renamed(), shouted()],
      [liked(), renamed(), shouted(), rated("({ rating }) => ({ score: rating === 5 ? 'much' : 1 })")],
      [liked(), renamed(), rated(odd("({ score: 1 })"), { onError: "skip" }), slimmed()],
      [liked("(movie) => movie.rating === 6 ? 1 : true"), renamed()],
      [
        liked(),
        shoutedFirst("(movie, record) => { const x = { title: 'x' }; record.stamp(x, 77, 5); return x }")
      ]
    ]) {
      const results = await alike(members, frames)
      assert.strictEqual(results.length, calls)
    }
  })

  it("let deletes pass, and go on in passes when there are none any more", async () => {
    const deleting = () => {
      const batch = new BatchWriter()
      batch.begin(new Uint8Array(32).fill(7), 1_000)
      batch.append({ timestamp: 1_000, key: keyOfText("gone") }, null)
      return batch.finish()
    }
    const results = await alike(five(), (call) => [inputOf(call === 3 ? deleting() : frameOf(movies(9)))])
    assert.deepStrictEqual(
      results.map(({ counts }) => counts[4].recordsOut),
      [6, 6, 6, 1, 6]
    )
  })

  it("keep what was said and counted once where a pass comes to nothing", async () => {
    const saying = `(movie) => { host.log("info", "seen", "{}"); host.metric("seen", "counter", "{}", 1); return true }`
    const failing = "({ rating }) => { if (rating === 5) throw new Error('five'); return { score: 1 } }"
    const sizes = [5, 5, 5, 8, 5]
    const results = await alike([liked(saying), renamed(), rated(failing)], (call) => [
      inputOf(frameOf(movies(sizes[call] ?? 0)))
    ])
    assert.deepStrictEqual(
      results.map(({ deadLetters, logs, metrics }) => [logs.length, metrics.length, deadLetters.length]),
      [
        [5, 5, 0],
        [5, 5, 0],
        [5, 5, 0],
        [8, 8, 1],
        [5, 5, 0]
      ]
    )
  })

  it("hand over to a node that is of no pass, and take over from one", async () => {
    const doubling = member("doubling", movieSchema, ["rating"], "same", "map", "() => ({})", {
      onError: "fail"
    })
    const many: Member = {
      view: { ...doubling.view, reads: { form: "whole", reader: movieSchema }, output: "none" },
      spec: nodeOf(bodyBundle("process", "(movie) => movie.rating > 5 ? [movie] : []"), { node: "many" })
    }
    const results = await alike(
      [liked(), doubling, many, liked("(m) => m.rating < 8"), renamed(), shouted()],
      frames
    )
    assert.deepStrictEqual(
      (results.at(-1) ?? assert.fail("no result")).counts.map(({ recordsOut }) => recordsOut),
      [33, 33, 17, 9, 9, 9]
    )
  })

  it("are none where a plugin turns out to wait, or to give many", async () => {
    const waiting = {
      ...renamed(),
      spec: nodeOf(
        bodyBundle(
          "map",
          "(value) => ({ __millrace_pending: true, settle: (done) => done({}), cancel() {} })",
          {
            suspends: true
          }
        ),
        { node: "renamed", views: renamed().spec.views }
      )
    }
    await alike([liked(), waiting, shouted()], frames)
  })

  it("say which of them a record stopped", async () => {
    const turning = `({ rating }) => { if (rating === 5 && (globalThis.turns = (globalThis.turns ?? 0) + 1) > 0 && %) for (;;); return { score: 1 } }`
    const spec = segment(
      [
        liked(),
        renamed(),
        // Only calls of many records turn for ever at first: they are made in a pass by then.
        rated(turning.replace("%", "globalThis.turns > 2"))
      ],
      { limits: { memoryMiB: 64, deadlineMs: 400, maxOutputBytes: 1 << 22, maxOutputRecordsPerInput: 10 } }
    )
    const last = await withSegment(spec, (opened) =>
      Effect.gen(function* () {
        const call = (count: number) => opened.call(callOf([inputOf(frameOf(movies(count)))]), hostOf())
        yield* call(6)
        yield* call(6)
        return yield* call(6)
      })
    )
    // A fresh guest has counted nothing: the record comes through.
    assert.deepStrictEqual(last.deadLetters, [])
    const always = segment([liked(), renamed(), rated(turning.replace("%", "true"))], {
      limits: { memoryMiB: 64, deadlineMs: 300, maxOutputBytes: 1 << 22, maxOutputRecordsPerInput: 10 }
    })
    const [letter] = await withSegment(always, (opened) =>
      Effect.gen(function* () {
        const call = (from: number) =>
          opened.call(callOf([inputOf(frameOf(movies(8).slice(from)))]), hostOf())
        yield* call(6)
        yield* call(6)
        return (yield* call(5)).deadLetters
      })
    )
    assert.strictEqual(letter?.code, "DEADLINE_EXCEEDED")
    assert.include(letter?.message ?? "", "at rated")
  })

  it("fail the task by the policy of the node that fails", async () => {
    const failing = "({ rating }) => { if (rating === 9) throw new Error('nine'); return { score: 1 } }"
    const spec = segment([liked(), renamed(), rated(failing, { onError: "fail" })])
    const failure = await withPool((pool) =>
      Effect.gen(function* () {
        const opened = yield* pool.open(spec)
        for (let call = 0; call < 3; call++)
          yield* opened.call(callOf([inputOf(frameOf(movies(5)))]), hostOf())
        return yield* Effect.flip(opened.call(callOf([inputOf(frameOf(movies(10)), 40n)]), hostOf()))
      })
    )
    assert.deepInclude(failure, {
      code: "PLUGIN_FAILED",
      node: "rated",
      message: "nine (record movies/0@49)"
    })
    const one = await failureOf(spec, callOf([inputOf(frameOf(movies(10)), 40n)]))
    assert.strictEqual(one.message, failure.message)
  })
})
