import type { FixedType, LogicalType, PrimitiveType } from "../../avro/type.ts"
import { restricted } from "../string-literals.ts"
import {
  annotated,
  attributeEntries,
  checked,
  type Entry,
  type Expression,
  expression,
  said,
  typeLiteral
} from "./annotation.ts"
import { type Checked, splitChecks } from "./check-expression.ts"
import { jsonLayout } from "./json-layout.ts"
import { callLayout, type Layout, listLayout, quoted, wrap } from "./layout.ts"

/** The schema of a primitive, with its logical type, attributes and checks. */
export const primitiveExpression = (type: PrimitiveType): Expression => {
  const literals = literalsOf(type)
  if (literals !== undefined) return literals
  const { base, on, implied } = baseOf(type)
  const { attributes, checks } = splitChecks(type.attributes, on)
  const isImplied = implied.every((name, index) => Object.keys(attributes)[index] === name)
  // The base says some attributes itself, before all others.
  const own = Object.fromEntries(Object.entries(attributes).filter(([name]) => !implied.includes(name)))
  const entries: readonly Entry[] = isImplied
    ? attributeEntries(own)
    : [["avro.type", typeLiteral({ ...type, attributes })]]
  return checked(annotated(expression(base), entries), checks)
}

interface Base {
  readonly base: Layout
  readonly on: Checked
  readonly implied: readonly string[]
}

const baseOf = (type: PrimitiveType): Base => {
  const plain = (base: Layout, on: Checked): Base => ({ base, on, implied: [] })
  switch (type.kind) {
    case "null":
      return plain("Schema.Null", "nothing")
    case "boolean":
      return plain("Schema.Boolean", "nothing")
    case "bytes":
      if (type.logical?.name === "decimal") return plain(decimal(type.logical), "text")
      return plain("Schema.Uint8Array", "length")
    case "string":
      return plain(type.logical?.name === "uuid" ? "Avro.Uuid" : "Schema.String", "text")
    case "float":
      return plain("Avro.Float", "number")
    case "double":
      return plain("Schema.Number", "number")
    case "int":
      return plain(logicalNumbers[type.logical?.name ?? ""] ?? "Avro.Int32", "number")
    case "long": {
      const logical = logicalNumbers[type.logical?.name ?? ""]
      if (type.attributes["millrace.js"] === "bigint" && logical === undefined)
        return { base: "Avro.Long", on: "bigint", implied: ["millrace.js"] }
      return plain(logical ?? "Schema.Int", "number")
    }
  }
}

/** Strings of which only some are allowed, and that are no symbols in Avro: as `toAvro` writes them. */
const literalsOf = (type: PrimitiveType): Expression | undefined => {
  const written = type.attributes["millrace.literals"]
  if (type.kind !== "string" || type.logical !== undefined || !Array.isArray(written)) return undefined
  const literals = written.filter((literal) => typeof literal === "string")
  const made = restricted(literals)
  if (made === undefined || !("attributes" in made)) return undefined
  if (JSON.stringify(made.attributes) !== JSON.stringify(type.attributes)) return undefined
  return expression(wrap("Schema.Literals", listLayout(literals.map(quoted))))
}

const decimal = ({ precision, scale }: Extract<LogicalType, { name: "decimal" }>): Layout =>
  wrap("Avro.Decimal", jsonLayout({ precision, scale }))

const logicalNumbers: { readonly [name in LogicalType["name"] | ""]?: string } = {
  date: "Avro.Date",
  "time-millis": "Avro.TimeMillis",
  "time-micros": "Avro.TimeMicros",
  "timestamp-millis": "Avro.TimestampMillis",
  "timestamp-micros": "Avro.TimestampMicros",
  "local-timestamp-millis": "Avro.LocalTimestampMillis",
  "local-timestamp-micros": "Avro.LocalTimestampMicros"
}

/** The schema of a fixed; what the constructors of `Avro` do not take is given as the whole type. */
export const fixedExpression = (type: FixedType): Expression => {
  const { logical, name, size } = type
  const isBare = type.doc === undefined && type.aliases.length === 0
  const attributes = attributeEntries(type.attributes)
  const whole: readonly Entry[] = [["avro.type", typeLiteral(type)]]
  switch (logical?.name) {
    case "duration":
      return annotated(expression("Avro.Duration"), whole)
    case "uuid":
      return annotated(expression("Avro.Uuid"), whole)
    case "decimal": {
      const { precision, scale } = logical
      return isBare
        ? annotated(
            expression(wrap("Avro.Decimal", jsonLayout({ precision, scale, fixed: { name, size } }))),
            attributes
          )
        : annotated(expression(decimal(logical)), whole)
    }
    default: {
      const base = expression(callLayout("Avro.Fixed", [JSON.stringify(name), String(size)]))
      return annotated(base, isBare ? attributes : whole)
    }
  }
}

/** Annotations of the record itself. */
export const recordEntries = (
  naming: readonly Entry[],
  record: {
    readonly doc?: string
    readonly aliases: readonly string[]
    readonly attributes: FixedType["attributes"]
  }
): readonly Entry[] => [
  ...naming,
  ...said("avro.aliases", record.aliases.length === 0 ? undefined : record.aliases),
  ...said("description", record.doc),
  ...attributeEntries(record.attributes)
]
