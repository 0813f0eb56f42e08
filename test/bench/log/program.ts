import { flushes } from "./count-flushes.ts"
import { createInterface } from "node:readline"
import { setImmediate as turn } from "node:timers/promises"
import { frameHeaderBytes, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { emptyCommit } from "../../../runtime/src/transport/empty-commit.ts"
import { countBatchesAsHeap } from "../../../runtime/src/main/heap-limits.ts"
import { textFrame } from "../../../runtime/src/transport/acceptance.ts"
import { embeddedTransport } from "../../../runtime/src/transport/embedded/index.ts"
import {
  Transport,
  type TaskLog,
  type TransportError,
  type TransportShape
} from "../../../runtime/src/transport/transport.ts"

// A log and nothing else. For each line, a number of batches: appends them, so many at a time, each by a task that waits until its
// last is durable, and reads them all meanwhile; prints how long that took, how often frame files were flushed, and whether all
// came, in order, with what was written.

const [folder = "", batchBytes = "0", retainBytes = "0", atATime = "1"] = process.argv.slice(2)
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

const append = Effect.fn("append")(function* (
  logs: readonly TaskLog[],
  frames: readonly Uint8Array[],
  count: number
) {
  const running: Fiber.Fiber<unknown, TransportError>[] = []
  for (let n = 0; n < count; n++) {
    const frame = frames[n % frames.length] ?? new Uint8Array(0)
    const log = logs[n % logs.length]
    const before = running.length < logs.length ? undefined : running.shift()
    if (before !== undefined) yield* Fiber.join(before)
    // The batch before is being written in this turn: this one is not to come into its transaction, and its flush.
    if (logs.length > 1) yield* Effect.promise(() => turn())
    const commit = log?.commit({ ...emptyCommit, outputs: [{ topic, partition: 0, frame }] }) ?? Effect.void
    running.push(yield* Effect.forkChild(commit, { startImmediately: true }))
  }
  yield* Fiber.joinAll(running)
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
const { logs, transport } = await runtime.runPromise(
  Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.ensureTopic({
      name: topic,
      partitions: 1,
      internal: false,
      retainBytes: Number(retainBytes)
    })
    const logs = yield* Effect.forEach(Array.from({ length: Number(atATime) }).keys(), (partition) =>
      transport.openTask({ pipeline: "bench", node: "writer", partition })
    )
    return { logs, transport }
  })
)
let from = 0n
for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line)
  const began = performance.now()
  const flushed = flushes()
  const [, { next, verified }] = await runtime.runPromise(
    Effect.all([append(logs, frames, count), consume(transport, frames, { count, from })], {
      concurrency: "unbounded"
    })
  )
  from = next
  const seconds = (performance.now() - began) / 1_000
  process.stdout.write(`${JSON.stringify({ seconds, flushes: flushes() - flushed, verified })}\n`)
}
await runtime.dispose()
