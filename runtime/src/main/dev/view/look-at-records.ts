import type { RecordView } from "@millrace/sdk/api"
import * as Effect from "effect/Effect"
import type { RecordViewer } from "../../../controller/record-view.ts"
import type { LogBatch, TransportError, TransportShape } from "../../../transport/transport.ts"
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
  /** The record that stands there; undefined where there is none, or one that only speaks of event time. */
  readonly at: (stream: string, offset: bigint) => Effect.Effect<RecordView | undefined, TransportError>
}

/** Offsets that are looked at in one step back from the end, and steps: behind so much that is no record, nothing is new to anybody. */
const stepOffsets = 64n
const mostSteps = 256

export const lookAtRecords = (transport: TransportShape, viewer: RecordViewer): RecordLook => {
  /** Records of the batch that holds an offset, from `from` on, without what only speaks of event time. */
  const viewBatch = Effect.fnUntraced(function* (
    stream: string,
    { baseOffset, frame }: LogBatch,
    from: bigint
  ) {
    const schema = (yield* transport.schema(frame.subarray(48, 80))) ?? '"null"'
    const place = { topic: stream, partition: 0, baseOffset, from, limit: Number(stepOffsets) }
    return viewer.view(place, frame, schema).filter(({ control }) => control === undefined)
  })
  const at = Effect.fnUntraced(function* (stream: string, offset: bigint) {
    const [batch] = yield* transport.read(stream, 0, offset, 1)
    if (batch === undefined) return undefined
    const records = yield* viewBatch(stream, batch, offset)
    return records.find((record) => BigInt(record.offset) === offset)
  })
  return {
    newest: Effect.fnUntraced(function* (stream: string, from: bigint, limit: number) {
      const end = yield* transport.end(stream, 0)
      let records: readonly RecordView[] = []
      let before = end
      // Backwards: how many of the last offsets hold records, and which are gone or say something of event time, nobody knows.
      for (let steps = 0; before > from && records.length < limit && steps < mostSteps; steps++) {
        const [batch] = yield* transport.read(stream, 0, before - 1n, 1)
        if (batch === undefined) break
        const first = latest(from, batch.baseOffset, before - stepOffsets)
        const found = yield* viewBatch(stream, batch, first)
        const until = before
        records = [...found.filter(({ offset }) => BigInt(offset) < until), ...records]
        before = first
      }
      return { records: records.slice(-limit), next: end }
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

const latest = (...offsets: readonly bigint[]): bigint =>
  offsets.reduce((last, offset) => (offset > last ? offset : last))
