import type { AvroType, FixedType, LogicalType, PrimitiveKind, PrimitiveType } from "../../avro/type.ts"
import { bigintType, type SqlType } from "./sql-type.ts"

export interface SqlField {
  readonly type: SqlType
  readonly nullable: boolean
  /** The Avro type without its null branch. */
  readonly avro: AvroType
}

/** The SQL type of an Avro type; `[null, X]` in any order is X, nullable. */
export function fromAvro(avro: AvroType): SqlField {
  if (avro.kind !== "union") {
    const type = fromBranch(avro)
    return { type, nullable: type.kind === "null", avro }
  }
  const branches = avro.branches.filter(({ kind }) => kind !== "null")
  const nullable = branches.length < avro.branches.length
  const [first] = branches
  if (first === undefined) return { type: { kind: "null" }, nullable: true, avro: primitive("null") }
  if (branches.length === 1) return { type: fromBranch(first), nullable, avro: first }
  const rest: AvroType = { kind: "union", branches }
  return { type: { kind: "raw", avro: rest }, nullable, avro: rest }
}

function fromBranch(avro: AvroType): SqlType {
  switch (avro.kind) {
    case "union":
      return { kind: "raw", avro }
    case "record":
      return { kind: "row", record: avro }
    case "array":
      return { kind: "array", items: avro.items }
    case "map":
      return { kind: "map", values: avro.values }
    case "enum":
      return { kind: "string" }
    default:
      return avro.logical === undefined ? fromPlain(avro) : fromLogical(avro.logical, avro)
  }
}

function fromLogical(logical: LogicalType, avro: PrimitiveType | FixedType): SqlType {
  // A time as a bigint: the codec makes one of any long that asks for it.
  if (avro.attributes["millrace.js"] === "bigint") return { kind: "raw", avro }
  switch (logical.name) {
    case "decimal":
      if (logical.precision > 38) return { kind: "raw", avro }
      return { kind: "decimal", precision: logical.precision, scale: logical.scale }
    case "uuid":
      return { kind: "string" }
    case "date":
      return { kind: "date" }
    case "time-millis":
      return { kind: "time", precision: 3 }
    case "time-micros":
      return { kind: "time", precision: 6 }
    case "timestamp-millis":
    case "local-timestamp-millis":
      return { kind: "timestamp", precision: 3 }
    case "timestamp-micros":
    case "local-timestamp-micros":
      return { kind: "timestamp", precision: 6 }
    case "duration":
      return { kind: "raw", avro }
  }
}

function fromPlain(avro: PrimitiveType | FixedType): SqlType {
  switch (avro.kind) {
    case "fixed":
      return { kind: "bytes" }
    case "long":
      return avro.attributes["millrace.js"] === "bigint" ? { kind: "bigint", wide: true } : bigintType
    default:
      return { kind: avro.kind }
  }
}

/** The Avro type of a computed value, not nullable. */
export function toAvro(type: SqlType): AvroType {
  switch (type.kind) {
    case "bigint":
      return type.wide ? { kind: "long", attributes: { "millrace.js": "bigint" } } : primitive("long")
    case "decimal":
      return primitive("bytes", { name: "decimal", precision: type.precision, scale: type.scale })
    case "date":
      return primitive("int", { name: "date" })
    case "time":
      return type.precision === 3
        ? primitive("int", { name: "time-millis" })
        : primitive("long", { name: "time-micros" })
    case "timestamp":
      return primitive("long", { name: type.precision === 3 ? "timestamp-millis" : "timestamp-micros" })
    // Only inside an expression: checkExpression refuses one as a result.
    case "interval":
      return primitive("long")
    case "row":
      return type.record
    case "array":
      return { kind: "array", items: type.items, attributes: {} }
    case "map":
      return { kind: "map", values: type.values, attributes: {} }
    case "raw":
      return type.avro
    default:
      return primitive(type.kind === "boolean" ? "boolean" : type.kind)
  }
}

/** `[null, X]`, with null first so that null can be a default. */
export function nullableAvro(avro: AvroType): AvroType {
  if (avro.kind === "null") return avro
  const branches = avro.kind === "union" ? avro.branches : [avro]
  if (branches.some(({ kind }) => kind === "null")) return avro
  return { kind: "union", branches: [primitive("null"), ...branches] }
}

/** True when values of the one are values of the other, written the same. Named types are the same when their names are. */
export function sameAvro(left: AvroType, right: AvroType): boolean {
  if (left === right) return true
  if (left.kind === "array" && right.kind === "array") return sameAvro(left.items, right.items)
  if (left.kind === "map" && right.kind === "map") return sameAvro(left.values, right.values)
  if (left.kind === "union" && right.kind === "union") {
    const pairs = left.branches.map((branch, index) => [branch, right.branches[index]] as const)
    if (left.branches.length !== right.branches.length) return false
    return pairs.every(([one, other]) => other !== undefined && sameAvro(one, other))
  }
  if (left.kind !== right.kind) return false
  if ("name" in left && "name" in right) return left.name === right.name
  return samePrimitive(left, right)
}

function samePrimitive(left: AvroType, right: AvroType): boolean {
  const of = (avro: AvroType) =>
    JSON.stringify([
      avro.kind,
      "logical" in avro ? (avro.logical ?? null) : null,
      "attributes" in avro ? (avro.attributes["millrace.js"] ?? null) : null
    ])
  return of(left) === of(right)
}

function primitive(kind: PrimitiveKind, logical?: LogicalType): PrimitiveType {
  return logical === undefined ? { kind, attributes: {} } : { kind, logical, attributes: {} }
}
