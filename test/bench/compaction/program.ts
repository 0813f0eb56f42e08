import { BatchCursor, BatchWriter, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { emptyCommit } from "../../../runtime/src/transport/empty-commit.ts"
import { embeddedTransport } from "../../../runtime/src/transport/embedded/index.ts"
import { Transport, type TaskLog, type TransportShape } from "../../../runtime/src/transport/transport.ts"

// A log and nothing else. A batch of records is due every so often; how long each took from when it was due to its commit, durable,
// is what counts: a stall holds up those behind it, too. Keys are drawn at random, each as often as `times` in all. Prints percentiles,
// the bytes of frames that are left, and whether each key is there as it was written last.

const [folder = "", compact = "", keyCount = "0", times = "0", batch = "0", everyMs = "0"] =
  process.argv.slice(2)
const topic = { name: "customers", partitions: 1, internal: false, compact: compact === "on" }
const valueBytes = 171
const keys = Number(keyCount)
const commits = Math.floor((keys * Number(times)) / Number(batch))
const readBytes = 1024 * 1024

/** The same for both contestants. */
const draws = function* (): Generator<number> {
  for (let state = 1; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield (state >>> 8) % keys
  }
}

const newest = new Map<number, number>()
const drawn = draws()
const schema = new Uint8Array(32)
const writer = new BatchWriter()

const frameOf = (commit: number): Uint8Array => {
  writer.begin(schema, 0)
  for (let place = 0; place < Number(batch); place++) {
    const key = Number(drawn.next().value)
    const number = commit * Number(batch) + place
    newest.set(key, number)
    const bytes = Buffer.alloc(valueBytes)
    bytes.writeUInt32LE(number)
    writer.append({ timestamp: commit, key: Buffer.from(`customer ${key}`) }, bytes)
  }
  return writer.finish()
}

const appendAll = Effect.fn("appendAll")(function* (log: TaskLog) {
  const took: number[] = []
  const began = performance.now()
  for (let commit = 0; commit < commits; commit++) {
    const frame = frameOf(commit)
    const due = began + commit * Number(everyMs)
    while (performance.now() < due) yield* Effect.sleep(due - performance.now())
    yield* log.commit({ ...emptyCommit, outputs: [{ topic: topic.name, partition: 0, frame }] })
    took.push(performance.now() - due)
  }
  return took.toSorted((left, right) => left - right)
})

/** What is left of the log, and whether each key's last record is what was written last. */
const look = Effect.fn("look")(function* (transport: TransportShape) {
  const last = new Map<string, number>()
  let bytes = 0
  const end = yield* transport.end(topic.name, 0)
  for (let next = 0n; next < end;) {
    for (const { baseOffset, frame } of yield* transport.read(topic.name, 0, next, readBytes)) {
      bytes += frame.length
      const cursor = new BatchCursor(frame)
      while (cursor.next())
        last.set(
          Buffer.from(cursor.key() ?? []).toString(),
          new DataView(frame.buffer, frame.byteOffset + cursor.valueStart).getUint32(0, true)
        )
      next = baseOffset + BigInt(openBatch(frame).count)
    }
  }
  const verified =
    last.size === newest.size && [...newest].every(([key, number]) => last.get(`customer ${key}`) === number)
  return { bytes, verified }
})

const runtime = ManagedRuntime.make(embeddedTransport({ folder }))
const result = await runtime.runPromise(
  Effect.gen(function* () {
    const transport = yield* Transport
    yield* transport.ensureTopic(topic)
    const log = yield* transport.openTask({ pipeline: "bench", node: "writer", partition: 0 })
    const cpu = process.cpuUsage()
    const took = yield* appendAll(log)
    const { system, user } = process.cpuUsage(cpu)
    const at = (share: number): number =>
      took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? Number.NaN
    const percentiles = { p50: at(0.5), p99: at(0.99), p999: at(0.999), most: at(1) }
    return { ...percentiles, cpuSeconds: (system + user) / 1e6, ...(yield* look(transport)) }
  })
)
process.stdout.write(`${JSON.stringify(result)}\n`)
await runtime.dispose()
