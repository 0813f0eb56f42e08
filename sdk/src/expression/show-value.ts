import { fromAvro } from "./typing/sql-avro.ts"
import type { SqlType } from "./typing/sql-type.ts"

/** A value of an expression as SQL would write it: `'text'`, `DATE '2020-01-31'`, `ARRAY[1, NULL]`; `1.0` is a DOUBLE. */
export function showValue(value: unknown, type: SqlType): string {
  if (value === null || value === undefined) return "NULL"
  switch (type.kind) {
    case "boolean":
      return value === true ? "TRUE" : "FALSE"
    case "string":
      return quoted(value)
    case "float":
    case "double":
      return Number.isInteger(value) ? `${plain(value)}.0` : plain(value)
    case "date":
      return `DATE '${isoText(Number(value) * 86_400_000).slice(0, 10)}'`
    case "time":
      return `TIME '${momentText(Number(value), type.precision).slice(11)}'`
    case "timestamp":
      return `TIMESTAMP '${momentText(Number(value), type.precision)}'`
    case "bytes":
      return value instanceof Uint8Array ? `X'${hexText(value)}'` : plain(value)
    case "array": {
      const items = Array.isArray(value)
        ? value.map((item: unknown) => showValue(item, fromAvro(type.items).type))
        : []
      return `ARRAY[${items.join(", ")}]`
    }
    case "map": {
      const entries = Object.entries(Object(value)).map(
        ([key, item]: [string, unknown]) => `${quoted(key)}, ${showValue(item, fromAvro(type.values).type)}`
      )
      return `MAP[${entries.join(", ")}]`
    }
    default:
      return plain(value)
  }
}

function quoted(value: unknown): string {
  return `'${plain(value).replaceAll("'", "''")}'`
}

function plain(value: unknown): string {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "string"
    ? String(value)
    : "…"
}

function isoText(millis: number): string {
  return new Date(millis).toISOString().replace("T", " ").replace("Z", "")
}

function momentText(value: number, precision: 3 | 6): string {
  if (precision === 3) return isoText(value)
  return isoText(Math.floor(value / 1000)) + String(((value % 1000) + 1000) % 1000).padStart(3, "0")
}

function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("")
    .toUpperCase()
}
