import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { afterEach, assert, beforeEach, describe, it } from "vitest"
import { emptyCommit } from "../../empty-commit.ts"
import { appendKeyed, readKeyed, tableOf } from "../../acceptance-compaction.ts"
import type { KeyedText } from "../../acceptance-compaction.ts"
import { deletesToldMs, Transport } from "../../transport.ts"
import type { TransportError, TransportShape } from "../../transport.ts"
import { embeddedTransport } from "../layer.ts"
import { openStore } from "../store.ts"
import { compacted, eagerly, topic, writer } from "../testing/compacted.ts"
import type { CompactionPace } from "./compactor.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "millrace-compaction-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withLog = <A>(
  use: (transport: TransportShape) => Effect.Effect<A, TransportError, Transport>,
  compaction: CompactionPace = eagerly
): Promise<A> =>
  Effect.runPromise(
    Effect.gen(function* () {
      return yield* use(yield* Transport)
    }).pipe(Effect.provide(embeddedTransport({ folder, compaction })))
  )

const never: CompactionPace = { leastDirtyBytes: Number.MAX_SAFE_INTEGER }

/** Turns of one record for each of so many keys, a batch each. */
const turns = (count: number, keys: number): readonly (readonly KeyedText[])[] =>
  Array.from({ length: count }, (_, turn) =>
    Array.from({ length: keys }, (_unused, key) => ({ key: `k${key}`, value: `${turn} ${"x".repeat(100)}` }))
  )

const append = (transport: TransportShape, batches: readonly (readonly KeyedText[])[]) =>
  Effect.gen(function* () {
    const log = yield* transport.openTask(writer)
    for (const records of batches) yield* appendKeyed(log, records)
  })

describe("compaction", () => {
  it("goes on after a restart with what was written before, and keeps what it did", async () => {
    const before = turns(20, 10)
    await withLog(
      (transport) => Effect.andThen(transport.ensureTopic(topic), append(transport, before)),
      never
    )
    await withLog(() => compacted(topic.name))
    const left = await withLog((transport) => readKeyed(transport), never)
    assert.deepStrictEqual(tableOf(left), tableOf(before.flat()))
    assert.isAtMost(left.length, 20)
  })

  it("comes along with commits, to other topics too, without a quiet moment", async () => {
    await withLog(
      (transport) =>
        Effect.gen(function* () {
          yield* transport.ensureTopic(topic)
          yield* transport.ensureTopic({ name: "other", partitions: 1, internal: false })
          yield* append(transport, turns(30, 10))
          const done = yield* Effect.forkChild(compacted(topic.name))
          const log = yield* transport.openTask({ ...writer, node: "other" })
          while (done.pollUnsafe() === undefined) {
            yield* appendKeyed(log, [{ key: "a", value: "x".repeat(1_000) }], "other")
            yield* Effect.sleep("1 millis")
          }
          yield* Fiber.join(done)
          assert.isAbove(Number(yield* transport.end("other", 0)), 0)
        }),
      { ...eagerly, quietAfterMs: 3_600_000 }
    )
  })

  it("takes several rounds where it may remember few keys", () =>
    withLog(
      (transport) =>
        Effect.gen(function* () {
          yield* transport.ensureTopic(topic)
          yield* append(transport, turns(12, 40))
          yield* compacted(topic.name)
          const left = yield* readKeyed(transport)
          assert.deepStrictEqual(tableOf(left), tableOf(turns(12, 40).flat()))
        }),
      { ...eagerly, mostKeys: 3 }
    ))

  it("may begin with a topic that has records, those without a key included, which stay", () =>
    withLog((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ ...topic, compact: false })
        const keyless = { key: null, value: "v" }
        yield* append(transport, [[keyless], ...turns(10, 5), [keyless]])
        assert.strictEqual((yield* transport.ensureTopic(topic)).compact, true)
        yield* append(transport, turns(1, 5))
        yield* Effect.gen(function* () {
          while ((yield* readKeyed(transport)).length > 2 + 5 + 5) yield* Effect.sleep("2 millis")
        })
        const left = yield* readKeyed(transport)
        assert.deepStrictEqual(
          left.flatMap(({ key, offset }) => (key === null ? [offset] : [])),
          [0n, 51n]
        )
        yield* transport.ensureTopic({ ...topic, compact: false })
        yield* append(transport, [[keyless]])
        assert.strictEqual(yield* transport.end(topic.name, 0), 58n)
      })
    ))

  it("keeps the bound of a topic that has both, by what is left", async () => {
    const retainBytes = 20_000
    await withLog((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ ...topic, retainBytes })
        // One key for ever, so that the bound is never reached, and then many.
        for (let turn = 0; turn < 40; turn++) {
          yield* append(transport, turns(10, 1))
          yield* compacted(topic.name)
        }
        assert.strictEqual(yield* transport.start(topic.name, 0), 0n)
        yield* append(
          transport,
          Array.from({ length: 400 }, (_, n) => [{ key: `n${n}`, value: "x".repeat(100) }])
        )
        const start = yield* transport.start(topic.name, 0)
        assert.isAbove(Number(start), 400)
        const left = yield* readKeyed(transport, start)
        assert.strictEqual(left.at(-1)?.offset, 799n)
        assert.isAtLeast(left.length, 60)
      })
    )
  })

  it("lets go of a delete when it was told for a day at least, and each task is past it", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        const transport = yield* Transport
        yield* transport.ensureTopic(topic)
        let turn = 0
        /** Whether the key's delete is there, after rounds that had every reason to take it out. */
        const isThere = (deleted: string) =>
          Effect.gen(function* () {
            for (let round = 0; round < 3; round++) {
              yield* append(transport, [[{ key: "other", value: String(turn++) }]])
              yield* settled
            }
            const left = (yield* readKeyed(transport)).filter(({ key }) => key === deleted)
            assert.isAtMost(left.length, 1)
            assert.notExists(left[0]?.value)
            return left.length === 1
          })
        const deleteKey = (key: string) => append(transport, [[{ key, value: "v" }], [{ key, value: null }]])
        yield* deleteKey("a")
        assert.isTrue(yield* isThere("a"))
        yield* TestClock.adjust(deletesToldMs - 60_000)
        assert.isTrue(yield* isThere("a"))
        // The first day may have begun with a round that did not come as far as this delete.
        yield* TestClock.adjust(deletesToldMs)
        yield* isThere("a")
        yield* TestClock.adjust(deletesToldMs)
        assert.isFalse(yield* isThere("a"))

        const reader = yield* transport.openTask({ ...writer, node: "reader" })
        const readTo = (next: bigint) =>
          reader.commit({ ...emptyCommit, offsets: [{ topic: topic.name, partition: 0, next }] })
        yield* readTo(yield* transport.end(topic.name, 0))
        yield* deleteKey("b")
        const after = yield* transport.end(topic.name, 0)
        for (let day = 0; day < 4; day++) {
          assert.isTrue(yield* isThere("b"))
          yield* TestClock.adjust(deletesToldMs)
        }
        yield* readTo(after)
        assert.isFalse(yield* isThere("b"))
      }).pipe(
        Effect.provide(embeddedTransport({ folder, compaction: eagerly })),
        Effect.provide(TestClock.layer())
      )
    ))

  it("writes nothing over a batch that is damaged, and stands in no commit's way", async () => {
    const marked = "damaged".repeat(300)
    await withLog(
      (transport) =>
        Effect.gen(function* () {
          yield* transport.ensureTopic(topic)
          yield* append(transport, [[{ key: "a", value: marked }], ...turns(20, 5)])
        }),
      never
    )
    const data = join(folder, "data.mdb")
    const bytes = readFileSync(data)
    const at = bytes.indexOf(marked) + 900
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(data, bytes)
    await withLog((transport) =>
      Effect.gen(function* () {
        for (const records of turns(30, 5)) yield* append(transport, [records, [{ key: "a", value: "new" }]])
        const refused = yield* Effect.flip(transport.read(topic.name, 0, 0n, 1)).pipe(Effect.orDie)
        assert.strictEqual(refused.reason, "corrupt")
        const left = yield* readKeyed(transport, 1n)
        assert.strictEqual(tableOf(left).get("a"), "new")
      })
    )
  })

  it("leaves nothing of a topic that was deleted while it was compacted", async () => {
    await withLog((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic(topic)
        yield* append(transport, turns(50, 20))
        yield* transport.deleteTopic(topic.name)
        yield* transport.ensureTopic({ ...topic, name: "next" })
        const log = yield* transport.openTask(writer)
        for (const records of turns(10, 5)) yield* appendKeyed(log, records, "next")
        yield* compacted("next")
      })
    )
    const store = openStore(folder, { readOnly: true })
    const ids = store.read(() => [...store.log.keys({})].map((key) => key.readUInt32BE(0)))
    const rows = store.read(() =>
      [...store.meta.keys({})].map(String).filter((name) => name.startsWith("compacted:"))
    )
    await store.close()
    assert.strictEqual(new Set(ids).size, 1)
    assert.deepStrictEqual(rows, [`compacted:${ids[0]}/0`])
  })

  it("takes up what the newest records take, a few times, however often keys are written", async () => {
    const pace = { leastDirtyBytes: 64 * 1024 }
    const keys = 500
    // Of a copy: pages that wait for a flush before they are used again are not in it.
    const sizeAfter = (count: number) =>
      withLog(
        (transport) =>
          Effect.gen(function* () {
            yield* transport.ensureTopic(topic)
            yield* append(transport, turns(count, keys))
            const copy = join(folder, `after-${count}`)
            mkdirSync(copy)
            yield* transport.snapshot(copy)
            return statSync(join(copy, "data.mdb")).size
          }),
        pace
      )
    await sizeAfter(20)
    // Of its records alone; how far a busy machine's rounds are behind is not told, and what they left is a small part of it.
    const written = 200 * keys * 110
    assert.isBelow(await sizeAfter(200), written / 2)
  })
})

/** Answers when a round has taken out what the last append made old, on a clock that stands still but for the wait for quiet. */
const settled = Effect.gen(function* () {
  const done = yield* Effect.forkChild(compacted(topic.name))
  while (done.pollUnsafe() === undefined) {
    yield* TestClock.adjust(1)
    yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
  }
})
