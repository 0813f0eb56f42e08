import type * as Schema from "effect/Schema"
import { parseAvroOrThrow } from "../../avro/parse/parse.ts"
import type { AvroType } from "../../avro/type.ts"
import { toAvro } from "../../contract/to-avro.ts"
import { sameAvro } from "../../expression/typing/sql-avro.ts"
import type { ExpressionTypes } from "../expression-config.ts"

/** An argument or a result as SQL sees it: its Avro type without null, and whether it may be NULL. */
export interface ValueType {
  readonly type: AvroType
  readonly nullable: boolean
}

/** Throws an AvroFormError for a schema that no record can carry. */
export const valueType = (schema: Schema.Top, name: string): ValueType =>
  withoutNull(toAvro(schema, { name }))

/** Of a schema in Avro's JSON form. */
export const valueTypeOfJson = (json: unknown): ValueType => withoutNull(parseAvroOrThrow(json))

const withoutNull = (type: AvroType): ValueType => {
  if (type.kind !== "union") return { type, nullable: type.kind === "null" }
  const branches = type.branches.filter(({ kind }) => kind !== "null")
  const nullable = branches.length < type.branches.length
  const [only] = branches
  return { type: branches.length === 1 && only !== undefined ? only : { kind: "union", branches }, nullable }
}

/** What an expression must give for an argument, as far as SQL's types go. */
export const expressionType = ({ type }: ValueType): keyof ExpressionTypes => {
  if (numberForm(type) !== undefined) return "number"
  if (type.kind === "string" && type.logical === undefined) return "string"
  return type.kind === "boolean" ? "boolean" : "any"
}

/** True when every value of an expression's type is one of the argument's, or is judged when it comes ({@link toArgument}). */
export const fitsArgument = (given: AvroType, wanted: AvroType): boolean => {
  if (given.kind === "null") return true
  switch (numberForm(wanted)) {
    case "any":
      return numberForm(given) !== undefined || logicalName(given) === "decimal"
    case "whole":
    case "wide":
      return numberForm(given) === "whole" || numberForm(given) === "wide"
    default:
      return wanted.kind === "string" && logicalName(wanted) === undefined
        ? given.kind === "string" || given.kind === "enum"
        : sameAvro(given, wanted)
  }
}

/** An expression's value in the argument's form. Throws when a number has no exact one. */
export const toArgument = (wanted: AvroType): ((value: unknown) => unknown) => {
  switch (numberForm(wanted)) {
    case "any":
      // A DECIMAL comes as text.
      return (value) => (typeof value === "number" ? value : Number(value))
    case "whole": {
      const limit = wanted.kind === "int" ? 2 ** 31 : 2 ** 53
      return (value) => {
        const number = Number(value)
        if (number >= limit || number < -limit || (number === -limit && wanted.kind === "long")) {
          throw new RangeError(`${String(value)} is beyond the argument's whole numbers`)
        }
        return number
      }
    }
    case "wide":
      return (value) => (typeof value === "number" ? BigInt(value) : value)
    default:
      return (value) => value
  }
}

/** How a number looks in JavaScript; undefined for what is no plain number. */
const numberForm = (type: AvroType): "any" | "whole" | "wide" | undefined => {
  if (logicalName(type) !== undefined) return undefined
  if (type.kind === "double" || type.kind === "float") return "any"
  if (type.kind === "int") return "whole"
  if (type.kind !== "long") return undefined
  return type.attributes["millrace.js"] === "bigint" ? "wide" : "whole"
}

const logicalName = (type: AvroType): string | undefined =>
  "logical" in type ? type.logical?.name : undefined
