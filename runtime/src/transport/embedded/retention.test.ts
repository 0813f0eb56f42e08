import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../empty-commit.ts"
import { textFrame, textsOf } from "../acceptance.ts"
import { Transport } from "../transport.ts"
import type { TaskLog, TransportError, TransportShape } from "../transport.ts"
import { embeddedTransport } from "./layer.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-retention-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withLog = <A, E>(use: (transport: TransportShape) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(
    Effect.gen(function* () {
      return yield* use(yield* Transport)
    }).pipe(Effect.provide(embeddedTransport({ folder })))
  )

const topic = { name: "numbers", partitions: 1, internal: false }
const writer = { pipeline: "p", node: "writer", partition: 0 }
const reader = { pipeline: "q", node: "reader", partition: 0 }
const recordBytes = 1_000
const retainBytes = 20 * 1_024

const textOf = (n: number): string => String(n).padEnd(recordBytes, "x")
const numberOf = (text: string): number => Number(text.replaceAll("x", ""))

const append = (log: TaskLog, from: number, to: number) =>
  Effect.forEach(
    Array.from({ length: to - from }, (_, index) => from + index),
    (n) =>
      log.commit({
        ...emptyCommit,
        outputs: [{ topic: topic.name, partition: 0, frame: textFrame([textOf(n)]) }]
      }),
    { discard: true }
  )

/** All that is kept, and where it begins. */
const kept = (
  transport: TransportShape
): Effect.Effect<readonly [bigint, readonly number[]], TransportError> =>
  Effect.all([
    transport.start(topic.name, 0),
    Effect.map(transport.read(topic.name, 0, 0n, 1e9), (frames) => textsOf(frames).map(numberOf))
  ])

const numbers = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

describe("a topic with a bound", () => {
  it("keeps its newest records, the bound's bytes and little more, through a restart", async () => {
    await withLog((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ ...topic, retainBytes })
        yield* append(yield* transport.openTask(writer), 0, 60)
        const [start, there] = yield* kept(transport)
        assert.deepStrictEqual(there, numbers(Number(start), 60))
        assert.isAtLeast(there.length * recordBytes, retainBytes * 0.8)
        assert.isBelow(there.length * recordBytes, retainBytes + 3 * recordBytes)
        assert.strictEqual(yield* transport.end(topic.name, 0), 60n)
      })
    )
    await withLog((transport) =>
      Effect.gen(function* () {
        const [before] = yield* kept(transport)
        yield* append(yield* transport.openTask(writer), 60, 80)
        const [start, there] = yield* kept(transport)
        assert.strictEqual(start - before, 20n)
        assert.deepStrictEqual(there, numbers(Number(start), 80))
      })
    )
  })

  it("keeps what a task has yet to read, whether or not it is open, and lets it go afterwards", async () => {
    await withLog((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ ...topic, retainBytes })
        const log = yield* transport.openTask(writer)
        yield* append(log, 0, 5)
        const reading = yield* transport.openTask(reader)
        const readTo = (next: bigint) =>
          reading.commit({ ...emptyCommit, offsets: [{ topic: topic.name, partition: 0, next }] })
        yield* readTo(3n)
        yield* append(log, 5, 60)
        assert.deepStrictEqual(yield* kept(transport), [3n, numbers(3, 60)])
        yield* readTo(50n)
        yield* append(log, 60, 90)
        const [start] = yield* kept(transport)
        assert.isAbove(Number(start), 3)
        assert.isAtMost(Number(start), 50)
      })
    )
    await withLog((transport) =>
      Effect.gen(function* () {
        yield* append(yield* transport.openTask(writer), 90, 190)
        assert.strictEqual((yield* kept(transport))[0], 50n)
        yield* transport.forget(reader.pipeline)
        yield* append(yield* transport.openTask(writer), 190, 300)
        assert.isAbove(Number((yield* kept(transport))[0]), 250)
      })
    )
  })

  it("may get the bound later, and lose it again", async () => {
    await withLog((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic(topic)
        const log = yield* transport.openTask(writer)
        yield* append(log, 0, 40)
        assert.deepStrictEqual(yield* kept(transport), [0n, numbers(0, 40)])
        yield* transport.ensureTopic({ ...topic, retainBytes })
        yield* append(log, 40, 80)
        const [start, there] = yield* kept(transport)
        assert.isBelow(there.length * recordBytes, retainBytes + 3 * recordBytes)
        yield* transport.ensureTopic(topic)
        yield* append(log, 80, 120)
        assert.deepStrictEqual(yield* kept(transport), [start, numbers(Number(start), 120)])
      })
    )
  })
})
