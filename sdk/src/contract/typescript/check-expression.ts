import type { Attributes } from "../../avro/type.ts"
import { type ContractCheck, readChecks } from "../check-conversion.ts"

/** What a check is run on. */
export type Checked = "number" | "bigint" | "text" | "length" | "properties" | "nothing"

export interface SplitChecks {
  /** Expressions of Effect's filters. */
  readonly checks: readonly string[]
  /** What stays an attribute. */
  readonly attributes: Attributes
}

/**
 * The checks among a type's attributes as filters, where `toAvro` makes the very same attribute of them: every one is of a
 * known form and they come last. Else they stay the attribute that they are, and only the codec runs them.
 */
export const splitChecks = (attributes: Attributes, checked: Checked): SplitChecks => {
  const { "millrace.checks": written, ...others } = attributes
  const asWritten = { checks: [], attributes }
  if (written === undefined || Object.keys(attributes).at(-1) !== "millrace.checks") return asWritten
  const known = readChecks(written)
  if (known.length === 0 || JSON.stringify(known) !== JSON.stringify(written)) return asWritten
  const filters = known.flatMap((check) => filterOf(check, checked) ?? [])
  if (filters.length < known.length) return asWritten
  return { checks: bounds(known, checked) ?? filters, attributes: others }
}

/** The two bounds that are most usual are one filter. */
const bounds = (checks: readonly ContractCheck[], checked: Checked): readonly string[] | undefined => {
  const [first, second] = checks
  if (checked !== "number" || checks.length !== 2) return undefined
  if (first?.check !== "minimum" || second?.check !== "maximum") return undefined
  return [`Schema.isBetween({ minimum: ${first.value}, maximum: ${second.value} })`]
}

const filterOf = (check: ContractCheck, checked: Checked): string | undefined => {
  switch (checked) {
    case "number":
      return limit(check, "", String(check.value))
    case "bigint":
      return Number.isSafeInteger(check.value) && check.check !== "multipleOf"
        ? limit(check, "BigInt", `${check.value}n`)
        : undefined
    case "text":
      return check.check === "pattern" ? pattern(check.value) : length(check, "Length")
    case "length":
      return length(check, "Length")
    case "properties":
      return length(check, "Properties")
    case "nothing":
      return undefined
  }
}

const limit = ({ check }: ContractCheck, suffix: string, value: string): string | undefined => {
  switch (check) {
    case "minimum":
      return `Schema.isGreaterThanOrEqualTo${suffix}(${value})`
    case "maximum":
      return `Schema.isLessThanOrEqualTo${suffix}(${value})`
    case "exclusiveMinimum":
      return `Schema.isGreaterThan${suffix}(${value})`
    case "exclusiveMaximum":
      return `Schema.isLessThan${suffix}(${value})`
    case "multipleOf":
      return `Schema.isMultipleOf(${value})`
    default:
      return undefined
  }
}

const length = ({ check, value }: ContractCheck, of: "Length" | "Properties"): string | undefined => {
  // Effect takes lengths as they are meant: whole, and not below 0.
  if (!Number.isSafeInteger(value) || Number(value) < 0) return undefined
  if (check === "minLength") return `Schema.isMin${of}(${value})`
  return check === "maxLength" ? `Schema.isMax${of}(${value})` : undefined
}

/** `source` escapes slashes and line ends, and an empty pattern: those would not come back as they were. */
const pattern = (source: string): string | undefined => {
  const expression = new RegExp(source)
  return expression.source === source ? `Schema.isPattern(${expression})` : undefined
}
