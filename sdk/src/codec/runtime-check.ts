import { CodecFault } from "./runtime-fault.ts"
import { bigintOf, isArray, isInteger, keysOf, maxOf, roundOf } from "../record/built-ins.ts"

/**
 * The checks of a contract (attribute `millrace.checks`: an array of `{ check, value }`), run on every value read and
 * written. As in JSON Schema, a check speaks of values of its own sort only and passes all others: numbers and bigints have
 * minimum, maximum, exclusiveMinimum, exclusiveMaximum and multipleOf; strings minLength, maxLength (UTF-16 units) and
 * pattern; arrays, bytes and maps minLength and maxLength.
 * This file also runs inside the sandbox: relative named imports only, no Node or web globals.
 */
export interface ValueCheck {
  readonly check: string
  readonly value: number | string
}

export interface PreparedCheck {
  readonly check: string
  readonly limit: number
  readonly text: string
  readonly pattern: RegExp | undefined
}

/** Throws a SyntaxError for a pattern that is no regular expression: the generator has tried it before. */
export function prepareChecks(checks: readonly ValueCheck[]): readonly PreparedCheck[] {
  return checks.map((each) => ({
    check: each.check,
    limit: typeof each.value === "number" ? each.value : 0 / 0,
    text: String(each.value),
    pattern: each.check === "pattern" ? new RegExp(String(each.value)) : undefined
  }))
}

/** Throws `CHECK_FAILED` naming the first check that the value does not pass. */
export function runChecks(checks: readonly PreparedCheck[], value: unknown): void {
  for (let i = 0; i < checks.length; i++) {
    const check = checks[i]
    if (!passes(check, value))
      throw new CodecFault("CHECK_FAILED", -1, "fails the check " + check.check + " " + check.text)
  }
}

function passes(check: PreparedCheck, value: unknown): boolean {
  if (typeof value === "number" || typeof value === "bigint") return numberPasses(check, value)
  if (typeof value === "string") {
    if (check.pattern !== undefined) return check.pattern.test(value)
    return lengthPasses(check, value.length)
  }
  if (typeof value !== "object" || value === null) return true
  if (isArray(value) || value instanceof Uint8Array) return lengthPasses(check, value.length)
  return check.check.endsWith("Length") ? lengthPasses(check, keysOf(value).length) : true
}

function numberPasses(check: PreparedCheck, value: number | bigint): boolean {
  const limit = check.limit
  switch (check.check) {
    case "minimum":
      return value >= limit
    case "maximum":
      return value <= limit
    case "exclusiveMinimum":
      return value > limit
    case "exclusiveMaximum":
      return value < limit
    case "multipleOf":
      return isMultiple(value, limit)
    default:
      return true
  }
}

function lengthPasses(check: PreparedCheck, length: number): boolean {
  if (check.check === "minLength") return length >= check.limit
  return check.check !== "maxLength" || length <= check.limit
}

/** With fractions both are scaled to whole numbers by their decimal digits: 0.3 is a multiple of 0.1. */
function isMultiple(value: number | bigint, divisor: number): boolean {
  if (typeof value === "bigint") return isInteger(divisor) && value % bigintOf(divisor) === 0n
  if (isInteger(value) && isInteger(divisor)) return value % divisor === 0
  const scale = 10 ** maxOf(fractionDigits(value), fractionDigits(divisor))
  return roundOf(value * scale) % roundOf(divisor * scale) === 0
}

function fractionDigits(value: number): number {
  const text = String(value)
  const exponent = text.indexOf("e-")
  const mantissa = exponent < 0 ? text : text.slice(0, exponent)
  const point = mantissa.indexOf(".")
  const digits = point < 0 ? 0 : mantissa.length - point - 1
  return exponent < 0 ? digits : digits + Number(text.slice(exponent + 2))
}
