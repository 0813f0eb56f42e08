import { type AvroType, parseAvroOrThrow, resolve } from "@millrace/sdk/avro"
import { datumReader, datumWriter } from "@millrace/sdk/codec"
import { ByteSink } from "@millrace/sdk/record"

/** A value's bytes under one schema to its bytes under a later one. Throws a CodecFault for what is no such value. */
export type ValueUpgrade = (value: Uint8Array) => Uint8Array

const maxValueBytes = 8 * 1024 * 1024

/** Whether every value of the writer's schema can be read; one that only some values could not (a missing branch) is a no. */
export function canResolve(writer: string, reader: string): boolean {
  if (writer === reader) return true
  const resolved = resolve(parseAvroOrThrow(writer), parseAvroOrThrow(reader))
  return "ok" in resolved && resolved.partial.length === 0
}

/**
 * Takes values from the first of these schemas (Avro text) to the last, step by step (Avro 1.12 §Schema Resolution). By
 * closures over the schemas: what a stored plan says is never evaluated here.
 */
export function valueUpgrade(schemas: readonly string[]): ValueUpgrade {
  const types = schemas.map((text) => parseAvroOrThrow(text))
  const steps = types.slice(1).map((reader, index) => step(types[index] ?? reader, reader))
  return (value) => steps.reduce((bytes, go) => go(bytes), value)
}

function step(writer: AvroType, reader: AvroType): ValueUpgrade {
  const from = datumReader(writer, reader)
  const to = datumWriter(reader)
  return (value) => {
    const sink = new ByteSink(maxValueBytes, value.length + 64)
    to.write(from.read(value, 0, value.length), sink)
    return sink.toBytes()
  }
}

/** The schemas that a value written with one of them goes through; the last time that it was in force counts. */
export function schemasFrom(schemas: readonly number[], written: number): readonly number[] {
  const at = schemas.lastIndexOf(written)
  return at < 0 ? [] : schemas.slice(at)
}
