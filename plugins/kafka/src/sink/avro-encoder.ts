import { ByteSink, type DatumReader, datumReader, datumWriter } from "@millrace/sdk"
import { type AvroType, sameType, schemaIdLength, writeSchemaId } from "@millrace/sdk/avro"
import { registryError } from "../avro/registry-error.ts"
import { Unwritable } from "./unwritable.ts"

/** A subject's schema, by which readers know what was written. */
export interface IdentifiedType {
  readonly id: number
  readonly type: AvroType
}

const mostBytes = 16 * 1024 * 1024
const firstBytes = 1_024

/** Writes values of the type `own` as a subject's schema has them, behind its id; one that it does not take throws {@link Unwritable}. */
export function* avroEncoder(subject: string, own: AvroType, { id, type }: IdentifiedType) {
  const sink = new ByteSink(mostBytes, firstBytes)
  const convert = sameType(own, type) ? undefined : yield* converter(subject, own, type)
  const writer = datumWriter(type)
  return (value: unknown): Uint8Array => {
    try {
      const fitting = convert === undefined ? value : convert(value)
      sink.length = 0
      sink.ensure(schemaIdLength)
      writeSchemaId(sink.bytes, 0, id)
      sink.length = schemaIdLength
      writer.write(fitting, sink)
      return sink.bytes.slice(0, sink.length)
    } catch (error) {
      throw new Unwritable(
        "KAFKA_VALUE_REFUSED",
        `schema ${id} of subject ${subject} does not take it: ${messageOf(error)}`
      )
    }
  }
}

/** By Avro's rules for a writer's and a reader's schema; the names of the records themselves do not matter. */
function* converter(subject: string, own: AvroType, type: AvroType) {
  const writer = own.kind === "record" && type.kind === "record" ? { ...own, name: type.name } : own
  const reader = readerOf(writer, type)
  if (typeof reader === "string")
    return yield* registryError(
      "REGISTRY_SCHEMA_MISFIT",
      `the stream's records cannot be written with the latest schema of subject ${subject}: ${reader}`
    )
  const write = datumWriter(writer)
  const sink = new ByteSink(mostBytes, firstBytes)
  return (value: unknown): unknown => {
    sink.length = 0
    write.write(value, sink)
    return reader.read(sink.bytes, 0, sink.length)
  }
}

const readerOf = (writer: AvroType, reader: AvroType): DatumReader | string => {
  try {
    return datumReader(writer, reader)
  } catch (error) {
    return messageOf(error)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
