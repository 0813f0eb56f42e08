import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { emptyCommit, textFrame } from "../../transport/acceptance.ts"
import { embeddedTransport } from "../../transport/embedded/index.ts"
import { Transport, type TransportShape } from "../../transport/transport.ts"
import { CommitTimes } from "../time/commit-times.ts"
import { InputReader } from "./input-reader.ts"

const topic = "numbers"

const run = async <A, E>(use: (transport: TransportShape) => Effect.Effect<A, E>): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), "millrace-reader-"))
  const program = Effect.gen(function* () {
    return yield* use(yield* Transport)
  })
  try {
    return await Effect.runPromise(Effect.provide(program, embeddedTransport({ folder })))
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
