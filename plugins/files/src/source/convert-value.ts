import { parseDatePattern, parseIso, type ParseTime } from "./date-pattern.ts"
import type { FieldPlan } from "./field-plan.ts"

/** Why a value does not fit its field. */
export class Misfit {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

/** A file's value, as JSON has it, as the field's type looks in JavaScript. null and undefined do not come here. */
export type ConvertValue = (value: unknown) => unknown

/** `fromText`: every value is text (CSV), and what it says is meant. */
export const converterOf = (plan: FieldPlan, fromText: boolean): ConvertValue => {
  const coerce = plan.coerce || fromText
  switch (plan.type) {
    case "string":
      return (value) => asText(value, coerce)
    case "int":
      return (value) => asWhole(value, coerce, -(2 ** 31), 2 ** 31 - 1)
    case "long":
      return (value) => asWhole(value, coerce, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    case "float":
      return (value) => asFraction(value, coerce, 3.4028234663852886e38)
    case "double":
      return (value) => asFraction(value, coerce, Number.MAX_VALUE)
    case "boolean":
      return (value) => asBoolean(value, coerce)
    case "date":
    case "timestamp-millis":
    case "timestamp-micros":
      return asTime(plan.type, plan.format, fromText)
    case "as-is":
      return (value) => value
  }
}

const asText = (value: unknown, coerce: boolean): unknown => {
  if (typeof value === "string") {
    return value.isWellFormed() ? value : new Misfit("its text has half a character (a lone surrogate)")
  }
  if (coerce && (typeof value === "number" || typeof value === "boolean")) return String(value)
  return misfit("text", value)
}

const numberText = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

const numberOf = (value: unknown, coerce: boolean): number | undefined => {
  if (typeof value === "number") return value
  if (!coerce || typeof value !== "string") return undefined
  const text = value.trim()
  return numberText.test(text) ? Number(text) : undefined
}

const asWhole = (value: unknown, coerce: boolean, lowest: number, highest: number): unknown => {
  const number = numberOf(value, coerce)
  if (number === undefined || !Number.isInteger(number)) return misfit("a whole number", value)
  if (number < lowest || number > highest) return misfit(`a whole number from ${lowest} to ${highest}`, value)
  return number === 0 ? 0 : number
}

const asFraction = (value: unknown, coerce: boolean, highest: number): unknown => {
  const number = numberOf(value, coerce)
  if (number === undefined) return misfit("a number", value)
  return Math.abs(number) <= highest ? number : misfit("a number of that size", value)
}

const asBoolean = (value: unknown, coerce: boolean): unknown => {
  if (typeof value === "boolean") return value
  const text = coerce && typeof value === "string" ? value.trim().toLowerCase() : ""
  return text === "true" || text === "false" ? text === "true" : misfit("true or false", value)
}

const dayMs = 86_400_000

/** A number is taken as it is, in the type's own unit; text by its format. */
const asTime = (type: FieldPlan["type"], format: string | undefined, fromText: boolean): ConvertValue => {
  const parse = parserOf(format)
  const wanted = format === undefined ? "an ISO 8601 date or time" : `a date like ${format}`
  const isDate = type === "date"
  return (value) => {
    if (typeof value === "number")
      return asWhole(
        value,
        false,
        isDate ? -(2 ** 31) : Number.MIN_SAFE_INTEGER,
        isDate ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER
      )
    if (typeof value !== "string") return misfit(wanted, value)
    const time = parse(fromText ? value.trim() : value)
    if (time === undefined) return misfit(wanted, value)
    if (isDate) return Math.floor(time / dayMs)
    return type === "timestamp-millis" ? Math.floor(time) : Math.round(time * 1_000)
  }
}

const parserOf = (format: string | undefined): ParseTime => {
  if (format === undefined) return parseIso
  const pattern = parseDatePattern(format)
  return "ok" in pattern ? pattern.ok : () => undefined
}

/** Event time in milliseconds of a converted value. */
export const eventTimeOf = (type: FieldPlan["type"], value: unknown): number | undefined => {
  if (typeof value !== "number") return undefined
  if (type === "date") return value * dayMs
  return type === "timestamp-micros" ? Math.floor(value / 1_000) : value
}

const misfit = (wanted: string, value: unknown): Misfit => {
  const text =
    typeof value === "object" ? (Array.isArray(value) ? "an array" : "an object") : JSON.stringify(value)
  return new Misfit(`expected ${wanted}, got ${String(text).slice(0, 100)}`)
}
