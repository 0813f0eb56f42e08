import { schemaHash } from "@millrace/sdk/avro"
import { type AvroValue, compileKey, compileValue } from "@millrace/sdk/codec"
import { BatchWriter, ByteSink } from "@millrace/sdk/record"
import type { InputFrame } from "@millrace/sandbox"
import type { DevInput } from "../dev/input/dev-inputs.ts"

/** What a task would take from its inputs at a time: a frame of each that has records left. */
export interface Batch {
  readonly frames: readonly InputFrame[]
  readonly records: number
}

export interface BatchLimits {
  /** Of the values and their keys, over all inputs. */
  readonly bytes: number
  readonly records: number
}

/** Records of an input, encoded as its stream has them. */
export interface EncodedInput {
  readonly name: string
  readonly stream: string
  readonly hash: Uint8Array
  readonly records: readonly { readonly key: Uint8Array | null; readonly value: Uint8Array }[]
}

const maxRecordBytes = 4 * 1024 * 1024
/** 1 January 2026, ms since 1970: when the first record happened; the next ones a millisecond later each. */
const beginsAt = 1_767_225_600_000

/** The records of an input: `count` of them, the author's own over and over, each with the key that these fields make. */
export const encodeInput = (
  { name, stream, supply, type }: DevInput,
  key: readonly string[],
  count: number
): EncodedInput => {
  const codec = compileValue(type)
  const keys = key.length === 0 ? undefined : compileKey(type, key)
  const sink = new ByteSink(maxRecordBytes, 1024)
  const encode = (value: AvroValue) => {
    sink.length = 0
    codec.write(value, sink)
    const bytes = sink.toBytes()
    return { key: keys === undefined ? null : keys.key(bytes, 0, bytes.length), value: bytes }
  }
  return { name, stream, hash: schemaHash(type), records: supply.take(0, count).map(encode) }
}

/** All records of all inputs in batches, each with the same part of every input. */
export const batchesOf = (inputs: readonly EncodedInput[], limits: BatchLimits): readonly Batch[] => {
  const total = inputs.reduce((sum, { records }) => sum + records.length, 0)
  const bytes = inputs.reduce((sum, input) => sum + bytesOf(input), 0)
  const count = Math.max(1, Math.ceil(total / limits.records), Math.ceil(bytes / limits.bytes))
  return Array.from({ length: count }, (_, index) => batchOf(inputs, index, count)).filter(
    ({ records }) => records > 0
  )
}

const bytesOf = ({ records }: EncodedInput): number =>
  records.reduce((sum, { key, value }) => sum + value.length + (key?.length ?? 0), 0)

const batchOf = (inputs: readonly EncodedInput[], index: number, count: number): Batch => {
  const frames = inputs.flatMap((input) => {
    const { length } = input.records
    return frameOf(input, Math.floor((length * index) / count), Math.floor((length * (index + 1)) / count))
  })
  return {
    frames: frames.map(({ frame }) => frame),
    records: frames.reduce((sum, each) => sum + each.records, 0)
  }
}

const frameOf = (input: EncodedInput, from: number, to: number) => {
  if (from === to) return []
  const writer = new BatchWriter()
  writer.begin(input.hash, beginsAt)
  for (const [index, { key, value }] of input.records.slice(from, to).entries())
    writer.append({ timestamp: beginsAt + from + index, key }, value)
  const frame: InputFrame = {
    input: input.name,
    topic: input.stream,
    topicPartition: 0,
    baseOffset: BigInt(from),
    frame: writer.finish()
  }
  return [{ frame, records: to - from }]
}

const mostSingles = 500

/** The first records of an input, each in a batch of its own. */
export const singleBatches = (input: EncodedInput): readonly Batch[] =>
  Array.from({ length: Math.min(mostSingles, input.records.length) }, (_, index) => ({
    frames: frameOf(input, index, index + 1).map(({ frame }) => frame),
    records: 1
  }))
