import assert from "node:assert/strict"
import { openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { textFrame, textsOf } from "./acceptance.ts"
import type { AcceptanceCase } from "./acceptance.ts"
import { emptyCommit } from "./empty-commit.ts"
import { Transport } from "./transport.ts"

/** What every transport must do of event time. */
export const eventTimeAcceptance: readonly AcceptanceCase[] = [
  {
    name: "lets the last batch of a commit in each partition carry its watermark, and no other",
    run: Effect.gen(function* () {
      const transport = yield* Transport
      yield* transport.putSchema('"bytes"')
      yield* transport.ensureTopic({ name: "films", partitions: 2, internal: false })
      const log = yield* transport.openTask({ pipeline: "acceptance", node: "head", partition: 0 })
      const outputs = [0, 0, 1, 0].map((partition, index) => ({
        topic: "films",
        partition,
        frame: textFrame([String(index)])
      }))
      yield* log.commit({ ...emptyCommit, outputs, watermark: 7_000 })
      yield* log.commit({ ...emptyCommit, outputs: outputs.slice(0, 1), watermark: 8_000 })
      const found: number[][] = []
      for (const [partition, batches] of [4, 1].entries()) {
        const watermarks: number[] = []
        for (let next = 0n; watermarks.length < batches;) {
          yield* transport.waitFor("films", partition, next)
          for (const batch of yield* transport.read("films", partition, next, 1_000_000)) {
            const { count, watermark } = openBatch(batch.frame)
            if (textsOf([batch]).length > 0) watermarks.push(watermark)
            next = batch.baseOffset + BigInt(count)
          }
        }
        found.push(watermarks)
      }
      assert.deepEqual(found, [[-Infinity, -Infinity, 7_000, 8_000], [7_000]])
    })
  }
]
