import type { AvroType, RecordType } from "../../avro/type.ts"

/**
 * What a value is in SQL. Where the one type has two forms in JavaScript the type says which.
 *
 * - bigint: `wide` values are JavaScript bigints, others safe integers as numbers;
 * - decimal: a bigint of the unscaled digits inside an expression, a string at its borders (codec/view.ts);
 * - date: days; time, timestamp: milliseconds (precision 3) or microseconds (6) since 1970, UTC. Instants and local
 *   timestamps are one type, as the platform has one time zone, UTC;
 * - interval: months, or milliseconds of whole days or with a time of day; only inside an expression, for no field holds one;
 * - row, array, map keep their Avro type, from which their parts are typed when they are read;
 * - raw: what has no SQL type (a union of several types, a duration, a DECIMAL of more than 38 digits, a time as bigint):
 *   it can be passed on and tested for NULL;
 * - null: the type of the literal NULL alone.
 */
export type SqlType =
  | { readonly kind: "null" | "boolean" | "int" | "float" | "double" | "string" | "bytes" | "date" }
  | { readonly kind: "bigint"; readonly wide: boolean }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "time" | "timestamp"; readonly precision: 3 | 6 }
  | { readonly kind: "interval"; readonly unit: "month" | "day" | "time" }
  | { readonly kind: "array"; readonly items: AvroType }
  | { readonly kind: "map"; readonly values: AvroType }
  | { readonly kind: "row"; readonly record: RecordType }
  | { readonly kind: "raw"; readonly avro: AvroType }

export type SqlKind = SqlType["kind"]

export const booleanType: SqlType = { kind: "boolean" }
export const intType: SqlType = { kind: "int" }
export const bigintType: SqlType = { kind: "bigint", wide: false }
export const doubleType: SqlType = { kind: "double" }
export const stringType: SqlType = { kind: "string" }
export const bytesType: SqlType = { kind: "bytes" }
export const dateType: SqlType = { kind: "date" }
export const timestampType: SqlType = { kind: "timestamp", precision: 3 }
export const nullType: SqlType = { kind: "null" }

/** As a message shows it: `DECIMAL(10, 2)`, `ROW studio.Movie`, `ARRAY`. */
export function formatSqlType(type: SqlType): string {
  const name = type.kind.toUpperCase()
  switch (type.kind) {
    case "decimal":
      return `${name}(${type.precision}, ${type.scale})`
    case "time":
    case "timestamp":
      return `${name}(${type.precision})`
    case "interval":
      return type.unit === "month" ? "INTERVAL YEAR TO MONTH" : "INTERVAL DAY TO SECOND"
    case "row":
      return `${name} ${type.record.name}`
    case "raw":
      return type.avro.kind === "union" ? "a union of several types" : `a type without SQL form`
    default:
      return name
  }
}

export function isNumeric(type: SqlType): boolean {
  return isExact(type) || type.kind === "float" || type.kind === "double"
}

export function isInteger(type: SqlType): boolean {
  return type.kind === "int" || type.kind === "bigint"
}

export function isExact(type: SqlType): boolean {
  return isInteger(type) || type.kind === "decimal"
}

export function isTemporal(type: SqlType): boolean {
  return type.kind === "date" || type.kind === "time" || type.kind === "timestamp"
}
