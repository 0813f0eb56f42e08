import type { Json, LogicalType, PrimitiveKind } from "../type.ts"

/** Beyond this a decimal is no number that anyone keeps; it bounds what one value takes to print. */
export const maxPrecision = 1000

type Attribute = (name: string) => Json | undefined

const simpleLogicalTypes: { readonly [kind in PrimitiveKind]?: readonly string[] } = {
  int: ["date", "time-millis"],
  long: [
    "time-micros",
    "timestamp-millis",
    "timestamp-micros",
    "local-timestamp-millis",
    "local-timestamp-micros"
  ],
  string: ["uuid"]
}

const isWhole = (value: Json | undefined): value is number =>
  typeof value === "number" && Number.isInteger(value)

/** Decimal digits that always fit into a two's-complement number of so many bytes. (Avro 1.12 §Decimal) */
export const maxDigits = (bytes: number): number => Math.floor(Math.log10(2) * (8 * bytes - 1))

const decimal = (attribute: Attribute, mostDigits: number): LogicalType | undefined => {
  const precision = attribute("precision")
  const scale = attribute("scale") ?? 0
  if (!isWhole(precision) || !isWhole(scale)) return undefined
  if (precision < 1 || precision > mostDigits || scale < 0 || scale > precision) return undefined
  return { name: "decimal", precision, scale }
}

/** The logical type of a primitive, or undefined where it is unknown or ill-formed: then the base type stands. */
export const logicalOfPrimitive = (kind: PrimitiveKind, attribute: Attribute): LogicalType | undefined => {
  const name = attribute("logicalType")
  if (kind === "bytes" && name === "decimal") return decimal(attribute, maxPrecision)
  const known = simpleLogicalTypes[kind]
  return typeof name === "string" && known?.includes(name) === true ? plain(name) : undefined
}

/** The logical type of a fixed of `size` bytes, or undefined. */
export const logicalOfFixed = (size: number, attribute: Attribute): LogicalType | undefined => {
  const name = attribute("logicalType")
  if (name === "decimal") return decimal(attribute, Math.min(maxPrecision, maxDigits(size)))
  if (name === "uuid" && size === 16) return { name: "uuid" }
  return name === "duration" && size === 12 ? { name: "duration" } : undefined
}

const plain = (name: string): LogicalType | undefined => {
  switch (name) {
    case "uuid":
    case "date":
    case "time-millis":
    case "time-micros":
    case "timestamp-millis":
    case "timestamp-micros":
    case "local-timestamp-millis":
    case "local-timestamp-micros":
      return { name }
    default:
      return undefined
  }
}

/** The attributes that a well-formed logical type takes up; any other stays with the custom ones. */
export const attributesOfLogical = (logical: LogicalType | undefined): readonly string[] => {
  if (logical === undefined) return []
  return logical.name === "decimal" ? ["logicalType", "precision", "scale"] : ["logicalType"]
}

/** Same meaning of the same base value: a decimal's precision is no part of it, its scale is. */
export const sameMeaning = (a: LogicalType, b: LogicalType): boolean =>
  a.name === b.name && (a.name !== "decimal" || b.name !== "decimal" || a.scale === b.scale)

/** As in a message: `decimal(10,2)`. */
export const logicalLabel = (logical: LogicalType): string =>
  logical.name === "decimal" ? `decimal(${logical.precision},${logical.scale})` : logical.name
