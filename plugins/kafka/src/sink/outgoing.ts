import {
  type AvroType,
  type FailedRecord,
  fieldsOfKey,
  type KafkaRecord,
  plainJson,
  type SinkRecord
} from "@millrace/sdk"
import type { AvroEncoders } from "./avro-encoders.ts"
import { type SinkConfig, usualMaxBytes } from "./config.ts"
import { Unwritable } from "./unwritable.ts"

type Row = { readonly [field: string]: unknown }
type Given = SinkRecord<Row>

/** A record for the topic, why it is none, or undefined where it is passed over. */
export type ToKafka = (record: Given, index: number, now: number) => KafkaRecord | FailedRecord | undefined

export const isFailed = (given: KafkaRecord | FailedRecord): given is FailedRecord => "reason" in given

/** Brokers take no time that is further ahead, as they come. */
const mostAheadMs = 3_600_000
const noOffset = -1n
const encoder = new TextEncoder()

/** `type`: of the values; `avro`: of what the config writes so. */
export const toKafka = (config: SinkConfig, type: AvroType, avro: AvroEncoders): ToKafka => {
  const { tombstones = "write" } = config
  const valueOf = valueWriter(config, type, avro)
  const keyOf = keyWriter(config, type, avro)
  const made = (record: Given, now: number): KafkaRecord => ({
    offset: noOffset,
    timestamp: timeOf(config, record, now),
    key: keyOf(record),
    value: record.value === null ? null : valueOf(record.value),
    headers: headersOf(config, record)
  })
  return (record, index, now) => {
    try {
      if (record.value === null && tombstones === "skip") return undefined
      if (record.value === null && tombstones === "dead-letter")
        throw new Unwritable("KAFKA_TOMBSTONE", "a delete, and the config has no use for it")
      const one = made(record, now)
      const size = (one.key?.length ?? 0) + (one.value?.length ?? 0)
      if (size > (config.maxBytes ?? usualMaxBytes))
        throw new Unwritable("KAFKA_RECORD_TOO_LARGE", `it has ${size} bytes, more than maxBytes`)
      return one
    } catch (error) {
      return { index, reason: error instanceof Error ? error.message : String(error) }
    }
  }
}

const timeOf = ({ timestamps = "event" }: SinkConfig, { timestamp }: Given, now: number): number => {
  if (timestamps === "now") return now
  if (timestamp >= 0 && timestamp <= now + mostAheadMs) return timestamp
  throw new Unwritable(
    "KAFKA_TIME_REFUSED",
    `its event time, ${timestamp}, is ${timestamp < 0 ? "before 1970" : "more than an hour ahead"}: ` +
      "set timestamps: now to write such records"
  )
}

const valueWriter = (
  { format, headers, valueField = "value" }: SinkConfig,
  type: AvroType,
  avro: AvroEncoders
): ((row: Row) => Uint8Array | null) => {
  if (avro.value !== undefined) return avro.value
  if (format === "json") {
    const toJson = plainJson(type)
    const left = headers?.field
    return (row) => {
      const json: unknown = toJson(row)
      if (left === undefined) return encoder.encode(JSON.stringify(json))
      const { [left]: _, ...rest } = Object(json)
      return encoder.encode(JSON.stringify(rest))
    }
  }
  return (row) => {
    const value = row[valueField]
    if (value === null || value === undefined) return null
    if (format === "raw" && value instanceof Uint8Array) return value
    if (format === "string" && typeof value === "string") return encoder.encode(value)
    throw new Unwritable("KAFKA_VALUE_REFUSED", `${valueField} is no ${format === "raw" ? "bytes" : "text"}`)
  }
}

const keyWriter = (
  { key = "record" }: SinkConfig,
  type: AvroType,
  avro: AvroEncoders
): ((record: Given) => Uint8Array | null) => {
  if (key === "record") return (record) => record.key
  if (key === "none" || type.kind !== "record") return () => null
  const { fields, format = "string" } = key
  const found = fields.flatMap((name) => type.fields.find((field) => field.name === name) ?? [])
  const toJson = plainJson({ ...type, fields: found })
  const types = found.map((field) => field.type)
  /** What a delete's key says. */
  const deleted = (bytes: Uint8Array | null): Row => {
    const values = bytes === null ? [] : fieldsOfKey(types, bytes)
    return Object.fromEntries(fields.map((name, at) => [name, values[at] ?? null]))
  }
  return (record) => {
    const row = record.value ?? deleted(record.key)
    if (avro.key !== undefined) return avro.key(row)
    const json: unknown = toJson(row)
    if (format === "json") return encoder.encode(JSON.stringify(json))
    const name = fields[0] ?? ""
    const one: unknown = Object(json)[name]
    if (one === null || one === undefined) return null
    const own = row[name]
    return own instanceof Uint8Array
      ? own
      : encoder.encode(typeof one === "string" ? one : JSON.stringify(one))
  }
}

const headersOf = ({ headers, idHeader }: SinkConfig, record: Given): KafkaRecord["headers"] => {
  const own: readonly (readonly [string, Uint8Array | null])[] = record.headers
  const map: unknown = headers === undefined ? undefined : record.value?.[headers.field]
  const more =
    typeof map === "object" && map !== null
      ? Object.entries(map).map(([name, value]: [string, unknown]) => [name, headerValue(value)] as const)
      : []
  const id = idHeader === undefined ? [] : [[idHeader, encoder.encode(record.id)] as const]
  return own.length + more.length + id.length === 0 ? noHeaders : [...own, ...more, ...id]
}

const noHeaders: KafkaRecord["headers"] = []

const headerValue = (value: unknown): Uint8Array | null => {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array) return value
  return encoder.encode(typeof value === "string" ? value : JSON.stringify(value))
}
