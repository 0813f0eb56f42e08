import type { AvroType } from "@millrace/sdk/avro"
import { compileKey, compileValue, type ValueCodec } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, ByteSink } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import { noChange } from "../../../runtime/src/controller/run-marks.ts"
import type { TransportShape } from "../../../runtime/src/transport/transport.ts"

// Records at an even pace into a stream, and out of another: each says when it was due, by a clock that all processes of the
// machine share, so that what a stall keeps back counts for every record that it keeps.

/** How records come. */
export interface Pace {
  readonly perSecond: number
  readonly seconds: number
  /** Seconds ahead of these that are not measured. */
  readonly warmSeconds: number
}

/** µs of the machine's monotonic clock. */
export const clockMicros = (): number => Number(process.hrtime.bigint() / 1_000n)

const timerMs = 1
const maxRecordBytes = 1024
const users = Array.from({ length: 1_000 }, (_, n) => `user-${n}`)
const prices = 10_007
const readBytes = 1024 * 1024

/** Appends events as a source's task commits them, with what is due at each tick of 1 ms; answers how many. */
export const feed = Effect.fn("feed")(function* (
  transport: TransportShape,
  { hash, topic, type }: { readonly hash: Uint8Array; readonly topic: string; readonly type: AvroType },
  { perSecond, seconds, warmSeconds }: Pace
) {
  const log = yield* transport.openTask({ pipeline: "~bench", node: topic, partition: 0 })
  const frames = frameMaker(hash, type)
  const total = perSecond * (seconds + warmSeconds)
  const began = clockMicros()
  const dueAt = (n: number): number => began + Math.floor((n * 1e6) / perSecond)
  let given = 0
  while (given < total) {
    const now = clockMicros()
    const from = given
    while (given < total && dueAt(given) <= now) given += 1
    if (given > from) {
      const frame = frames(from, given, dueAt)
      yield* log.commit({
        ...noChange,
        outputs: [{ topic, partition: 0, frame }],
        completed: false,
        now: Date.now()
      })
    }
    yield* Effect.sleep(timerMs)
  }
  return total
})

/** Makes frames without making anything else: what the meter leaves to be collected would be collected in the platform's time. */
const frameMaker = (hash: Uint8Array, type: AvroType) => {
  const codec = compileValue(type)
  const keyOf = compileKey(type, ["key"])
  const writer = new BatchWriter()
  const sink = new ByteSink(maxRecordBytes, maxRecordBytes)
  const event = { key: "", at: 0, price: 0 }
  const head: { timestamp: number; key: Uint8Array | null } = { timestamp: 0, key: null }
  const keys: (Uint8Array | null)[] = []
  return (from: number, to: number, dueAt: (n: number) => number): Uint8Array => {
    head.timestamp = Date.now()
    writer.begin(hash, head.timestamp)
    for (let n = from; n < to; n++) {
      event.key = users[n % users.length] ?? ""
      event.at = dueAt(n)
      event.price = n % prices
      sink.length = 0
      codec.write(event, sink)
      head.key = keys[n % users.length] ??= keyOf.key(sink.bytes, 0, sink.length)
      writer.append(head, sink.bytes.subarray(0, sink.length))
    }
    return writer.finish()
  }
}

export interface Latencies {
  /** µs from when a record was due until it was read, sorted; without the warm seconds'. */
  readonly micros: Float64Array
  /** Every record came once, in order, and as the map makes it. */
  readonly verified: boolean
}

/** Reads the stream to the last of `pace`'s records, as soon as there is something to read. */
export const consume = Effect.fn("consume")(function* (
  transport: TransportShape,
  { codec, topic }: { readonly codec: ValueCodec; readonly topic: string },
  { perSecond, seconds, warmSeconds }: Pace
) {
  const total = perSecond * (seconds + warmSeconds)
  // All of its memory from the beginning: an array that grows would be collected as the platform's.
  const micros = new Float64Array(perSecond * seconds)
  const unmeasured = perSecond * warmSeconds
  let [next, seen, lastDue, verified] = [0n, 0, 0, true]
  while (seen < total) {
    yield* transport.waitFor(topic, 0, next)
    for (const { baseOffset, frame } of yield* transport.read(topic, 0, next, readBytes)) {
      const now = clockMicros()
      const cursor = new BatchCursor(frame)
      while (cursor.next()) {
        next = baseOffset + BigInt(cursor.index + 1)
        const event = codec.read(frame, cursor.valueStart, cursor.valueEnd)
        if (!isEvent(event)) return yield* Effect.die("a record that is no event")
        const { at: due, key, price } = event
        verified &&= due > lastDue && key === users[seen % users.length] && price === (seen % prices) + 1
        lastDue = due
        if (seen >= unmeasured) micros[seen - unmeasured] = now - due
        seen += 1
      }
    }
  }
  return { micros: micros.sort(), verified } satisfies Latencies
})

const isEvent = (
  value: unknown
): value is { readonly at: number; readonly key: string; readonly price: number } =>
  typeof value === "object" &&
  value !== null &&
  "at" in value &&
  typeof value.at === "number" &&
  "key" in value &&
  "price" in value
