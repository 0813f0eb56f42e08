import { parseAvroOrThrow, type RecordType } from "@millrace/sdk/avro"
import { compileWriter, type View } from "@millrace/sdk/codec"
import { BatchWriter, ByteSink } from "@millrace/sdk/record"
import { assert, describe, it } from "vitest"
import { alike, member, record, resultsOf, same, segment, shoutedFirst } from "./fixture/pass-fixture.ts"
import { frameOf, inputOf, movies, movieSchema, moviesIn, segmentOf } from "./fixture/segment-fixture.ts"

const one = (schema: RecordType, value: unknown): Uint8Array => {
  const batch = new BatchWriter()
  batch.begin(new Uint8Array(32).fill(7), 1_000)
  const sink = new ByteSink(9 << 20, 1_000)
  compileWriter(schema).write(value, sink)
  batch.append({ timestamp: 1_000, key: null }, sink.toBytes())
  return batch.finish()
}

describe("the limits of records within a pass", () => {
  it("are those of each of its nodes", async () => {
    const source = record(["big", "bytes"], ["n", "long"])
    const grown = record(["big", "bytes"], ["n", "long"], ["more", "bytes"])
    const small = record(["n", "long"], ["more", "bytes"])
    const frame = one(source, { big: new Uint8Array(7.9 * 2 ** 20), n: 1 })
    const results = await alike(
      [
        member(
          "grow",
          source,
          ["n"],
          { schema: grown, copies: same("big", "n") },
          "map",
          "() => ({ more: new Uint8Array(300000) })"
        ),
        member("drop", grown, [], { schema: small, copies: same("n", "more") }, "map", "() => ({})")
      ],
      () => [inputOf(frame)]
    )
    for (const { deadLetters } of results) assert.strictEqual(deadLetters[0]?.code, "OUTPUT_TOO_LARGE")
  }, 60_000)

  it("count items over all fields that a node writes", async () => {
    const source = record(["n", "long"])
    const list = parseAvroOrThrow({ type: "array", items: "null" })
    const [n] = source.fields
    const lists: RecordType = {
      ...source,
      fields: [n, { ...n, name: "x", type: list }, { ...n, name: "y", type: list }]
    }
    const call = "() => ({ x: new Array(600000).fill(null), y: new Array(600000).fill(null) })"
    const results = await alike(
      [
        member("lists", source, ["n"], { schema: lists, copies: same("n") }, "map", call),
        member("same", lists, ["n"], { schema: lists, copies: same("n", "x", "y") }, "map", "() => ({})")
      ],
      () => [inputOf(one(source, { n: 1 }))]
    )
    for (const { deadLetters } of results) assert.include(deadLetters[0]?.message ?? "", "1000000 items")
  })
})

describe("what is left of a pass that came to nothing", () => {
  it("are no messages, whenever they were said", async () => {
    const later = `(movie) => { Promise.resolve().then(() => { host.log("info", movie.rating + " later", "{}"); host.metric("later", "counter", "{}", 1) }); return true }`
    const first = member("later", movieSchema, ["rating"], "same", "filter", later)
    const failing = shoutedFirst(
      "({ title }) => { if (title === 'Movie 4') throw new Error('four'); return { title } }"
    )
    const sizes = [3, 3, 3, 5, 3]
    const spec = segment([first, failing])
    const { passes: _, ...alone } = spec
    const said = async (each: typeof spec) =>
      (await resultsOf(each, (call) => [inputOf(frameOf(movies(sizes[call] ?? 0)))])).flatMap(
        ({ logs, metrics }) => [...logs.map(({ message }) => message), ...metrics.map(({ value }) => value)]
      )
    // In which call they are told is chance.
    assert.deepStrictEqual(
      (await said(spec)).map(String).toSorted(),
      (await said(alone)).map(String).toSorted()
    )
  })
})

describe("a text that was read from a frame that is gone", () => {
  const list = (call: number) => [
    { id: "p".repeat(call * 7), title: "The title number one", rating: 1 },
    { id: "b", title: "Another title, number two", rating: 2 }
  ]

  it("is written as it was, in passes", async () => {
    const copying: View["output"] = { schema: movieSchema, copies: same("id", "rating", "title") }
    const results = await alike(
      [
        shoutedFirst("({ title }) => ({ title })"),
        member("same", movieSchema, ["rating"], copying, "map", "() => ({})")
      ],
      (call) => [inputOf(frameOf(list(call)))]
    )
    for (const [call, { outputs }] of results.entries())
      assert.deepStrictEqual(moviesIn(outputs[0].frame), list(call))
  })

  it("is written as it was where later frames have none as long", async () => {
    const known = "Another title, number two"
    const { spec } = shoutedFirst(
      `({ title }) => ({ title: "Another " + "title, number " + ["t", "w", "o"].join("") })`
    )
    const results = await resultsOf(segmentOf([spec]), (call) => [
      inputOf(
        frameOf(
          call === 0
            ? [{ id: "b", title: known, rating: 2 }]
            : [{ id: "p".repeat(call * 7), title: `${call}`, rating: 1 }]
        )
      )
    ])
    for (const { outputs } of results) assert.strictEqual(moviesIn(outputs[0].frame)[0]?.title, known)
  })
})
