import type { AvroType, PrimitiveType, RecordType } from "../avro/type.ts"
import { toBase64 } from "./base64.ts"

/** Changes a value into what JSON can hold; undefined where JSON holds it as it is. */
type ToJson = ((value: unknown) => unknown) | undefined

/**
 * Makes values JSON for programs outside, from the type once: dates and timestamps become text in ISO 8601 (UTC), bytes
 * base64, a bigint and what no JSON number can be (NaN, Infinity) text; everything else stays, decimals being text and
 * times of day numbers already. What comes out is for `JSON.stringify`. It cannot be read back without the schema.
 */
export const plainJson = (type: AvroType): ((value: unknown) => unknown) =>
  converterOf(type, new Map()) ?? ((value) => value)

const converterOf = (type: AvroType, known: Map<AvroType, RecordConverter>): ToJson => {
  switch (type.kind) {
    case "record":
      return recordConverter(type, known)
    case "union":
      return unionConverter(type.branches, known)
    case "array": {
      const item = converterOf(type.items, known)
      return item && ((value) => (Array.isArray(value) ? value.map(item) : value))
    }
    case "map": {
      const item = converterOf(type.values, known)
      return item && ((value) => mapEntries(value, item))
    }
    case "bytes":
    case "fixed":
      return (value) => (value instanceof Uint8Array ? toBase64(value) : value)
    case "float":
    case "double":
      return (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value)
    case "int":
    case "long":
      return wholeConverter(type)
    default:
      return undefined
  }
}

interface RecordConverter {
  convert: ToJson
}

/** A recursive record finds its own converter in `known`, filled in when its fields are. */
const recordConverter = (type: RecordType, known: Map<AvroType, RecordConverter>): ToJson => {
  const before = known.get(type)
  if (before !== undefined) return (value) => (before.convert === undefined ? value : before.convert(value))
  const own: RecordConverter = { convert: undefined }
  known.set(type, own)
  const fields = type.fields.map((field) => ({ name: field.name, convert: converterOf(field.type, known) }))
  if (fields.every(({ convert }) => convert === undefined)) return undefined
  own.convert = (value) => {
    if (typeof value !== "object" || value === null) return value
    return Object.fromEntries(
      fields.map(({ name, convert }): [string, unknown] => {
        const item: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
        return [name, convert === undefined || item === null ? item : convert(item)]
      })
    )
  }
  return own.convert
}

/** With one branch beside null it is that branch; else only what no branch can mistake is changed. */
const unionConverter = (branches: readonly AvroType[], known: Map<AvroType, RecordConverter>): ToJson => {
  const others = branches.filter(({ kind }) => kind !== "null")
  const [only] = others
  if (only !== undefined && others.length === 1) {
    const convert = converterOf(only, known)
    return convert && ((value) => (value === null ? null : convert(value)))
  }
  return anyValue
}

const anyValue = (value: unknown): unknown => {
  if (typeof value === "bigint") return String(value)
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return toBase64(value)
  if (Array.isArray(value)) return value.map(anyValue)
  return typeof value === "object" && value !== null ? mapEntries(value, anyValue) : value
}

const wholeConverter = (type: PrimitiveType): ToJson => {
  const logical = type.logical?.name
  if (logical === "date") return (value) => isoOf(value, 86_400_000)?.slice(0, -14) ?? anyValue(value)
  if (logical === "timestamp-millis") return (value) => isoOf(value, 1) ?? anyValue(value)
  if (logical === "timestamp-micros") return (value) => microsOf(value) ?? anyValue(value)
  return type.kind === "long" ? anyValue : undefined
}

const isoOf = (value: unknown, unitMs: number): string | undefined => {
  if (typeof value !== "number" || Math.abs(value * unitMs) > 8.64e15) return undefined
  return new Date(value * unitMs).toISOString()
}

const microsOf = (value: unknown): string | undefined => {
  if (typeof value !== "number") return undefined
  const millis = Math.floor(value / 1_000)
  return isoOf(millis, 1)?.replace("Z", `${String(value - millis * 1_000).padStart(3, "0")}Z`)
}

const mapEntries = (value: unknown, convert: (item: unknown) => unknown): unknown =>
  typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, convert(item)]))
    : value
