import * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"

import type { Json } from "../avro/type.ts"

/**
 * A check as it travels in a schema: the attribute `millrace.checks` of a type is a list of these, and the codec runs them on
 * every value that is read or written. The words are JSON Schema's; `pattern` is a regular expression without flags.
 */
export type ContractCheck =
  | {
      readonly check:
        | "minimum"
        | "maximum"
        | "exclusiveMinimum"
        | "exclusiveMaximum"
        | "multipleOf"
        | "minLength"
        | "maxLength"
      readonly value: number
    }
  | { readonly check: "pattern"; readonly value: string }

export type CarriedCheck =
  | { readonly carried: readonly ContractCheck[]; readonly whole?: true }
  | { readonly problem: string; readonly remedy: string }

const prefix = "effect/schema/"

/** Effect's filters by the words of their payload; those that are patterns say so in their own annotation. */
const numericFilters: ReadonlySet<string> = new Set([
  "isBetween",
  "isBetweenBigInt",
  "isGreaterThan",
  "isGreaterThanBigInt",
  "isGreaterThanOrEqualTo",
  "isGreaterThanOrEqualToBigInt",
  "isLessThan",
  "isLessThanBigInt",
  "isLessThanOrEqualTo",
  "isLessThanOrEqualToBigInt"
])
const patternFilters: ReadonlySet<string> = new Set([
  "isPattern",
  "isUUID",
  "isGUID",
  "isULID",
  "isBase64",
  "isBase64Url",
  "isStartingWith",
  "isEndingWith",
  "isIncluding"
])

/** One filter of Effect's as checks that a codec can run, or why there are none. `whole`: the number is an integer. */
export const carryCheck = (check: SchemaAST.Check<never>): CarriedCheck => {
  if (check._tag === "FilterGroup") return carryGroup(check.checks)
  const representation: unknown = check.annotations?.["representation"]
  if (!isRecord(representation) || typeof representation["id"] !== "string") return ownFilter
  const id = representation["id"].startsWith(prefix) ? representation["id"].slice(prefix.length) : ""
  const payload = isRecord(representation["payload"]) ? representation["payload"] : {}
  if (id === "isInt") return { carried: [], whole: true }
  if (id === "isFinite") return { carried: finite }
  if (numericFilters.has(id)) return carryBounds(payload)
  if (id === "isMultipleOf") return limits([["multipleOf", payload["divisor"]]])
  if (patternFilters.has(id)) return carryPattern(check.annotations)
  return carryLength(id, payload)
}

const ownFilter: CarriedCheck = {
  problem: "a check of your own cannot travel with the schema",
  remedy: "Use one of the checks of Schema (isBetween, isMinLength, isPattern …), or check it in the body."
}

const finite: readonly ContractCheck[] = [
  { check: "minimum", value: -Number.MAX_VALUE },
  { check: "maximum", value: Number.MAX_VALUE }
]

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null

const carryGroup = (checks: readonly SchemaAST.Check<never>[]): CarriedCheck => {
  const carried: ContractCheck[] = []
  let whole = false
  for (const check of checks) {
    const one = carryCheck(check)
    if ("problem" in one) return one
    carried.push(...one.carried)
    whole ||= one.whole === true
  }
  return whole ? { carried, whole } : { carried }
}

type Limit = Exclude<ContractCheck, { check: "pattern" }>["check"]

const limits = (entries: readonly (readonly [Limit, unknown])[]): CarriedCheck => {
  const carried: ContractCheck[] = []
  for (const [check, value] of entries) {
    if (value === undefined) continue
    const number = exactNumber(value)
    if (number === undefined) {
      return {
        problem: `the limit of ${check} is not a number that JSON can keep`,
        remedy: "Use a limit within 2^53-1."
      }
    }
    carried.push({ check, value: number })
  }
  return { carried }
}

/** A number as it is, or a bigint's digits where a number says the same. */
const exactNumber = (value: unknown): number | undefined => {
  const number = typeof value === "string" && String(Number(value)) === value ? Number(value) : value
  return typeof number === "number" && Number.isFinite(number) ? number : undefined
}

const carryBounds = (payload: { readonly [key: string]: unknown }): CarriedCheck => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = payload
  // isBetween has flags beside its limits, isGreaterThan and isLessThan have the limit itself.
  return limits([
    exclusiveMinimum === true ? ["exclusiveMinimum", minimum] : ["minimum", minimum],
    exclusiveMaximum === true ? ["exclusiveMaximum", maximum] : ["maximum", maximum],
    ["exclusiveMinimum", typeof exclusiveMinimum === "boolean" ? undefined : exclusiveMinimum],
    ["exclusiveMaximum", typeof exclusiveMaximum === "boolean" ? undefined : exclusiveMaximum]
  ])
}

const carryLength = (id: string, payload: { readonly [key: string]: unknown }): CarriedCheck => {
  switch (id) {
    case "isMinLength":
      return limits([["minLength", payload["minLength"]]])
    case "isMaxLength":
      return limits([["maxLength", payload["maxLength"]]])
    case "isMinProperties":
      return limits([["minLength", payload["minProperties"]]])
    case "isMaxProperties":
      return limits([["maxLength", payload["maxProperties"]]])
    case "isBetweenLength":
    case "isBetweenProperties":
      return limits([
        ["minLength", payload["minimum"]],
        ["maxLength", payload["maximum"]]
      ])
    default:
      return id === ""
        ? ownFilter
        : { problem: `the check ${id} cannot travel with the schema`, remedy: "Check it in the body." }
  }
}

const carryPattern = (annotations: { readonly [key: string]: unknown } | undefined): CarriedCheck => {
  const constraint = annotations?.["arbitraryConstraint"]
  const patterns = isRecord(constraint) ? constraint["patterns"] : undefined
  const [pattern]: readonly unknown[] = Array.isArray(patterns) ? patterns : []
  if (!isRecord(pattern) || typeof pattern["source"] !== "string") return ownFilter
  if (pattern["flags"] !== "") {
    return {
      problem: "a pattern with flags cannot travel with the schema",
      remedy: "Write it without flags: [aA] for a."
    }
  }
  return { carried: [{ check: "pattern", value: pattern["source"] }] }
}

/** The checks in a schema's attribute; those that are not of the known form are left out. */
export const readChecks = (attribute: Json | undefined): readonly ContractCheck[] =>
  Array.isArray(attribute) ? attribute.flatMap(readCheck) : []

const limitWords: ReadonlySet<string> = new Set<Limit>([
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength"
])

const isLimit = (word: unknown): word is Limit => typeof word === "string" && limitWords.has(word)

const readCheck = (entry: unknown): readonly ContractCheck[] => {
  if (!isRecord(entry)) return []
  const { check, value } = entry
  if (isLimit(check) && typeof value === "number") return [{ check, value }]
  return check === "pattern" && typeof value === "string" && isPattern(value) ? [{ check, value }] : []
}

const isPattern = (source: string): boolean => {
  try {
    return new RegExp(source).flags === ""
  } catch {
    return false
  }
}

/** A carried check on numbers as Effect's filter. */
export const numberFilter = (check: ContractCheck): SchemaAST.Filter<number> | undefined => {
  switch (check.check) {
    case "minimum":
      return Schema.isGreaterThanOrEqualTo(check.value)
    case "maximum":
      return Schema.isLessThanOrEqualTo(check.value)
    case "exclusiveMinimum":
      return Schema.isGreaterThan(check.value)
    case "exclusiveMaximum":
      return Schema.isLessThan(check.value)
    case "multipleOf":
      return Schema.isMultipleOf(check.value)
    default:
      return undefined
  }
}

/** A carried check on bigints as Effect's filter. */
export const bigintFilter = (check: ContractCheck): SchemaAST.Filter<bigint> | undefined => {
  if (check.check === "pattern" || !Number.isInteger(check.value)) return undefined
  const limit = BigInt(check.value)
  switch (check.check) {
    case "minimum":
      return Schema.isGreaterThanOrEqualToBigInt(limit)
    case "maximum":
      return Schema.isLessThanOrEqualToBigInt(limit)
    case "exclusiveMinimum":
      return Schema.isGreaterThanBigInt(limit)
    case "exclusiveMaximum":
      return Schema.isLessThanBigInt(limit)
    default:
      return undefined
  }
}

/** A carried check on strings, arrays and bytes as Effect's filter. */
export const lengthFilter = (
  check: ContractCheck
): SchemaAST.Filter<{ readonly length: number }> | undefined => {
  if (check.check === "minLength") return Schema.isMinLength(check.value)
  return check.check === "maxLength" ? Schema.isMaxLength(check.value) : undefined
}
