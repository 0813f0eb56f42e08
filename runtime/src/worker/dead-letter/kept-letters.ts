import { BatchCursor, openBatch } from "@millrace/sdk/record"
import * as Effect from "effect/Effect"
import type { RemoteLog, TransportError, TransportShape } from "../../transport/transport.ts"

const readBytes = 1024 * 1024
/** A look at a topic goes on with the next one: nobody waits until all of it was read. */
const mostReads = 16

interface Counted {
  /** What was read up to here. */
  readonly next: bigint
  readonly letters: number
}
const known = new WeakMap<RemoteLog, Map<string, Counted>>()

/**
 * How many dead letters a partition of their topic has. On a log elsewhere offsets number more than records (Kafka's ends of
 * transactions): there it is read on from where the last look ended.
 */
export function countLetters(
  transport: Pick<TransportShape, "end" | "remote">,
  topic: string,
  partition: number
): Effect.Effect<{ readonly end: number; readonly letters: number }, TransportError> {
  const { remote } = transport
  return Effect.gen(function* () {
    const end = yield* transport.end(topic, partition)
    if (remote === undefined) return { end: Number(end), letters: Number(end) }
    const places = known.get(remote) ?? new Map<string, Counted>()
    known.set(remote, places)
    const place = `${topic}/${partition}`
    const before = places.get(place)
    // A topic that was made anew begins anew.
    let { letters, next } = before === undefined || before.next > end ? { next: 0n, letters: 0 } : before
    for (let reads = 0; next < end && reads < mostReads; reads++) {
      const batches = yield* remote.readSoon(topic, partition, next, readBytes)
      if (batches.length === 0) break
      for (const { baseOffset, frame } of batches) {
        letters += recordsIn(frame, Number(next - baseOffset))
        next = baseOffset + BigInt(openBatch(frame).count)
      }
    }
    places.set(place, { next, letters })
    return { end: Number(end), letters }
  })
}

function recordsIn(frame: Uint8Array, from: number): number {
  const cursor = new BatchCursor(frame)
  let records = 0
  while (cursor.next()) if (cursor.index >= from && !cursor.isControl && !cursor.isTombstone) records += 1
  return records
}
