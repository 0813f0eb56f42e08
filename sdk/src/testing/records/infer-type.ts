import { parseAvroOrThrow } from "../../avro/parse/parse.ts"
import type { AvroType, Json, RecordType } from "../../avro/type.ts"

/**
 * A record type that all of some JSON objects fit: for records whose plugin takes any. Whole numbers are longs, others doubles;
 * what is absent or null somewhere may be null everywhere. What is of mixed kinds is taken for text: the others do not fit.
 */
export const inferType = (name: string, values: readonly Json[]): RecordType => {
  const type: AvroType = parseAvroOrThrow(recordOf(name, values.filter(isObject)))
  if (type.kind !== "record") throw new RangeError("what is inferred is a record")
  return type
}

type JsonObject = { readonly [key: string]: Json }

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const recordOf = (name: string, values: readonly JsonObject[]): object => {
  const names = [...new Set(values.flatMap((value) => Object.keys(value)))].filter((key) =>
    /^[A-Za-z_][A-Za-z0-9_]*$/.test(key)
  )
  return {
    type: "record",
    name,
    fields: names.map((key) => {
      const seen = values.map((value) => (Object.hasOwn(value, key) ? value[key] : null))
      return { name: key, ...fieldOf(`${name}_${key}`, seen) }
    })
  }
}

const fieldOf = (name: string, seen: readonly (Json | undefined)[]): object => {
  const given = seen.filter((value) => value !== null && value !== undefined)
  const type = given.length === 0 ? "string" : typeOf(name, given)
  return given.length === seen.length ? { type } : { type: ["null", type], default: null }
}

const typeOf = (name: string, values: readonly (Json | undefined)[]): unknown => {
  if (values.every((value) => typeof value === "boolean")) return "boolean"
  if (values.every((value) => Number.isSafeInteger(value))) return "long"
  if (values.every((value) => typeof value === "number")) return "double"
  if (values.every(isObject)) return recordOf(name, values)
  if (values.every((value) => Array.isArray(value))) {
    const items = values.flatMap((value) => (Array.isArray(value) ? value : []))
    const isNullable = items.some((item) => item === null)
    const type = typeOf(
      `${name}_item`,
      items.filter((item) => item !== null)
    )
    return { type: "array", items: isNullable ? ["null", type] : type }
  }
  return "string"
}
