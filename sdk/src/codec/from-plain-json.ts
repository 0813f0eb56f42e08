import type { AvroType, FixedType, PrimitiveType, RecordType, UnionType } from "../avro/type.ts"
import { fromBase64 } from "./base64.ts"
import { lookOf } from "./look.ts"
import { CodecFault, faultWithin, mapStep } from "./runtime-fault.ts"
import { isDecimal, isUuid, nameOfValue } from "./runtime-logical.ts"
import { maxDatumDepth } from "./runtime-reader.ts"
import { isBigLong, isFloat, isInt, isLong } from "./runtime-writer.ts"

/**
 * Values out of JSON that other programs wrote, by the type, as `plainJson` writes them and as is usual: dates and timestamps are
 * text in ISO 8601 (without a zone: UTC) or their numbers, bytes base64, decimals text or numbers, a bigint, NaN and the infinities
 * text. Members that a record has no field for are left out; a field that is absent takes its default, or null where it may be. Throws
 * a `CodecFault` with the path of what does not fit.
 */
export const fromPlainJson =
  (type: AvroType): ((json: unknown) => unknown) =>
  (json) =>
    valueOf(type, json, 0)

const valueOf = (type: AvroType, json: unknown, depth: number): unknown => {
  switch (type.kind) {
    case "record":
      return recordOf(type, json, depth + 1)
    case "union":
      return branchOf(type, json, depth)
    case "array":
      if (!Array.isArray(json)) throw wrong("an array", json)
      return json.map((item: unknown, at) => inside(`[${at}]`, () => valueOf(type.items, item, depth)))
    case "map": {
      if (!isJsonObject(json)) throw wrong("an object", json)
      const map: { [key: string]: unknown } = Object.create(null)
      for (const [key, item] of Object.entries(json))
        map[key] = inside(mapStep(key), () => valueOf(type.values, item, depth))
      return map
    }
    case "enum":
      if (typeof json === "string" && type.symbols.includes(json)) return json
      throw wrong(`one of ${type.symbols.slice(0, 12).join(", ")}`, json)
    default:
      return scalarOf(type, json)
  }
}

const recordOf = (type: RecordType, json: unknown, depth: number): unknown => {
  if (depth > maxDatumDepth)
    throw new CodecFault("TOO_DEEP", -1, `more than ${maxDatumDepth} records within each other`)
  if (!isJsonObject(json)) throw wrong("an object", json)
  const record: { [field: string]: unknown } = Object.create(null)
  for (const { default: usual, name, type: own } of type.fields) {
    const item: unknown = Object.hasOwn(json, name) ? Reflect.get(json, name) : undefined
    if (item !== undefined) record[name] = inside(name, () => valueOf(own, item, depth))
    else if (usual !== undefined) record[name] = undefined
    else if (isNullable(own)) record[name] = null
    else throw faultWithin(new CodecFault("WRONG_TYPE", -1, "is missing"), name)
  }
  return { ...record }
}

const isNullable = (type: AvroType): boolean =>
  type.kind === "null" || (type.kind === "union" && type.branches.some(({ kind }) => kind === "null"))

const branchOf = (type: UnionType, json: unknown, depth: number): unknown => {
  let fault: unknown
  for (const branch of type.branches) {
    if ((branch.kind === "null") !== (json === null)) continue
    try {
      return valueOf(branch, json, depth)
    } catch (error) {
      if (!(error instanceof CodecFault)) throw error
      fault ??= error
    }
  }
  // With one branch beside null, what is wrong is what that one says.
  throw type.branches.length <= 2 && fault !== undefined
    ? fault
    : wrong("a value of one of the union's branches", json)
}

const scalarOf = (type: PrimitiveType | FixedType, json: unknown): unknown => {
  const look = lookOf(type)
  if (look.form === "decimal") {
    const text = typeof json === "number" ? String(json) : json
    if (isDecimal(text, look.precision, look.scale)) return text
    throw wrong(`a decimal of ${look.precision} digits, ${look.scale} behind the point`, json)
  }
  if (look.form === "uuid") return checked(isUuid(json), "a UUID", json)
  if (look.form === "duration")
    return checked(isJsonObject(json), "an object of months, days, milliseconds", json)
  switch (type.kind) {
    case "null":
      return checked(json === null, "null", json)
    case "boolean":
      return checked(typeof json === "boolean", "true or false", json)
    case "string":
      return checked(typeof json === "string", "text", json)
    case "int":
    case "long":
      return wholeOf(type, look.form === "bigint", json)
    case "float":
    case "double":
      return realOf(type.kind, json)
    case "bytes":
    case "fixed":
      return bytesOf(type, json)
  }
}

const wholeOf = (type: PrimitiveType, isBig: boolean, json: unknown): unknown => {
  const perUnit = units[type.logical?.name ?? ""]
  if (perUnit !== undefined && typeof json === "string") {
    const micros = microsOf(json)
    if (micros === undefined) throw wrong("a date or time in ISO 8601", json)
    return isBig ? BigInt(Math.floor(micros / perUnit)) : Math.floor(micros / perUnit)
  }
  if (isBig) {
    const big =
      typeof json === "string" && /^-?[0-9]{1,19}$/.test(json)
        ? BigInt(json)
        : Number.isSafeInteger(json)
          ? BigInt(Number(json))
          : json
    return isBigLong(big) ? big : fail("a whole number of 64 bits", json)
  }
  return type.kind === "int"
    ? checked(isInt(json), "a whole number of 32 bits", json)
    : checked(isLong(json), "a whole number within ±(2^53-1)", json)
}

const realOf = (kind: "float" | "double", json: unknown): unknown => {
  if (json === "NaN" || json === "Infinity" || json === "-Infinity") return Number(json)
  if (typeof json !== "number") throw wrong("a number", json)
  if (kind === "double" || isFloat(json) || Number.isFinite(Math.fround(json))) return json
  throw wrong("a number of 32 bits", json)
}

const bytesOf = (type: PrimitiveType | FixedType, json: unknown): unknown => {
  const bytes = typeof json === "string" ? fromBase64(json) : json
  if (!(bytes instanceof Uint8Array)) throw wrong("bytes in base64", json)
  if (type.kind === "fixed" && bytes.length !== type.size) throw wrong(`${type.size} bytes in base64`, json)
  return bytes
}

/** Microseconds in one of a logical type. */
const units: { readonly [logical: string]: number } = {
  date: 86_400_000_000,
  "timestamp-millis": 1_000,
  "timestamp-micros": 1,
  "local-timestamp-millis": 1_000,
  "local-timestamp-micros": 1
}

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/

/** Since 1970, of ISO 8601; undefined for any other text. */
const microsOf = (text: string): number | undefined => {
  const found = iso.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = found
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const date = new Date(0)
  // Not Date.UTC, for which the year 98 is 1998.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined
  const millis = date.setUTCHours(Number(hour), Number(minute), Number(second))
  return (millis - zoneMs(zone)) * 1_000 + Number(fraction.padEnd(6, "0").slice(0, 6))
}

const zoneMs = (zone: string): number => {
  if (zone === "Z") return 0
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0")
  const size = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
  return zone.startsWith("-") ? -size : size
}

const isJsonObject = (json: unknown): json is object =>
  typeof json === "object" && json !== null && !Array.isArray(json)

const checked = (fits: boolean, expected: string, json: unknown): unknown =>
  fits ? json : fail(expected, json)

const fail = (expected: string, json: unknown): never => {
  throw wrong(expected, json)
}

const inside = <A>(step: string, run: () => A): A => {
  try {
    return run()
  } catch (error) {
    throw faultWithin(error, step)
  }
}

const wrong = (expected: string, value: unknown): CodecFault =>
  new CodecFault("WRONG_TYPE", -1, `expected ${expected}, got ${nameOfValue(value)}`)
