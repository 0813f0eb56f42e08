import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { parseAvroOrThrow } from "@millrace/sdk/avro"
import { compileReader, compileWriter } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter } from "@millrace/sdk/record"
import { emptyCommit } from "../../transport/empty-commit.ts"
import { textFrame } from "../../transport/acceptance.ts"
import { appendKeyed, readKeyed } from "../../transport/acceptance-compaction.ts"
import { compacted, eagerly } from "../../transport/embedded/testing/compacted.ts"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import {
  type Checkpoint,
  type InputOffset,
  Transport,
  type TransportShape
} from "../../transport/transport.ts"
import { chainPartition } from "../task/source-partitions.ts"
import { CommitTimes } from "../time/commit-times.ts"
import { controlFrame } from "./frames.ts"
import { InputReader } from "./input-reader.ts"

const topic = "numbers"

const checkpointAt = (offsets: readonly InputOffset[]): Checkpoint => ({
  sequence: 1,
  offsets,
  positions: {},
  tokens: {},
  watermarks: {},
  counts: {},
  completed: false,
  now: 0,
  ledger: {}
})

const run = async <A, E>(
  use: (transport: TransportShape) => Effect.Effect<A, E, Transport>,
  compaction?: typeof eagerly
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-reader-"))
  const program = Effect.gen(function* () {
    return yield* use(yield* Transport)
  })
  try {
    return await Effect.runPromise(
      Effect.provide(
        program,
        embeddedTransport({ folder, ...(compaction === undefined ? {} : { compaction }) })
      )
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("a reader of a topic with a bound", () => {
  it("begins with what is kept, and misses nothing", () =>
    run((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false, retainBytes: 10_000 })
        const log = yield* transport.openTask({ pipeline: "p", node: "writer", partition: 0 })
        for (let n = 0; n < 60; n++)
          yield* log.commit({
            ...emptyCommit,
            outputs: [{ topic, partition: 0, frame: textFrame([String(n).padEnd(1_000)]) }]
          })
        const start = yield* transport.start(topic, 0)
        assert.isAbove(Number(start), 0)
        const inputs = [{ input: "input", topic, producers: ["p/writer"] }]
        const reader = new InputReader(transport, inputs, 0, undefined, new CommitTimes(0))
        const fetched = yield* reader.fetch({ bytes: 1e9, records: 1e9 })
        assert.deepStrictEqual(fetched.imbalances, {})
        assert.strictEqual(fetched.frames[0]?.baseOffset, start)
        assert.strictEqual(BigInt(fetched.records), 60n - start)
        assert.strictEqual(fetched.offsets[0]?.next, 60n)
      })
    ))
})

describe("a reader of a commit that has several batches", () => {
  it("takes none of them for the last, and lets event time go on behind all of them", () =>
    run((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false })
        const outputs = [controlFrame("active", 1), textFrame(["a"]), textFrame(["b"]), textFrame(["c"])]
        const chain = yield* transport.openTask({ pipeline: "p", node: "writer", partition: chainPartition })
        yield* chain.commit({ ...emptyCommit, outputs: [{ topic, partition: 0, frame: outputs[0]! }] })
        const log = yield* transport.openTask({ pipeline: "p", node: "writer", partition: 0 })
        yield* log.commit({
          ...emptyCommit,
          outputs: outputs.slice(1).map((frame) => ({ topic, partition: 0, frame })),
          watermark: 5_000
        })
        const inputs = [{ input: "input", topic, producers: ["p/writer"] }]
        const reader = new InputReader(transport, inputs, 0, undefined, new CommitTimes(0))
        const reached: number[] = []
        for (let read = 0; read < 3; read++) {
          yield* reader.fetch({ bytes: 1e9, records: 1 })
          reached.push(reader.clock.watermark)
        }
        assert.deepStrictEqual(reached, [-Infinity, -Infinity, 5_000])
      })
    ))
})

describe("a reader whose plan knows one schema", () => {
  const was =
    '{"type":"record","name":"t.Row","fields":[{"name":"a","type":"string"},{"name":"b","type":"string"}]}'
  const turned =
    '{"type":"record","name":"t.Row","fields":[{"name":"b","type":"string"},{"name":"c","type":"int"},{"name":"a","type":"string"}]}'
  const lacking = '{"type":"record","name":"t.Row","fields":[{"name":"a","type":"string"}]}'
  const inputs = [{ input: "input", topic, producers: ["p/writer"], schema: was }]
  const writeRows = Effect.fnUntraced(function* (
    transport: TransportShape,
    schema: string,
    values: readonly { readonly [field: string]: string | number }[]
  ) {
    const hash = yield* transport.putSchema(schema)
    const { write } = compileWriter(parseAvroOrThrow(schema))
    const writer = new BatchWriter()
    writer.begin(hash)
    for (const value of values) {
      writer.beginRecord({ timestamp: 1_000, key: null })
      write(value, writer.sink)
      writer.endRecord()
    }
    writer.append({ timestamp: 1_000, key: new Uint8Array(1) }, null)
    const log = yield* transport.openTask({ pipeline: "p", node: "writer", partition: 0 })
    yield* log.commit({ ...emptyCommit, outputs: [{ topic, partition: 0, frame: writer.finish() }] })
  })

  it("gets records of another schema as that one, each at its offset, deletes too", () =>
    run((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false })
        yield* writeRows(transport, was, [{ a: "a0", b: "b0" }])
        yield* writeRows(transport, turned, [{ a: "a1", b: "b1", c: 1 }])
        const reader = new InputReader(transport, inputs, 0, undefined, new CommitTimes(0))
        const { frames, imbalances, offsets } = yield* reader.fetch({ bytes: 1e9, records: 1e9 })
        const { read } = compileReader(parseAvroOrThrow(was), parseAvroOrThrow(was))
        const found = frames.flatMap(({ baseOffset, frame }) => {
          const cursor = new BatchCursor(frame)
          const values: unknown[] = []
          while (cursor.next())
            values.push([
              Number(baseOffset) + cursor.index,
              cursor.isTombstone ? null : read(frame, cursor.valueStart, cursor.valueEnd)
            ])
          return values
        })
        assert.deepEqual(found, [
          [0, { a: "a0", b: "b0" }],
          [1, null],
          [2, { a: "a1", b: "b1" }],
          [3, null]
        ])
        assert.deepStrictEqual([imbalances, offsets[0]?.next], [{}, 4n])
      })
    ))

  it("stops before what cannot be read as it, and says which field", () =>
    run((transport) =>
      Effect.gen(function* () {
        yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false })
        yield* writeRows(transport, lacking, [{ a: "a0" }])
        const reader = new InputReader(transport, inputs, 0, undefined, new CommitTimes(0))
        const failure = yield* Effect.flip(reader.fetch({ bytes: 1e9, records: 1e9 }))
        assert.deepInclude(failure, { code: "SCHEMA_INCOMPATIBLE", transient: false })
        assert.match(failure.message, /numbers.*b/)
      })
    ))
})

describe("a reader of a compacted topic", () => {
  const customers = { name: topic, partitions: 1, internal: false, compact: true }
  const inputs = [{ input: "input", topic, producers: ["p/writer"] }]
  const writeTurns = (transport: TransportShape) =>
    Effect.gen(function* () {
      yield* transport.ensureTopic(customers)
      const log = yield* transport.openTask({ pipeline: "p", node: "writer", partition: 0 })
      for (let turn = 0; turn < 30; turn++)
        yield* appendKeyed(
          log,
          Array.from({ length: 10 }, (_, key) => ({ key: `k${(key * 3 + turn) % 17}`, value: String(turn) })),
          topic
        )
    })
  /** Keys and offsets of what a task is given, and what it would tell the ledger. */
  const readFrom = (transport: TransportShape, checkpoint: Checkpoint | undefined, records: number) =>
    Effect.gen(function* () {
      const reader = new InputReader(transport, inputs, 0, checkpoint, new CommitTimes(0))
      const given: { readonly key: string; readonly offset: bigint }[] = []
      for (;;) {
        const fetched = yield* reader.fetch({ bytes: 500, records })
        assert.deepStrictEqual(fetched.imbalances, {})
        const before = given.length
        for (const { baseOffset, frame, leaps } of fetched.frames) {
          const cursor = new BatchCursor(frame)
          assert.isFalse(cursor.header.hasGaps)
          while (cursor.next()) {
            const leap = (leaps ?? []).findLast(
              (_, at, all) => at % 2 === 1 && (all[at - 1] ?? 0) <= cursor.index
            )
            const offset = baseOffset + BigInt(cursor.index + (leap ?? 0))
            given.push({ key: Buffer.from(cursor.key() ?? []).toString(), offset })
          }
        }
        assert.strictEqual(given.length - before, fetched.records)
        if (fetched.offsets.length === 0) return given
      }
    })

  it("gets what is left of it, each record by its offset, and counts nothing as lost", () =>
    run(
      (transport) =>
        Effect.gen(function* () {
          yield* writeTurns(transport)
          yield* compacted(topic)
          const left = (yield* readKeyed(transport, 0n, topic)).map(({ key, offset }) => ({ key, offset }))
          assert.isBelow(left.length, 60)
          assert.deepStrictEqual(yield* readFrom(transport, undefined, 7), left)
          // From the midst of what is gone, too.
          for (const next of [1n, 137n, 250n, 299n]) {
            const offsets = [{ topic, partition: 0, next }]
            const there = left.filter(({ offset }) => offset >= next)
            assert.deepStrictEqual(yield* readFrom(transport, checkpointAt(offsets), 7), there)
          }
        }),
      eagerly
    ))
})
