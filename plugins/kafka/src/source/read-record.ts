import {
  type AvroType,
  ByteSink,
  datumWriter,
  fromPlainJson,
  type KafkaRecord,
  type Rejected,
  type SourceRecord,
  toBase64
} from "@millrace/sdk"
import type { AvroUse, KnownSchemas } from "../avro/known-schemas.ts"
import { addedKeyFields } from "./added-key.ts"
import type { SourceConfig } from "./config.ts"
import { Misfit } from "./misfit.ts"
import { type KeyReader, keyReader } from "./read-key.ts"
import { jsonOf, shownText, textOf } from "./text.ts"

type Row = { readonly [field: string]: unknown }

/** A record of one of the topic's partitions as one of the stream; undefined where it is passed over. */
export type ReadRecord = (
  record: KafkaRecord,
  partition: string
) => SourceRecord<unknown> | Rejected | undefined

/** A value's fields. Throws a {@link Misfit}. */
type ReadValue = (value: Uint8Array) => Row

/** `type`: of the records, as the contract has them; `schemas`: of what is Avro. */
export const recordReader = (config: SourceConfig, type: AvroType, schemas: KnownSchemas): ReadRecord => {
  const readValue = valueReader(config, type, schemas)
  const key = keyReader(config, type, schemas)
  const added = addedKeyFields(config).map(({ name }) => name)
  const tombstones = tombstonesOf(config)
  const read = (record: KafkaRecord): SourceRecord<unknown> | undefined => {
    const head = headOf(record)
    if (record.value === null) {
      if (tombstones === "skip") return undefined
      return { value: null, key: deletedKey(record, key, tombstones), ...head }
    }
    const row = readValue(record.value)
    const keyed = added.length === 0 ? {} : addedKey(config, added, key, record.key)
    const { headers } = config
    return {
      value: {
        ...keyed,
        ...row,
        ...(headers === undefined ? {} : { [headers.field]: headerMap(record, headers.as ?? "text") })
      },
      ...head
    }
  }
  return (record, partition) => {
    try {
      return read(record)
    } catch (error) {
      if (!(error instanceof Misfit)) throw error
      return {
        at: `${config.topic}/${partition}@${record.offset}`,
        reason: `${error.code}: ${error.message}`,
        raw: rawOf(config, record)
      }
    }
  }
}

/** What the source does with a record without a value. */
const tombstonesOf = ({ key, tombstones }: SourceConfig): NonNullable<SourceConfig["tombstones"]> =>
  tombstones ?? (key === undefined ? "dead-letter" : "delete")

/** What of the records has to be known by a schema's id, before they are read. */
export const avroOf = (
  config: SourceConfig,
  records: readonly KafkaRecord[]
): readonly (Uint8Array | null)[] => {
  const values = config.format === "avro" ? records.map(({ value }) => value) : []
  if (config.key?.format !== "avro") return values
  const isAdded = addedKeyFields(config).length > 0
  const deletes = tombstonesOf(config) === "delete"
  const keys = records.flatMap(({ key, value }) => (isAdded || (deletes && value === null) ? [key] : []))
  return [...values, ...keys]
}

/** Avro is no text: base64 of it is whole. */
const rawOf = ({ format, key: keyConfig }: SourceConfig, { key, value }: KafkaRecord): string => {
  const isAvro = value === null ? keyConfig?.format === "avro" : format === "avro"
  const bytes = value ?? key ?? new Uint8Array()
  return isAvro ? toBase64(bytes) : shownText(bytes)
}

export const isRejected = (read: SourceRecord<unknown> | Rejected): read is Rejected => "reason" in read

/** The time is the record's; a producer without one writes -1. */
const headOf = ({
  headers,
  timestamp
}: KafkaRecord): Pick<SourceRecord<unknown>, "headers" | "timestamp"> => ({
  ...(timestamp < 0 ? {} : { timestamp }),
  ...(headers.length === 0
    ? {}
    : { headers: headers.map(([name, value]) => [name, value ?? new Uint8Array()] as const) })
})

const valueReader = (config: SourceConfig, type: AvroType, schemas: KnownSchemas): ReadValue => {
  const { format, valueField = "value" } = config
  if (format === "raw") return (value) => ({ [valueField]: value })
  if (format === "string") return (value) => ({ [valueField]: textOf(value, "value") })
  const own = withoutAdded(config, type)
  if (format === "avro") {
    const use = avroUse(config, own)
    return (value) => ({ ...Object(schemas.read(value, use)) })
  }
  const read = fromPlainJson(own)
  const check = checkOf(config, own)
  return (value) => {
    const json = jsonOf(value, "value")
    try {
      const row: Row = { ...Object(read(json)) }
      check(row)
      return row
    } catch (error) {
      throw new Misfit("KAFKA_VALUE_MISFIT", error instanceof Error ? error.message : String(error))
    }
  }
}

const mostBytes = 8 * 1024 * 1024

/** A schema may ask more of values than their types: what it refuses should keep its text. */
const checkOf = ({ schema }: SourceConfig, type: AvroType): ((row: Row) => void) => {
  if (schema === undefined || !JSON.stringify(schema).includes("millrace.checks")) return () => undefined
  const writer = datumWriter(type)
  const sink = new ByteSink(mostBytes, 1024)
  return (row) => {
    sink.length = 0
    writer.write(row, sink)
  }
}

/** Where the config names no record, values of any record will do that has the fields. */
const avroUse = ({ record, schema }: SourceConfig, own: AvroType): AvroUse => ({
  name: "value",
  misfit: "KAFKA_VALUE_MISFIT",
  readerOf: (writer) =>
    record === undefined && schema === undefined && writer.kind === "record" && own.kind === "record"
      ? { ...own, name: writer.name }
      : own
})

/** The type of the values alone. */
const withoutAdded = (config: SourceConfig, type: AvroType): AvroType => {
  if (type.kind !== "record") return type
  const added = new Set([
    ...addedKeyFields(config).map(({ name }) => name),
    ...(config.headers === undefined ? [] : [config.headers.field])
  ])
  return { ...type, fields: type.fields.filter(({ name }) => !added.has(name)) }
}

const addedKey = (
  { key }: SourceConfig,
  names: readonly string[],
  reader: KeyReader | undefined,
  given: Uint8Array | null
): Row => {
  const fields = reader?.fields(given)
  if (fields !== undefined) return fields
  if (key?.nullable === true) return Object.fromEntries(names.map((name) => [name, null]))
  throw new Misfit("KAFKA_KEY_MISFIT", "the record has no key: set key.nullable where that may be")
}

const deletedKey = (
  { key }: KafkaRecord,
  reader: KeyReader | undefined,
  tombstones: "delete" | "dead-letter"
): Uint8Array | null => {
  if (tombstones === "dead-letter" || reader === undefined)
    throw new Misfit("KAFKA_TOMBSTONE", "the record has no value, and no key says what it deletes")
  const fields = reader.fields(key)
  if (fields === undefined) throw new Misfit("KAFKA_TOMBSTONE", "a delete without a key deletes nothing")
  return reader.bytes(fields)
}

const headerMap = ({ headers }: KafkaRecord, as: "text" | "bytes"): Row =>
  Object.fromEntries(
    headers.map(([name, value]) => [name, value === null || as === "bytes" ? value : shownText(value)])
  )
