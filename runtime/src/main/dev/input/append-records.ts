import { schemaText } from "@millrace/sdk/avro"
import { type AvroValue, compileKey, compileValue } from "@millrace/sdk/codec"
import { BatchWriter, ByteSink } from "@millrace/sdk/record"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { noChange } from "../../../controller/run-marks.ts"
import type { Commit, TransportError, TransportShape } from "../../../transport/transport.ts"
import type { InputType } from "./input-type.ts"

/** How far a feed has come: which of its runs, and the next record of it. */
export interface FeedPosition {
  readonly run: number
  readonly next: number
}

/** Appends records to a stream of its own as a source's task would: the records and the position after them in one commit. */
export interface Appender {
  readonly position: FeedPosition
  readonly append: (values: readonly AvroValue[], after: FeedPosition) => Effect.Effect<void, TransportError>
}

/** The header that tells a record by its offset and input, `17@orders`; what a plugin makes of the record keeps it. */
export const numberHeader = "dev-record"

const maxRecordBytes = 4 * 1024 * 1024

/** Opens a stream for appending; makes its topic. A second appender of the same stream fences the first. */
export const openAppender = Effect.fn("openAppender")(function* (
  transport: TransportShape,
  topic: string,
  input: InputType
) {
  yield* transport.ensureTopic({ name: topic, partitions: 1, internal: false })
  const hash = yield* transport.putSchema(schemaText(input.type))
  const log = yield* transport.openTask({ pipeline: feedPipeline, node: topic, partition: 0 })
  const checkpoint = yield* log.checkpoint
  const frames = frameMaker(hash, input)
  return {
    position: positionOf(checkpoint?.positions["feed"]),
    append: (values, after) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const end = yield* transport.end(topic, 0)
        const outputs: Commit["outputs"] = frames(values, end, now).map((frame) => ({
          topic,
          partition: 0,
          frame
        }))
        const positions = { feed: JSON.stringify(after) }
        yield* log.commit({ ...noChange, outputs, positions, completed: false, now })
      })
  } satisfies Appender
})

/** Owner of the feeds' positions in the log; no pipeline can have this name. */
const feedPipeline = "~dev"

const positionOf = (json: string | undefined): FeedPosition => {
  const value: unknown = json === undefined ? undefined : JSON.parse(json)
  const part = (name: string): number => {
    const number: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined
    return typeof number === "number" && Number.isSafeInteger(number) ? number : 0
  }
  return { run: part("run"), next: part("next") }
}

const frameMaker = (schemaHash: Uint8Array, { key, name, type }: InputType) => {
  const codec = compileValue(type)
  const keys = key.length === 0 ? undefined : compileKey(type, key)
  const writer = new BatchWriter()
  const sink = new ByteSink(maxRecordBytes, 1024)
  const encoder = new TextEncoder()
  return (values: readonly AvroValue[], end: bigint, now: number): readonly Uint8Array[] => {
    writer.begin(schemaHash, now)
    for (const [index, value] of values.entries()) {
      sink.length = 0
      codec.write(value, sink)
      const bytes = sink.toBytes()
      writer.append(
        {
          timestamp: now,
          key: keys === undefined ? null : keys.key(bytes, 0, bytes.length),
          headers: [[numberHeader, encoder.encode(`${end + BigInt(index)}@${name}`)]]
        },
        bytes
      )
    }
    return writer.count === 0 ? [] : [writer.finish()]
  }
}
