import { ContractError } from "./contract-error.ts"

/** The checks of a contract (`millrace.checks`) that a client makes; the others are the platform's, which makes them all. */
export const checked = (attributes: object, value: unknown): void => {
  const checks: unknown = Reflect.get(attributes, "millrace.checks")
  if (!Array.isArray(checks)) return
  for (const each of checks) {
    const { check, value: limit }: { readonly [name: string]: unknown } = { ...Object(each) }
    if (!passes(check, limit, value))
      throw new ContractError("", `fails the check ${String(check)} ${String(limit)}`)
  }
}

const passes = (check: unknown, limit: unknown, value: unknown): boolean => {
  if (typeof value === "number" || typeof value === "bigint")
    return typeof limit !== "number" || numberPasses(check, limit, value)
  if (check === "pattern") return typeof value !== "string" || new RegExp(String(limit)).test(value)
  const length = lengthOf(value)
  if (length === undefined || typeof limit !== "number") return true
  if (check === "minLength") return length >= limit
  return check !== "maxLength" || length <= limit
}

const numberPasses = (check: unknown, limit: number, value: number | bigint): boolean => {
  if (check === "minimum") return value >= limit
  if (check === "maximum") return value <= limit
  if (check === "exclusiveMinimum") return value > limit
  return check !== "exclusiveMaximum" || value < limit
}

const lengthOf = (value: unknown): number | undefined => {
  if (typeof value === "string" || Array.isArray(value) || value instanceof Uint8Array) return value.length
  return typeof value === "object" && value !== null ? Object.keys(value).length : undefined
}
