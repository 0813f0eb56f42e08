import { createInterface } from "node:readline"
import { frameHeaderBytes, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { emptyCommit } from "../../../runtime/src/transport/empty-commit.ts"
import { countBatchesAsHeap } from "../../../runtime/src/main/heap-limits.ts"
import { textFrame } from "../../../runtime/src/transport/acceptance.ts"
import { embeddedTransport } from "../../../runtime/src/transport/embedded/index.ts"
import { Transport, type TaskLog, type TransportShape } from "../../../runtime/src/transport/transport.ts"

// A log and nothing else. For each line, a number of batches: appends them one after the other, each when the one before is
// durable, and reads them all meanwhile; prints how long that took, and whether all came, in order, with what was written.

const [folder = "", batchBytes = "0", retainBytes = "0"] = process.argv.slice(2)
const topic = "bench"
const recordBytes = 171
const readBytes = 1024 * 1024

/** Batches of as many bytes as were asked for, within a record. */
const makeFrames = (): readonly Uint8Array[] =>
  Array.from({ length: 16 }, (_, kind) => {
    const count = Math.floor(Number(batchBytes) / (recordBytes + 8))
    return textFrame(
      Array.from({ length: count }, (_, n) => `${kind} ${n} `.padEnd(recordBytes, "abcdefghij"))
    )
  })

const append = Effect.fn("append")(function* (log: TaskLog, frames: readonly Uint8Array[], count: number) {
  for (let n = 0; n < count; n++) {
    const frame = frames[n % frames.length] ?? new Uint8Array(0)
    yield* log.commit({ ...emptyCommit, outputs: [{ topic, partition: 0, frame }] })
  }
})

/** Reads `count` batches from an offset on; answers the offset after them, and whether they are those that were appended. */
const consume = Effect.fn("consume")(function* (
  transport: TransportShape,
  frames: readonly Uint8Array[],
  { count, from }: { readonly count: number; readonly from: bigint }
) {
  let [next, verified] = [from, true]
  for (let seen = 0; seen < count;) {
    yield* transport.waitFor(topic, 0, next)
    for (const { baseOffset, frame } of yield* transport.read(topic, 0, next, readBytes)) {
      const given = frames[seen % frames.length] ?? new Uint8Array(0)
      verified &&= baseOffset === next && Buffer.compare(recordsOf(frame), recordsOf(given)) === 0
      next += BigInt(openBatch(frame).count)
      seen += 1
    }
  }
  return { next, verified }
})

/** Without the header, in which the log writes who appended it. */
const recordsOf = (frame: Uint8Array): Uint8Array => frame.subarray(frameHeaderBytes)

countBatchesAsHeap()
const runtime = ManagedRuntime.make(embeddedTransport({ folder }))
const frames = makeFrames()
const { log, transport } = await runtime.runPromise(
  Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.ensureTopic({
      name: topic,
      partitions: 1,
      internal: false,
      retainBytes: Number(retainBytes)
    })
    const log = yield* transport.openTask({ pipeline: "bench", node: "writer", partition: 0 })
    return { log, transport }
  })
)
let from = 0n
for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line)
  const began = performance.now()
  const [, { next, verified }] = await runtime.runPromise(
    Effect.all([append(log, frames, count), consume(transport, frames, { count, from })], {
      concurrency: "unbounded"
    })
  )
  from = next
  const seconds = (performance.now() - began) / 1_000
  process.stdout.write(`${JSON.stringify({ seconds, verified })}\n`)
}
await runtime.dispose()
