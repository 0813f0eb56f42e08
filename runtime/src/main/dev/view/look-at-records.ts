import type { RecordView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { RecordViewer } from "../../../controller/record-view.ts"
import type { TransportError, TransportShape } from "../../../transport/transport.ts"
import { numberHeader } from "../input/append-records.ts"

/** Reads single records of the log for people. */
export interface RecordLook {
  /** The newest records of a stream from an offset on, at most `limit`, and the offset after the last. */
  readonly newest: (
    stream: string,
    from: bigint,
    limit: number
  ) => Effect.Effect<{ readonly records: readonly RecordView[]; readonly next: bigint }, TransportError>
  /** The record that another was made from, by the number that it carries. */
  readonly origin: (
    record: RecordView,
    streams: { readonly [input: string]: string }
  ) => Effect.Effect<RecordView | undefined, TransportError>
  readonly at: (stream: string, offset: bigint) => Effect.Effect<RecordView | undefined, TransportError>
}

const readBytes = 1_048_576

export const lookAtRecords = (transport: TransportShape, viewer: RecordViewer): RecordLook => {
  const readFrom = Effect.fnUntraced(function* (stream: string, from: bigint, limit: number) {
    const records: RecordView[] = []
    for (let next = from; records.length < limit;) {
      const batches = yield* transport.read(stream, 0, next, readBytes)
      if (batches.length === 0) break
      for (const { baseOffset, frame } of batches) {
        const schema = (yield* transport.schema(frame.subarray(48, 80))) ?? '"null"'
        const place = { topic: stream, partition: 0, baseOffset, from: next, limit: 10_000 }
        const views = viewer.view(place, frame, schema)
        records.push(...views)
        const last = views.at(-1)
        if (last !== undefined) next = BigInt(last.offset) + 1n
      }
    }
    return records.slice(0, limit)
  })
  const at = (stream: string, offset: bigint) =>
    Effect.map(readFrom(stream, offset, 1), (records) => records[0])
  return {
    newest: (stream, from, limit) =>
      Effect.gen(function* () {
        const end = yield* transport.end(stream, 0)
        const wide = BigInt(limit) * 2n
        const start = end - from > wide ? end - wide : from
        const records = end > start ? yield* readFrom(stream, start, limit * 2) : []
        return { records: records.filter(({ control }) => control === undefined).slice(-limit), next: end }
      }),
    at,
    origin: (record, streams) => {
      const number = /^(\d{1,18})@(.+)$/.exec(record.headers[numberHeader] ?? "")
      const [, offset = "", input = ""] = number ?? []
      const stream = Object.hasOwn(streams, input) ? streams[input] : undefined
      return number === null || stream === undefined ? Effect.undefined : at(stream, BigInt(offset))
    }
  }
}
