import { type Json, parseAvroOrThrow, type RecordType } from "@millrace/sdk/avro"
import { CodecFault, compileValue, fromJsonValue } from "@millrace/sdk/codec"
import { BatchCursor, BatchWriter, ByteSink, openBatch } from "@millrace/sdk/record"

/** Beyond it a record is kept in no dead letter. */
const maxBytes = 16 * 1024 * 1024

/** The edit does not fit the record. */
export class EditFault extends Error {
  /** Where in the record. */
  readonly field: string

  constructor(field: string, problem: string) {
    super(problem)
    this.name = "EditFault"
    this.field = field
  }
}

const isFields = (value: unknown): value is { readonly [field: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * The one record of a frame with other values, given as JSON, in some of its fields. What is not edited stays what it is, unread.
 * Key, headers, timestamp and watermark stay: the record goes to the task that failed it, where its key's state is. Throws an {@link EditFault}.
 */
export function editRecord(
  frame: Uint8Array,
  schema: string,
  edits: { readonly [field: string]: unknown }
): Uint8Array {
  const type = parseAvroOrThrow(schema)
  const cursor = new BatchCursor(frame)
  if (!cursor.next() || cursor.isTombstone || cursor.isControl)
    throw new EditFault("", "the record is a delete and has no fields")
  if (type.kind !== "record") throw new EditFault("", "the record has no fields")
  const codec = compileValue(type)
  const value: unknown = codec.read(frame, cursor.valueStart, cursor.valueEnd)
  if (!isFields(value)) throw new EditFault("", "the record has no fields")
  const sink = new ByteSink(maxBytes, 1_024)
  codec.write({ ...value, ...checked(type, edits) }, sink)
  const writer = new BatchWriter()
  const { baseTimestamp, schemaHash } = openBatch(frame)
  writer.begin(schemaHash, baseTimestamp)
  writer.beginLike(cursor)
  writer.sink.copy(sink.bytes, 0, sink.length)
  writer.endRecord()
  return writer.finish()
}

/** The edits as values of their fields' types. */
function checked(
  type: RecordType,
  edits: { readonly [field: string]: unknown }
): { readonly [field: string]: unknown } {
  return Object.fromEntries(
    Object.entries(edits).map(([name, edit]) => {
      const field = type.fields.find((each) => each.name === name)
      if (field === undefined)
        throw new EditFault(
          name,
          `it has no such field, but ${type.fields.map((each) => each.name).join(", ")}`
        )
      try {
        const json: Json = JSON.parse(JSON.stringify(edit))
        const value = fromJsonValue(field.type, json)
        // Checks that a contract carries are made where a value is written.
        compileValue(field.type).write(value, new ByteSink(maxBytes, 64))
        return [name, value]
      } catch (error) {
        if (!(error instanceof CodecFault)) throw error
        throw new EditFault(name, error.message)
      }
    })
  )
}
