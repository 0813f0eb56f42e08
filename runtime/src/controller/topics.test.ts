import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { BatchWriter } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "vitest"
import { emptyCommit } from "../transport/empty-commit.ts"
import { readKeyed } from "../transport/acceptance-compaction.ts"
import { embeddedTransport } from "../transport/embedded/index.ts"
import { compacted, eagerly, topic, writer } from "../transport/embedded/testing/compacted.ts"
import { Transport } from "../transport/transport.ts"
import { makeRecordViewer } from "./record-view.ts"
import { readRecords } from "./topics.ts"

describe("a compacted topic", () => {
  it("is shown page by page to its end, over frames that end with records that are gone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-topics-"))
    const program = Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.ensureTopic(topic)
      const log = yield* transport.openTask(writer)
      const schema = yield* transport.putSchema('"null"')
      for (let turn = 0; turn < 30; turn++) {
        const frame = new BatchWriter()
        frame.begin(schema)
        for (let place = 0; place < 10; place++)
          frame.append({ timestamp: 1, key: Uint8Array.of((place * 3 + turn) % 17) }, new Uint8Array(0))
        const outputs = [{ topic: topic.name, partition: 0, frame: frame.finish() }]
        yield* log.commit({ ...emptyCommit, outputs })
      }
      yield* compacted(topic.name)
      const left = (yield* readKeyed(transport)).map(({ offset }) => String(offset))
      assert.isBelow(left.length, 60)
      const seen: string[] = []
      for (let from = 0n; from < 300n;) {
        const query = { topic: topic.name, partition: 0, from, limit: 5 }
        const page = yield* readRecords(query, makeRecordViewer())
        seen.push(...page.records.map(({ offset }) => offset))
        assert.isAbove(Number(page.next["0"]), Number(from))
        from = BigInt(page.next["0"] ?? "")
      }
      assert.deepStrictEqual(seen, left)
    })
    try {
      await Effect.runPromise(Effect.provide(program, embeddedTransport({ folder, compaction: eagerly })))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
