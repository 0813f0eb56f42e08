import type { Attributes } from "../../avro/type.ts"
import { checksOf } from "../../codec/look.ts"
import { prepareChecks, runChecks, type ValueCheck } from "../../codec/runtime-check.ts"

/** A contract's checks on a type, as what a generator of values needs of them. */
export interface ValueChecks {
  readonly minimum: number
  readonly maximum: number
  /** Of texts, lists, bytes and maps. */
  readonly minLength: number
  readonly maxLength: number
  readonly multipleOf: number | undefined
  readonly pattern: string | undefined
  /** True without any check. */
  readonly free: boolean
  /** Whether a value passes all of them, as the codec will judge. */
  readonly passes: (value: unknown) => boolean
}

export const valueChecks = (attributes: Attributes): ValueChecks => {
  const checks = checksOf(attributes, "")
  const prepared = prepareChecks(checks)
  const limits = (name: string) => checks.filter(({ check }) => check === name).map(numberOf)
  const whole = Math.max(...limits("exclusiveMinimum"), -Infinity)
  return {
    minimum: Math.max(whole, ...limits("minimum")),
    maximum: Math.min(...limits("maximum"), ...limits("exclusiveMaximum"), Infinity),
    minLength: Math.max(...limits("minLength"), 0),
    maxLength: Math.min(...limits("maxLength"), Infinity),
    multipleOf: limits("multipleOf")[0],
    pattern: checks.flatMap(({ check, value }) => (check === "pattern" ? [String(value)] : []))[0],
    free: checks.length === 0,
    passes: (value) => {
      try {
        runChecks(prepared, value)
        return true
      } catch {
        return false
      }
    }
  }
}

const numberOf = ({ value }: ValueCheck): number => (typeof value === "number" ? value : Number.NaN)
