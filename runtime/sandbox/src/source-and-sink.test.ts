import { generateKeyOf, generateView } from "@millrace/sdk/codec"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { BatchCursor } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { callOnce, failureOf, withPool, withSegment } from "./fixture/pool-fixture.ts"
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
  moviesIn,
  movieText,
  nodeOf,
  pend,
  rekeyedOutput,
  schemaHash,
  segmentOf
} from "./fixture/segment-fixture.ts"

const noOutputView = generateView({
  writer: movieSchema,
  reads: { form: "whole", reader: movieSchema },
  output: "none"
})

describe("lookup tables, sources and sinks", () => {
  it("looks rows up in a table, and sees its changes", async () => {
    const table = { handle: "rows", view: noOutputView, keyOf: generateKeyOf([parseAvroOrThrow('"string"')]) }
    const node = nodeOf(
      bodyBundle("map", `(movie) => ({ ...movie, title: host.lookup("rows", movie.id)?.title ?? "none" })`),
      { outputs: [movieOutput], tables: [table] }
    )
    const first = frameOf([{ id: "m0", title: "zero", rating: 0 }])
    const second = frameOf([{ id: "m1", title: "one", rating: 0 }])
    const titles = await withSegment(segmentOf([node]), (segment) =>
      Effect.gen(function* () {
        const seen: (readonly string[])[] = []
        for (const frames of [[first], [first, second]]) {
          const result = yield* segment.call(
            callOf([inputOf(frameOf(movies(2)))], { tables: [{ node: "node", handle: "rows", frames }] }),
            hostOf()
          )
          seen.push(moviesIn(result.outputs[0].frame).map(({ title }) => title))
        }
        return seen
      })
    )
    assert.deepStrictEqual(titles, [
      ["zero", "none"],
      ["zero", "one"]
    ])
  })

  it("reads a source from a position, and sets aside what fits no contract", async () => {
    const source = `{ kind: "source", partitions: () => ["p0", "p1"], read: (partition, position, budget) => { const n = position === undefined ? 0 : JSON.parse(position);
      return pend((done) => host.request("file", "read", "{}", undefined, (error, result) => done({ records: [{ value: { id: partition + n, title: "t", rating: 1 }, timestamp: 5 }, { value: { id: 3 } }], positionJson: JSON.stringify(n + 1), next: n === 1 ? "end" : "more", rejected: [{ at: "line 3", reason: "no JSON", raw: "{x" }] }))) } }`
    const node = nodeOf(bundleOf(source, pend), {
      kind: "source",
      views: {},
      schemas: {},
      outputs: [rekeyedOutput],
      handles: ["file"]
    })
    const after = nodeOf(bodyBundle("filter", "() => true"), { node: "after" })
    const host = hostOf(() => Effect.succeed({ result: 1 }))
    const seen = await withSegment(segmentOf([node, after]), (segment) =>
      Effect.gen(function* () {
        const partitions = yield* segment.sourcePartitions(host)
        const call = callOf([], {
          head: { kind: "source", partition: "p1", positionJson: "1", maxRecords: 10, maxBytes: 1000 }
        })
        return { partitions, result: yield* segment.call(call, host) }
      })
    )
    assert.deepStrictEqual(seen.partitions, ["p0", "p1"])
    assert.deepStrictEqual(seen.result.source, { positionJson: "2", next: "end", waitMs: 0 })
    assert.deepStrictEqual(
      moviesIn(seen.result.outputs[0].frame).map(({ id }) => id),
      ["p11"]
    )
    assert.deepStrictEqual(
      seen.result.deadLetters.map(({ code, message, raw, frame }) => [
        code,
        message.slice(0, 16),
        raw,
        frame
      ]),
      [
        ["RECORD_INVALID", "at id: expected ", "", undefined],
        ["RECORD_INVALID", "line 3: no JSON", "{x", undefined]
      ]
    )
  })

  it("writes a sink's batch, commits and recovers by its token", async () => {
    const sink = `{ kind: "sink", transactional: true,
      write: (batch, info) => pend((done) => host.request("file", "write", JSON.stringify([batch.map((r) => r.value.id), info.tokenJson ?? null, info.end, info.firstOffset]), new Uint8Array([1, 2]), () => done({ failed: [{ index: 1, reason: "too long" }], tokenJson: '{"n":1}' }))),
      commit: (token) => pend((done) => host.request("file", "commit", token, undefined, () => done())),
      recover: (token) => { host.log("info", "recover " + token, "{}") } }`
    const node = nodeOf(bundleOf(sink, pend), {
      kind: "sink",
      views: { input: noOutputView },
      outputs: [],
      handles: ["file"]
    })
    const asked: unknown[] = []
    const host = hostOf((request) =>
      Effect.sync(() => ({ result: asked.push([request.operation, request.payload, request.bytes?.length]) }))
    )
    const result = await withSegment(segmentOf([node]), (segment) =>
      Effect.gen(function* () {
        yield* segment.recoverSink(undefined, { id: "s", partition: 0 }, host)
        const head = { kind: "records", inputs: [inputOf(frameOf(movies(3)), 5n)], end: true } as const
        const written = yield* segment.call(
          callOf([], { head, sink: { id: "s", firstOffset: 5n, lastOffset: 7n, tokenJson: undefined } }),
          host
        )
        yield* segment.commitSink('{"n":1}', { id: "s", partition: 0 }, host)
        return written
      })
    )
    assert.deepStrictEqual(asked, [
      ["write", [["m0", "m1", "m2"], null, true, "5"], 2],
      ["commit", { n: 1 }, undefined]
    ])
    assert.deepStrictEqual(result.sink, { tokenJson: '{"n":1}' })
    assert.deepStrictEqual(
      result.deadLetters.map(({ message, offset }) => [message, offset]),
      [["too long", 6n]]
    )
  })

  it("reads a manifest and derives a contract in a process of its own", async () => {
    const bundle = `var __millrace_bundle = { abi: 1, manifest: () => '[{"name":"x"}]', derive: (plugin, request) => JSON.stringify([plugin, JSON.parse(request)]), open() {} }`
    const texts = await withPool((pool) =>
      Effect.all([pool.manifest(bundle), pool.derive(bundle, "p", '{"config":1}')])
    )
    assert.deepStrictEqual(texts, ['[{"name":"x"}]', '["p",{"config":1}]'])
  })

  it("says what is wrong with a bundle that does not open", async () => {
    const error = await failureOf(
      segmentOf([nodeOf("throw new Error('broken at /home/me/x.js')")]),
      callOf([])
    )
    assert.deepInclude(error, {
      code: "BUNDLE_FAILED",
      node: "node",
      message: "the plugin does not open: broken at (path)"
    })
  })

  it("tells a plugin the schema of its input", async () => {
    const node = nodeOf(
      bodyBundle(
        "filter",
        `() => host.schema("input") === ${JSON.stringify(movieText)} && host.schema("no") === undefined`
      )
    )
    const result = await callOnce(segmentOf([node]), callOf([inputOf(frameOf(movies(1)))]))
    assert.strictEqual(result.counts[0].recordsOut, 1)
    assert.deepStrictEqual(new BatchCursor(result.outputs[0].frame).header.schemaHash, schemaHash)
  })
})
