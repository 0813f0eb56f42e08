import type { Attributes, AvroType, FixedType, PrimitiveType, RecordType } from "../avro/type.ts"
import { CodecError } from "./codec-error.ts"
import type { ValueCheck } from "./runtime-check.ts"

/**
 * How a value of a type looks in JavaScript (view.ts), where that is not settled by its kind alone.
 */
export type Look =
  | { readonly form: "plain" }
  | { readonly form: "bigint" }
  | { readonly form: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly form: "uuid" }
  | { readonly form: "duration" }

export function lookOf(type: PrimitiveType | FixedType): Look {
  const logical = type.logical
  if (type.kind === "long") return { form: type.attributes["millrace.js"] === "bigint" ? "bigint" : "plain" }
  if (logical === undefined) return { form: "plain" }
  if (logical.name === "decimal")
    return { form: "decimal", precision: logical.precision, scale: logical.scale }
  if (logical.name === "uuid" || logical.name === "duration") return { form: logical.name }
  return { form: "plain" }
}

const numberChecks: ReadonlySet<unknown> = new Set([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength"
])
const maxPatternLength = 1_000

/** The contract's checks on a type or field; empty when there are none. Throws a {@link CodecError} `BAD_CHECK`. */
export function checksOf(attributes: Attributes, path: string): readonly ValueCheck[] {
  if (!Object.hasOwn(attributes, "millrace.checks")) return []
  const checks = attributes["millrace.checks"]
  if (!Array.isArray(checks)) throw new CodecError("BAD_CHECK", path, "millrace.checks is not an array")
  return checks.map((each: unknown) => checkOf(each, path))
}

function checkOf(each: unknown, path: string): ValueCheck {
  if (typeof each === "object" && each !== null && "check" in each && "value" in each) {
    const { check, value } = each
    if (numberChecks.has(check) && typeof check === "string" && typeof value === "number")
      return { check, value }
    if (check === "pattern" && typeof value === "string" && isPattern(value)) return { check, value }
  }
  throw new CodecError("BAD_CHECK", path, `${JSON.stringify(each)} is no check of a known form`)
}

function isPattern(source: string): boolean {
  if (source.length > maxPatternLength) return false
  try {
    return new RegExp(source) instanceof RegExp
  } catch {
    return false
  }
}

/** The fewest bytes that a value of a type takes; 0 for types whose values may take none. `known` saves work on shared types. */
export function minBytes(type: AvroType, known: Map<AvroType, number> = new Map()): number {
  switch (type.kind) {
    case "null":
      return 0
    case "float":
      return 4
    case "double":
      return 8
    case "fixed":
      return type.size
    case "union":
      return 1 + Math.min(...type.branches.map((branch) => minBytes(branch, known)))
    case "record":
      return known.get(type) ?? minRecordBytes(type, known)
    default:
      return 1
  }
}

const largestMinimum = 1_000_000_000

function minRecordBytes(type: RecordType, known: Map<AvroType, number>): number {
  // A record within itself counts for nothing: less than the truth is never wrong here.
  known.set(type, 0)
  const sum = type.fields.reduce(
    (bytes, field) => Math.min(bytes + minBytes(field.type, known), largestMinimum),
    0
  )
  known.set(type, sum)
  return sum
}
