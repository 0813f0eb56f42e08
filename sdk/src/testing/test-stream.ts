import { schemaHash } from "../avro/fingerprint.ts"
import type { RecordType } from "../avro/type.ts"
import { compileKey, compileReader, compileWriter } from "../codec/compile-boundary.ts"
import type { NodeStream } from "../manifest/node-resolution.ts"
import type { AnyContract } from "../plugin/contract.ts"
import { BatchCursor } from "../record/batch-cursor.ts"
import { BatchWriter } from "../record/batch-writer.ts"
import { ByteSink } from "../record/byte-sink.ts"
import { maxFrameBytes, noWatermark } from "../record/frame.ts"
import { isContract, recordTypeOf } from "./records/record-type.ts"
import { TestError } from "./test-error.ts"

/** Records for an input or a table. Values look as bodies see them (codec/view.ts); null is a tombstone. */
export interface TestStream {
  /** A contract, or an Avro record schema in JSON form. Default: the contract of the input. */
  readonly schema?: AnyContract | object
  /** The fields that record keys are made of. Default: the contract's, or what the plugin's `keyBy` asks for. */
  readonly key?: readonly string[]
  readonly values: readonly unknown[]
  /** Event time of each record, ms since 1970. Default: 0, 1, 2, … */
  readonly timestamps?: readonly number[]
  /** The watermark before each record, ms since 1970. Default: none. */
  readonly watermarks?: readonly (number | undefined)[]
  /** The headers of each record. */
  readonly headers?: readonly (RecordHeaders | undefined)[]
  /** The record keys of tombstones, which have no fields to make them of. */
  readonly keys?: readonly (Uint8Array | null | undefined)[]
}

export type RecordHeaders = readonly (readonly [name: string, value: Uint8Array])[]

/** A record that came out. */
export interface TestRecord {
  readonly value: unknown
  readonly key: Uint8Array | null
  readonly timestamp: number
  readonly headers: RecordHeaders
}

/** A stream's schema and key; `declared` is the input's contract, when it has one. */
export const nodeStream = (
  stream: TestStream,
  declared: { readonly schema: unknown; readonly key: readonly string[] } | undefined
): NodeStream => {
  const { schema } = stream
  if (schema === undefined) {
    if (declared === undefined) throw setup("give the stream's schema: this input takes any record")
    return { schema: recordTypeOf(Object(declared.schema)), key: stream.key ?? declared.key }
  }
  return { schema: recordTypeOf(schema), key: stream.key ?? (isContract(schema) ? schema.key : []) }
}

const setup = (message: string) => new TestError({ code: "SETUP", message })

/** One frame of the values from `from` to `to`. Throws a TestError that names the value that does not fit. */
export const frameOf = (stream: TestStream, node: NodeStream, from: number, to: number): Uint8Array => {
  const writer = compileWriter(node.schema)
  const keys = node.key.length === 0 ? undefined : compileKey(node.schema, node.key)
  const batch = new BatchWriter()
  batch.begin(schemaHash(node.schema), 0)
  for (const [at, value] of stream.values.slice(from, to).entries()) {
    const timestamp = stream.timestamps?.[from + at] ?? from + at
    const bytes = value === null ? null : encoded(writer, value, from + at)
    const made = bytes === null || keys === undefined ? null : keys.key(bytes, 0, bytes.length)
    const watermark = stream.watermarks?.[from + at] ?? noWatermark
    const headers = stream.headers?.[from + at] ?? []
    batch.append({ timestamp, watermark, key: stream.keys?.[from + at] ?? made, headers }, bytes)
  }
  return batch.finish()
}

const encoded = (writer: ReturnType<typeof compileWriter>, value: unknown, at: number): Uint8Array => {
  const sink = new ByteSink(maxFrameBytes, 256)
  try {
    writer.write(value, sink)
  } catch (error) {
    throw setup(`value ${at}: ${error instanceof Error ? error.message : String(error)}`)
  }
  return sink.toBytes()
}

/** The records of a frame, decoded by the schema that they were written with. */
export const recordsIn = (frame: Uint8Array, schema: RecordType): readonly TestRecord[] => {
  const reader = compileReader(schema, schema)
  const cursor = new BatchCursor(frame)
  const records: TestRecord[] = []
  while (cursor.next()) {
    if (cursor.isControl) continue
    const value = cursor.isTombstone ? null : reader.read(frame, cursor.valueStart, cursor.valueEnd)
    records.push({ value, key: cursor.key(), timestamp: cursor.timestamp, headers: cursor.headers() })
  }
  return records
}
