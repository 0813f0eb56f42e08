import { generateValue } from "@millrace/sdk/codec"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { SandboxPool } from "@millrace/sandbox"
import type { SandboxPoolOptions, SandboxPoolShape, SegmentResult } from "@millrace/sandbox"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { assert, describe, it } from "vitest"
import { bundleOf, callOf, calmBundle, segmentOf } from "./hostile-plugin.ts"
import { frameOf, moviesIn } from "./movie.ts"

function withPool<A, E>(
  run: (pool: SandboxPoolShape) => Effect.Effect<A, E, Scope.Scope>,
  options: SandboxPoolOptions = {}
): Promise<A> {
  return Effect.runPromise(
    Effect.scoped(Effect.flatMap(SandboxPool, run)).pipe(Effect.provide(SandboxPool.layer(options)))
  )
}

const host = {
  request: () => Effect.fail({ _tag: "HostRequestError", code: "NONE", message: "none" } as const),
  readState: () => Effect.succeed(new Uint8Array(0))
}
const batch = (titles: readonly string[]) =>
  callOf(frameOf(titles.map((title, place) => ({ id: `k${place}`, title, rating: place }))))
const titlesOf = (result: SegmentResult): readonly string[] =>
  result.outputs.flatMap(({ frame }) => moviesIn(frame).map(({ title }) => title))
const body = (call: string, before = ""): string =>
  bundleOf(
    `{ kind: "processor", bodies: { input: { form: "process", suspends: false, call: ${call} } } }`,
    before
  )

describe("many segments of one trust domain", () => {
  it("share one process, eight at a time, and each may fill its declared memory", async () => {
    // 24 MB kept in each of eight heaps of 48.
    const holding = body(
      "(movie) => { if (kept.length === 0) for (let i = 0; i < 24; i++) kept.push(new Uint8Array(1 << 20).fill(1)); return [movie] }",
      "const kept = [];"
    )
    await withPool((pool) =>
      Effect.gen(function* () {
        const segments = yield* Effect.all(
          Array.from({ length: 8 }, () =>
            pool.open(segmentOf("crowd", holding, { memoryMiB: 48, deadlineMs: 5000 }))
          ),
          { concurrency: "unbounded" }
        )
        const results = yield* Effect.forEach(segments, (segment) => segment.call(batch(["a", "b"]), host), {
          concurrency: "unbounded"
        })
        for (const result of results) {
          assert.deepStrictEqual(result.deadLetters, [])
          assert.deepStrictEqual(titlesOf(result), ["a", "b"])
        }
        yield* Effect.sleep(200)
        const processes = yield* pool.processes
        assert.deepStrictEqual(
          processes.map(({ domain, restarts }) => [domain, restarts]),
          [["crowd", 0]]
        )
      })
    )
  })

  it("are not blamed for the record of another that kills their process", async () => {
    const poison = body(
      "(movie) => { if (movie.title === 'poison') { const a = []; a.length = 2 ** 32 - 1; a.indexOf(1) } return [movie] }"
    )
    await withPool((pool) =>
      Effect.gen(function* () {
        const bad = yield* pool.open(segmentOf("crowd", poison, { deadlineMs: 250 }))
        const good = yield* pool.open(segmentOf("crowd", calmBundle, { deadlineMs: 5000 }))
        const calls = Array.from({ length: 30 }, () => good.call(batch(["x", "y"]), host))
        const [hit, ...others] = yield* Effect.all([bad.call(batch(["a", "poison", "b"]), host), ...calls], {
          concurrency: "unbounded"
        })
        assert.deepStrictEqual(titlesOf(hit), ["a", "b"])
        assert.strictEqual(hit.deadLetters.length, 1)
        for (const other of others) {
          assert.deepStrictEqual(other.deadLetters, [])
          assert.deepStrictEqual(titlesOf(other), ["x", "y"])
        }
      })
    )
  })
})

describe("what a guest keeps", () => {
  it("kills it at its limit when it leaks a megabyte a batch, and costs no record", async () => {
    const leaking = body(
      "(movie) => { if (movie.id === 'k0') kept.push(new Array(131072).fill(kept.length + 0.5)); return [{ ...movie, title: String(kept.length) }] }",
      "const kept = [];"
    )
    const batches = 80
    const kept = await withPool((pool) =>
      Effect.gen(function* () {
        const segment = yield* pool.open(segmentOf("leak", leaking, { memoryMiB: 32, deadlineMs: 5000 }))
        const lengths: number[] = []
        for (let i = 0; i < batches; i++) {
          const result = yield* segment.call(batch(["a", "b", "c"]), host)
          assert.deepStrictEqual(result.deadLetters, [])
          const titles = titlesOf(result)
          assert.strictEqual(titles.length, 3)
          lengths.push(Number(titles[0]))
        }
        return lengths
      })
    )
    assert.isBelow(Math.max(...kept), batches, "it was stopped at least once")
    assert.isAbove(Math.max(...kept), 10, "it was let grow")
  })

  const counting = body(
    `(movie, record) => { kept += 1; const state = record.state("count"); const n = (state.get() ?? 0) + 1; state.set(n); if (movie.title === "poison" ) for (;;); return [{ ...movie, title: kept + "/" + n }] }`,
    "let kept = 0;"
  )
  it("outlives a kill where it is declared as state, and only there", async () => {
    const count = { name: "count", kind: "value", codec: generateValue(parseAvroOrThrow('"long"')) } as const
    const spec = segmentOf("keeper", counting, { deadlineMs: 300 }, { state: [count] })
    const same = ["a", "b", "poison", "c", "d"].map((title, place) => ({ id: "k", title, rating: place }))
    const result = await withPool((pool) =>
      Effect.flatMap(pool.open(spec), (segment) => segment.call(callOf(frameOf(same)), host))
    )
    const counts = titlesOf(result).map((title) => title.split("/"))
    assert.deepStrictEqual(
      counts.map(([, state]) => state),
      ["1", "2", "3", "4"]
    )
    assert.notDeepEqual(
      counts.map(([variable]) => variable),
      ["1", "2", "3", "4"],
      "a module's variable does not"
    )
    assert.strictEqual(result.deadLetters.length, 1)
  })
})
