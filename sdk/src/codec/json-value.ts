import type { AvroType, FixedType, Json, PrimitiveType, RecordType, UnionType } from "../avro/type.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { lookOf } from "./look.ts"
import { CodecFault, faultWithin, mapStep } from "./runtime-fault.ts"
import { isDecimal, isDuration, isUuid, nameOfValue } from "./runtime-logical.ts"
import { maxDatumDepth } from "./runtime-reader.ts"
import { isBigLong, isBytes, isFixed, isFloat, isInt, isLong, isObject } from "./runtime-writer.ts"
import type { AvroValue } from "./view.ts"

/**
 * Values as JSON, for the API, the CLI and fixtures: as they look in JavaScript (view.ts), but bytes and fixed are base64
 * text, a bigint is decimal text, and NaN, Infinity and -Infinity are these words. A union's branch is not named: reading
 * takes the first that fits, so bytes come back as a string where the union has both, string first.
 */
type JsonObject = { readonly [key: string]: Json }

/** Throws a {@link CodecFault} `WRONG_TYPE`, with the path, for a value that is not of the type. */
export function toJsonValue(type: AvroType, value: AvroValue): Json {
  return toJsonWithin(type, value, 0)
}

/** The inverse; a record's absent field is undefined and takes its default when it is written. Throws a {@link CodecFault}. */
export function fromJsonValue(type: AvroType, json: Json): AvroValue {
  return fromJsonWithin(type, json, 0)
}

function toJsonWithin(type: AvroType, value: AvroValue, depth: number): Json {
  switch (type.kind) {
    case "union":
      return toJsonWithin(branchOfValue(type, value), value, depth)
    case "record":
      return recordToJson(type, value, deeper(depth))
    case "array":
      if (!Array.isArray(value)) throw wrong("an array", value)
      return value.map((item: unknown, index) =>
        inside(`[${index}]`, () => toJsonWithin(type.items, item, depth))
      )
    case "map": {
      if (typeof value !== "object" || value === null) throw wrong("an object", value)
      const entries = Object.entries(value).map(([key, item]: [string, unknown]): [string, Json] => [
        key,
        inside(mapStep(key), () => toJsonWithin(type.values, item, depth))
      ])
      return Object.fromEntries(entries)
    }
    default:
      if (!fits(type, value)) throw wrong(`a value of type ${type.kind}`, value)
      return scalarToJson(value)
  }
}

function recordToJson(type: RecordType, value: AvroValue, depth: number): Json {
  if (typeof value !== "object" || value === null) throw wrong("an object", value)
  const entries = type.fields.map((field): [string, Json] => {
    const item: unknown = Object.hasOwn(value, field.name) ? Reflect.get(value, field.name) : undefined
    return [field.name, inside(field.name, () => toJsonWithin(field.type, item, depth))]
  })
  return Object.fromEntries(entries)
}

function scalarToJson(value: AvroValue): Json {
  if (typeof value === "bigint") return String(value)
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return toBase64(value)
  if (isDuration(value)) return { months: value.months, days: value.days, milliseconds: value.milliseconds }
  return typeof value === "boolean" || typeof value === "string" ? value : null
}

function fromJsonWithin(type: AvroType, json: Json, depth: number): AvroValue {
  switch (type.kind) {
    case "union":
      return unionFromJson(type, json, depth)
    case "record":
      return recordFromJson(type, json, deeper(depth))
    case "array":
      if (!Array.isArray(json)) throw wrong("an array", json)
      return json.map((item: Json, index) =>
        inside(`[${index}]`, () => fromJsonWithin(type.items, item, depth))
      )
    case "map": {
      if (!isJsonObject(json)) throw wrong("an object", json)
      const map: { [key: string]: unknown } = Object.create(null)
      for (const [key, item] of Object.entries(json)) {
        map[key] = inside(mapStep(key), () => fromJsonWithin(type.values, item, depth))
      }
      return map
    }
    default: {
      const value = scalarFromJson(type, json)
      if (!fits(type, value)) throw wrong(`a value of type ${type.kind}`, json)
      return value
    }
  }
}

function recordFromJson(type: RecordType, json: Json, depth: number): AvroValue {
  if (!isJsonObject(json)) throw wrong("an object", json)
  const unknown = Object.keys(json).find((key) => !type.fields.some((field) => field.name === key))
  if (unknown !== undefined)
    throw new CodecFault("WRONG_TYPE", -1, `${type.name} has no field ${JSON.stringify(unknown)}`)
  const entries = type.fields.map((field): [string, unknown] => {
    if (Object.hasOwn(json, field.name)) {
      return [field.name, inside(field.name, () => fromJsonWithin(field.type, json[field.name], depth))]
    }
    if (field.default !== undefined) return [field.name, undefined]
    throw faultWithin(new CodecFault("WRONG_TYPE", -1, "is missing"), field.name)
  })
  return Object.fromEntries(entries)
}

function unionFromJson(type: UnionType, json: Json, depth: number): AvroValue {
  let first: unknown
  for (const branch of type.branches) {
    // The commonest union by far, and a fault is dear.
    if (branch.kind === "null" && json !== null) continue
    try {
      return fromJsonWithin(branch, json, depth)
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error
      // What is wrong within the one branch for objects says more than that no branch fits.
      if (isObject(json) && (branch.kind === "record" || branch.kind === "map")) first ??= error
    }
  }
  throw first ?? wrong("a value of one of the union's branches", json)
}

function scalarFromJson(
  type: PrimitiveType | FixedType | Extract<AvroType, { kind: "enum" }>,
  json: Json
): AvroValue {
  if (type.kind === "enum") return json
  const form = lookOf(type).form
  if (form === "bigint") return typeof json === "string" && /^-?[0-9]{1,19}$/.test(json) ? BigInt(json) : json
  if ((type.kind === "bytes" || type.kind === "fixed") && form === "plain") {
    return typeof json === "string" ? fromBase64(json) : json
  }
  if (type.kind !== "float" && type.kind !== "double") return json
  return json === "NaN" || json === "Infinity" || json === "-Infinity" ? Number(json) : json
}

function branchOfValue(type: UnionType, value: AvroValue): AvroType {
  const exact = type.branches.find((branch) => branch.kind !== "float" && fits(branch, value))
  const branch = exact ?? type.branches.find((each) => fits(each, value))
  if (branch === undefined) throw wrong("a value of one of the union's branches", value)
  return branch
}

/** Whether a value is of a type, its inner values not looked at. */
function fits(type: AvroType, value: AvroValue): boolean {
  switch (type.kind) {
    case "null":
      return value === null
    case "boolean":
      return typeof value === "boolean"
    case "int":
      return isInt(value)
    case "float":
      return typeof value === "number" && (isFloat(value) || Number.isFinite(Math.fround(value)))
    case "double":
      return typeof value === "number"
    case "enum":
      return typeof value === "string" && type.symbols.includes(value)
    case "array":
      return Array.isArray(value)
    case "map":
      return isObject(value)
    case "record":
      return (
        isObject(value) &&
        type.fields.every((field) => field.default !== undefined || hasOwnField(value, field.name))
      )
    case "union":
      return type.branches.some((branch) => fits(branch, value))
    default:
      return fitsLook(type, value)
  }
}

function fitsLook(type: PrimitiveType | FixedType, value: AvroValue): boolean {
  const look = lookOf(type)
  if (look.form === "bigint") return isBigLong(value)
  if (look.form === "decimal") return isDecimal(value, look.precision, look.scale)
  if (look.form === "uuid") return isUuid(value)
  if (look.form === "duration") return isDuration(value)
  if (type.kind === "long") return isLong(value)
  if (type.kind === "string") return typeof value === "string"
  return type.kind === "fixed" ? isFixed(value, type.size) : isBytes(value)
}

function hasOwnField(value: AvroValue, name: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
}

function isJsonObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json)
}

function deeper(depth: number): number {
  if (depth >= maxDatumDepth)
    throw new CodecFault("TOO_DEEP", -1, `more than ${maxDatumDepth} records within each other`)
  return depth + 1
}

function inside<A>(step: string, run: () => A): A {
  try {
    return run()
  } catch (error) {
    throw faultWithin(error, step)
  }
}

function wrong(expected: string, value: unknown): CodecFault {
  return new CodecFault("WRONG_TYPE", -1, `expected ${expected}, got ${nameOfValue(value)}`)
}
