import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { BatchWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { makeRecordViewer } from "../../../controller/record-view.ts"
import { emptyCommit } from "../../../transport/empty-commit.ts"
import { embeddedTransport } from "../../../transport/embedded/index.ts"
import { Transport, type TaskLog } from "../../../transport/transport.ts"
import { lookAtRecords, type RecordLook } from "./look-at-records.ts"

const stream = "numbers"

/** A log whose records are their own offsets, as texts. */
const withLog = async (
  use: (log: TaskLog, schema: Uint8Array, look: RecordLook) => Effect.Effect<void, unknown>
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-look-"))
  const program = Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.ensureTopic({ name: stream, partitions: 1, internal: false })
    const log = yield* transport.openTask({ pipeline: "p", node: "n", partition: 0 })
    yield* use(log, yield* transport.putSchema('"string"'), lookAtRecords(transport, makeRecordViewer()))
  })
  try {
    await Effect.runPromise(Effect.provide(program, embeddedTransport({ folder })))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const append = (log: TaskLog, frame: Uint8Array) =>
  log.commit({ ...emptyCommit, outputs: [{ topic: stream, partition: 0, frame }] })

const texts = (schema: Uint8Array, from: number, count: number): Uint8Array => {
  const writer = new BatchWriter()
  writer.begin(schema)
  for (let n = from; n < from + count; n++) {
    const text = Buffer.from(String(n))
    writer.append({ timestamp: 1, key: null }, Uint8Array.of(2 * text.length, ...text))
  }
  return writer.finish()
}

const idleness = (schema: Uint8Array): Uint8Array => {
  const writer = new BatchWriter()
  writer.begin(schema)
  writer.appendControl("idle", 1)
  return writer.finish()
}

describe("the newest records of a stream", () => {
  it("are found behind whatever many control records", () =>
    withLog((log, schema, look) =>
      Effect.gen(function* () {
        yield* append(log, texts(schema, 0, 5))
        for (let n = 0; n < 40; n++) yield* append(log, idleness(schema))
        const { next, records } = yield* look.newest(stream, 0n, 3)
        assert.deepStrictEqual(
          records.map(({ value }) => value),
          ["2", "3", "4"]
        )
        assert.strictEqual(next, 45n)
      })
    ))

  it("are the last of large batches, and none of those that were seen", () =>
    withLog((log, schema, look) =>
      Effect.gen(function* () {
        yield* append(log, texts(schema, 0, 20_000))
        yield* append(log, texts(schema, 20_000, 2))
        const newest = (from: bigint) =>
          Effect.map(look.newest(stream, from, 3), ({ records }) => records.map(({ value }) => value))
        assert.deepStrictEqual(yield* newest(0n), ["19999", "20000", "20001"])
        assert.deepStrictEqual(yield* newest(20_001n), ["20001"])
        assert.deepStrictEqual(yield* newest(20_002n), [])
      })
    ))

  it("are told by their place, where a record stands there", () =>
    withLog((log, schema, look) =>
      Effect.gen(function* () {
        yield* append(log, texts(schema, 0, 300))
        yield* append(log, idleness(schema))
        assert.strictEqual((yield* look.at(stream, 123n))?.value, "123")
        assert.isUndefined(yield* look.at(stream, 300n))
        assert.isUndefined(yield* look.at(stream, 301n))
      })
    ))
})
