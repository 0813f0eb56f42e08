import { branchOfDefault } from "../../avro/parse/default-value.ts"
import type { AvroType, FixedType, Json, PrimitiveType, RecordType } from "../../avro/type.ts"
import { CodecError } from "../codec-error.ts"
import { lookOf } from "../look.ts"
import { CodecFault } from "../runtime-fault.ts"
import { decimalOfBytes, durationOfBytes, uuidOfBytes } from "../runtime-logical.ts"
import { recordOf } from "./record-value.ts"

/**
 * A default of a schema as a function that makes the value anew each time, for arrays and records are the reader's to change:
 * what default-literal.ts generates. Throws a {@link CodecError} `BAD_DEFAULT` for what parsing would have refused.
 */
export const defaultValue = (type: AvroType, value: Json): (() => unknown) => {
  switch (type.kind) {
    case "union": {
      const branch = type.branches[branchOfDefault(type.branches, value)]
      if (branch === undefined) throw bad(type, value)
      return defaultValue(branch, value)
    }
    case "array": {
      if (!isList(value)) throw bad(type, value)
      const items = value.map((item) => defaultValue(type.items, item))
      return () => items.map((item) => item())
    }
    case "map": {
      if (!isJsonObject(value)) throw bad(type, value)
      const entries = Object.keys(value).map(
        (key) => [key, defaultValue(type.values, value[key] ?? null)] as const
      )
      return () => mapOf(entries)
    }
    case "record":
      if (!isJsonObject(value)) throw bad(type, value)
      return recordValue(type, value)
    case "bytes":
    case "fixed":
      if (typeof value !== "string") throw bad(type, value)
      return bytesValue(type, value)
    default:
      return scalarValue(type, value)
  }
}

const scalarValue = (type: AvroType, value: Json): (() => unknown) => {
  if (type.kind === "float" || type.kind === "double") {
    const number = value === "NaN" || value === "Infinity" || value === "-Infinity" ? Number(value) : value
    if (typeof number !== "number") throw bad(type, value)
    const rounded = type.kind === "float" ? Math.fround(number) : number
    return () => rounded
  }
  if (type.kind === "long") {
    if (typeof value !== "number") throw bad(type, value)
    if (lookOf(type).form === "bigint") {
      const wide = BigInt(value)
      return () => wide
    }
  }
  // A whole number has no -0.
  const plain = value === 0 ? 0 : value
  return () => plain
}

const recordValue = (type: RecordType, value: { readonly [key: string]: Json }): (() => unknown) => {
  const make = recordOf(type.fields.map(({ name }) => name))
  const fields = type.fields.map((field) => {
    const item = Object.hasOwn(value, field.name) ? value[field.name] : field.default?.value
    if (item === undefined) throw bad(type, value)
    return defaultValue(field.type, item)
  })
  return () => make(fields.map((field) => field()))
}

const bytesValue = (type: PrimitiveType | FixedType, value: string): (() => unknown) => {
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0))
  const look = lookOf(type)
  if (look.form === "uuid") {
    const text = uuidOfBytes(bytes)
    return () => text
  }
  if (look.form === "duration") return () => durationOfBytes(bytes)
  if (look.form === "decimal") return decimalValue(bytes, look.precision, look.scale)
  return () => bytes.slice()
}

/** A default that its decimal cannot hold is refused where it is used, not where the schema is: it may never be. */
const decimalValue = (bytes: Uint8Array, precision: number, scale: number): (() => unknown) => {
  try {
    const text = decimalOfBytes(bytes, precision, scale)
    return () => text
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error
    const message = `the default is ${error.detail}`
    return () => {
      throw new CodecFault("UNRESOLVED", -1, message)
    }
  }
}

const mapOf = (entries: readonly (readonly [string, () => unknown])[]): unknown => {
  const map: { [key: string]: unknown } = Object.create(null)
  for (const [key, make] of entries) map[key] = make()
  return map
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

const isJsonObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const bad = (type: AvroType, value: Json): CodecError =>
  new CodecError("BAD_DEFAULT", "", `${JSON.stringify(value)} is no default of type ${type.kind}`)
