import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { generateMapKey } from "@millrace/sdk/codec"
import { StateEntryCursor, StateEntryWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { withPool } from "./fixture/pool-fixture.ts"
import {
  bodyBundle,
  callOf,
  countState,
  frameOf,
  hostOf,
  inputOf,
  movieOutput,
  moviesIn,
  nodeOf,
  segmentOf,
  valueText
} from "./fixture/segment-fixture.ts"
import type { Movie } from "./fixture/segment-fixture.ts"
import type { SandboxPoolShape, Segment, SegmentHost, SegmentSpec } from "./segment.ts"

/** Histories; more by `KEPT_STATE_RUNS=1000`. */
const numRuns = Number(process.env["KEPT_STATE_RUNS"] ?? 12)

/** What a record does to the state of its key is said by its title; what it gives shows all that it then sees. */
const body = `(movie, record) => {
  const count = record.state("count")
  const titles = record.state("titles")
  const [act, name] = movie.title.split(" ")
  if (act === "count" || act === "bad") count.set((count.get() ?? 0) + 1)
  if (act === "uncount") count.delete()
  if (act === "put") titles.set(movie.rating, name)
  if (act === "many") for (let i = 0; i < 40; i++) titles.set(i, name + i)
  if (act === "drop") titles.delete(name)
  if (act === "clear" || act === "bad") titles.delete()
  if (act === "bad") { titles.set(7, "z"); throw new Error("bad") }
  const all = [...titles.entries()].map(([key, value]) => key + "=" + value).join()
  const one = titles.get("a")
  return [{ ...movie, title: count.get() + "/" + one + "/" + all + (act === "long" ? "x".repeat(5000) : "") }]
}`
const states = [
  { ...countState, ttlMs: 1_000 },
  {
    name: "titles",
    kind: "map",
    codec: valueText('"double"'),
    mapKeyCodec: generateMapKey(parseAvroOrThrow('"string"')),
    ttlMs: 1_500
  }
] as const

const spec = (): SegmentSpec => ({
  ...segmentOf([nodeOf(bodyBundle("process", body), { outputs: [movieOutput], state: states })]),
  limits: { memoryMiB: 64, deadlineMs: 5_000, maxOutputBytes: 12_000, maxOutputRecordsPerInput: 10 }
})

interface Entry {
  readonly state: number
  readonly key: string
  readonly mapKey: string | undefined
  readonly expiry: number
  readonly value: string
}

/** The state of one task as the worker keeps it. */
class Kept {
  now = 0
  commits = 0
  owner = {}
  /** Keys that were asked for. */
  reads = 0
  /** By state and key, then by map key. */
  private readonly entries = new Map<string, Map<string, Entry>>()

  commit(delta: Uint8Array): void {
    this.commits += 1
    const cursor = new StateEntryCursor(delta)
    while (cursor.next()) {
      const key = text(cursor.key()) ?? ""
      const mapKey = text(cursor.mapKey())
      const { expiry, operation, state } = cursor
      const entries = this.entries.get(`${state}/${key}`) ?? new Map<string, Entry>()
      this.entries.set(`${state}/${key}`, entries)
      if (operation === "clear") entries.clear()
      else if (operation === "put") {
        const value = text(cursor.value()) ?? ""
        entries.set(mapKey ?? "", { state, key, mapKey, expiry, value })
      } else entries.delete(mapKey ?? "")
    }
  }

  /** What lives of a key, in order. */
  private of(state: number, key: string): readonly Entry[] {
    const live = [...(this.entries.get(`${state}/${key}`) ?? [])].filter(
      ([, { expiry }]) => expiry === 0 || expiry > this.now
    )
    return live.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
  }

  /** Everything that lives, in order. */
  get all(): readonly Entry[] {
    return [...this.entries.keys()].toSorted().flatMap((name) => {
      const slash = name.indexOf("/")
      return this.of(Number(name.slice(0, slash)), name.slice(slash + 1))
    })
  }

  host(keeps: boolean): SegmentHost {
    const read = (keys: readonly (Uint8Array | null)[]): Uint8Array => {
      const writer = new StateEntryWriter()
      for (const key of keys) {
        this.reads += 1
        for (const state of states.keys()) {
          const found = this.of(state, text(key) ?? "")
          for (const { expiry, mapKey, value } of found)
            writer.put(state, key, bytesOf(mapKey), expiry, bytesOf(value) ?? new Uint8Array(0))
          if (found.length === 0) writer.absent(state, key, undefined)
        }
      }
      return writer.finish()
    }
    return {
      ...hostOf(),
      readState: (keys) => Effect.sync(() => read(keys)),
      ...(keeps ? { stateLine: { owner: this.owner, commits: () => this.commits } } : {})
    }
  }
}

const text = (bytes: Uint8Array | null | undefined): string | undefined =>
  bytes === null || bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1")
const bytesOf = (latin1: string | undefined): Uint8Array | undefined =>
  latin1 === undefined ? undefined : new Uint8Array(Buffer.from(latin1, "latin1"))

type Step =
  | {
      readonly does: "batch"
      readonly partition: number
      readonly records: readonly Movie[]
      readonly after: After
    }
  | { readonly does: "wait"; readonly ms: number }
  | { readonly does: "kill" }
/** What becomes of a batch: it is committed, it is not and the task goes on, or the task begins anew. */
type After = "commit" | "forget" | "restart"

const acts = [
  "count",
  "uncount",
  "put a",
  "put b",
  "put c",
  "many m",
  "drop a",
  "drop m3",
  "clear",
  "bad",
  "long",
  "see"
]
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        does: fc.constant("batch" as const),
        partition: fc.constantFrom(0, 1),
        records: fc.array(
          fc.record({
            id: fc.constantFrom("k0", "k1", "k2"),
            title: fc.constantFrom(...acts),
            rating: fc.integer({ min: 0, max: 9 })
          }),
          { minLength: 1, maxLength: 8 }
        ),
        after: fc.constantFrom<After>("commit", "commit", "commit", "commit", "forget", "restart")
      })
    },
    {
      weight: 2,
      arbitrary: fc.record({ does: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 900 }) })
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("kill" as const) }) }
  ),
  { minLength: 4, maxLength: 16 }
)

/** All that a history gave and left behind. */
const runHistory = (pool: SandboxPoolShape, segment: Segment, history: readonly Step[], keeps: boolean) =>
  Effect.gen(function* () {
    const tasks = [new Kept(), new Kept()]
    const seen: unknown[] = []
    let now = 1_700_000_000_000
    for (const step of history) {
      if (step.does === "wait") now += step.ms
      else if (step.does === "kill") {
        for (const { pid } of yield* pool.processes) process.kill(pid, "SIGKILL")
      } else {
        const task = tasks[step.partition] ?? new Kept()
        task.now = now
        const call = callOf([inputOf(frameOf(step.records))], { partition: step.partition, now })
        const { deadLetters, outputs, state } = yield* segment.call(call, task.host(keeps))
        seen.push(
          outputs.flatMap(({ frame }) => moviesIn(frame).map(({ title }) => title)),
          deadLetters.length
        )
        if (step.after === "commit") task.commit(state)
        if (step.after === "restart") task.owner = {}
      }
    }
    for (const task of tasks) task.now = now
    return {
      seen,
      left: tasks.map(({ all }) => all),
      reads: tasks.reduce((sum, { reads }) => sum + reads, 0)
    }
  })

describe("state that a guest keeps between calls", () => {
  it(
    "is what it would have been given anew, whatever is killed, fails, expires or is not committed",
    { timeout: 60_000 + 10_000 * numRuns },
    () =>
      withPool(
        (pool) =>
          Effect.gen(function* () {
            const [keeping, anew] = [yield* pool.open(spec()), yield* pool.open(spec())]
            const property = fc.asyncProperty(steps, async (history) => {
              const run = (segment: Segment, keeps: boolean) =>
                Effect.runPromise(runHistory(pool, segment, history, keeps))
              const [kept, given] = [await run(keeping, true), await run(anew, false)]
              assert.deepStrictEqual([kept.seen, kept.left], [given.seen, given.left])
              assert.isAtMost(kept.reads, given.reads)
            })
            yield* Effect.promise(() => fc.assert(property, { numRuns }))
          }),
        { quarantine: { kills: 1_000_000, windowMs: 1_000 } }
      )
  )

  it("is not read again while every call is committed", () =>
    withPool((pool) =>
      Effect.gen(function* () {
        const segment = yield* pool.open(spec())
        const record = { id: "k0", title: "count", rating: 1 }
        const batch: Step = { does: "batch", partition: 0, records: [record], after: "commit" }
        const { reads, seen } = yield* runHistory(pool, segment, [batch, batch, batch], true)
        assert.strictEqual(reads, 1)
        assert.deepStrictEqual(seen, [["1/undefined/"], 0, ["2/undefined/"], 0, ["3/undefined/"], 0])
      })
    ))

  it("is forgotten when it takes more than its share of the guest's memory", () =>
    withPool((pool) =>
      Effect.gen(function* () {
        const small = spec()
        const segment = yield* pool.open({
          ...small,
          limits: { ...small.limits, memoryMiB: 8, maxOutputBytes: 1_000_000 }
        })
        const batches = Array.from({ length: 40 }, (_, number): Step => {
          const records = Array.from({ length: 400 }, (__, place) => ({
            id: `k${number * 400 + place}`,
            title: "count",
            rating: 0
          }))
          return { does: "batch", partition: 0, records, after: "commit" }
        })
        const first = batches.slice(0, 1)
        const { reads, seen } = yield* runHistory(pool, segment, [...batches, ...first], true)
        assert.strictEqual(reads, 41 * 400)
        assert.deepStrictEqual(seen.slice(-2), [Array.from({ length: 400 }, () => "2/undefined/"), 0])
      })
    ))

  it("cannot be reached from a later batch", () =>
    withPool((pool) =>
      Effect.gen(function* () {
        const late = `(movie, record) => { globalThis.first ??= record.state("count"); globalThis.first.set(9); return [] }`
        const node = nodeOf(bodyBundle("process", late), { outputs: [movieOutput], state: [countState] })
        const segment = yield* pool.open(segmentOf([node]))
        const task = new Kept()
        const results = []
        for (const id of ["k0", "k1"]) {
          const call = callOf([inputOf(frameOf([{ id, title: "", rating: 0 }]))])
          const result = yield* segment.call(call, task.host(true))
          task.commit(result.state)
          results.push(result.deadLetters.map(({ message }) => message))
        }
        assert.deepStrictEqual(results, [
          [],
          ["keyed state is the record's: it cannot be kept for a later batch"]
        ])
      })
    ))
})
