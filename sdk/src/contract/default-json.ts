import type { AvroType, Json, LogicalType } from "../avro/type.ts"

/**
 * A value, as it looks in JavaScript, as a default in a schema's JSON; undefined when the type has no such value.
 * (Avro 1.12 §Complex Types, "default": bytes are the code points 0-255.)
 */
export const defaultJson = (type: AvroType, value: unknown): Json | undefined => {
  switch (type.kind) {
    case "null":
      return value === null ? null : undefined
    case "boolean":
      return typeof value === "boolean" ? value : undefined
    case "int":
    case "long":
      return wholeNumber(value)
    case "float":
    case "double":
      return typeof value === "number" ? (Number.isFinite(value) ? value : String(value)) : undefined
    case "string":
      return typeof value === "string" ? value : undefined
    case "bytes":
      return binary(type.logical, undefined, value)
    case "fixed":
      return binary(type.logical, type.size, value)
    case "enum":
      return typeof value === "string" && type.symbols.includes(value) ? value : undefined
    case "array":
      return Array.isArray(value) ? all(value.map((item) => defaultJson(type.items, item))) : undefined
    case "map":
      return isObject(value)
        ? entries(Object.entries(value).map(([key, item]) => [key, defaultJson(type.values, item)]))
        : undefined
    case "record":
      return isObject(value)
        ? entries(type.fields.map((field) => [field.name, defaultJson(field.type, value[field.name])]))
        : undefined
    case "union":
      return type.branches.map((branch) => defaultJson(branch, value)).find((json) => json !== undefined)
  }
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

const wholeNumber = (value: unknown): number | undefined => {
  const number = typeof value === "bigint" ? Number(value) : value
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined
}

const all = (items: readonly (Json | undefined)[]): Json | undefined => {
  const present = items.filter((item) => item !== undefined)
  return present.length === items.length ? present : undefined
}

const entries = (pairs: readonly (readonly [string, Json | undefined])[]): Json | undefined => {
  const present = pairs.flatMap(([key, item]) => (item === undefined ? [] : [[key, item] as const]))
  return present.length === pairs.length ? Object.fromEntries(present) : undefined
}

const text = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")

const binary = (
  logical: LogicalType | undefined,
  size: number | undefined,
  value: unknown
): string | undefined => {
  if (logical?.name === "decimal")
    return typeof value === "string" ? decimalText(logical.scale, size, value) : undefined
  if (logical?.name === "uuid") return typeof value === "string" ? uuidText(value) : undefined
  if (logical?.name === "duration") return isObject(value) ? durationText(value) : undefined
  if (!(value instanceof Uint8Array) || (size !== undefined && value.length !== size)) return undefined
  return text(value)
}

/** Two's complement, big-endian, in the fewest bytes or in `size` of them. */
const decimalText = (scale: number, size: number | undefined, value: string): string | undefined => {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?$/.exec(value)
  if (match === null || (match[3]?.length ?? 0) !== scale) return undefined
  const digits = BigInt(`${match[2]}${match[3] ?? ""}`)
  const unscaled = match[1] === "-" ? -digits : digits
  const bytes: number[] = []
  let rest = unscaled
  const done = () => (rest === 0n && (bytes[0] ?? 128) < 128) || (rest === -1n && (bytes[0] ?? 0) >= 128)
  while (!done()) {
    bytes.unshift(Number(rest & 0xffn))
    rest >>= 8n
  }
  if (size === undefined) return text(bytes)
  if (bytes.length > size) return undefined
  return text([...Array.from({ length: size - bytes.length }, () => (unscaled < 0n ? 0xff : 0)), ...bytes])
}

const uuidText = (value: string): string | undefined => {
  const digits = value.replaceAll("-", "")
  if (!/^[0-9a-fA-F]{32}$/.test(digits)) return undefined
  return text(
    Array.from({ length: 16 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16))
  )
}

const durationText = (value: { readonly [key: string]: unknown }): string | undefined => {
  const bytes: number[] = []
  for (const part of [value["months"], value["days"], value["milliseconds"]]) {
    if (typeof part !== "number" || !Number.isInteger(part) || part < 0 || part >= 2 ** 32) return undefined
    bytes.push(part & 0xff, (part >>> 8) & 0xff, (part >>> 16) & 0xff, part >>> 24)
  }
  return text(bytes)
}
