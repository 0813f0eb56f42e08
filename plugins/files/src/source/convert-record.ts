import type { SourceRecord } from "@millrace/sdk"
import { type ConvertValue, converterOf, eventTimeOf, Misfit } from "./convert-value.ts"
import type { FieldPlan } from "./field-plan.ts"

/** A record of a file as a record of the stream, or why it is none. Fields that the config does not name are left out. */
export type ConvertRecord = (value: unknown) => SourceRecord<unknown> | Misfit

interface Step {
  readonly plan: FieldPlan
  readonly convert: ConvertValue
}

export const recordConverter = (plans: readonly FieldPlan[], fromText: boolean): ConvertRecord => {
  const steps = plans.map((plan): Step => ({ plan, convert: converterOf(plan, fromText) }))
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return new Misfit("it is not an object")
    const record: { [field: string]: unknown } = {}
    let timestamp: number | undefined
    for (const { plan, convert } of steps) {
      const given: unknown = Object.hasOwn(value, plan.from) ? Reflect.get(value, plan.from) : undefined
      const converted = given === undefined || given === null ? absent(plan, given) : convert(given)
      if (converted instanceof Misfit) return new Misfit(`${nameOf(plan)}: ${converted.reason}`)
      if (converted !== undefined) record[plan.name] = converted
      if (plan.isEventTime) timestamp = eventTimeOf(plan.type, converted)
    }
    return timestamp === undefined ? { value: record } : { value: record, timestamp }
  }
}

const absent = ({ nullable, hasDefault }: FieldPlan, given: null | undefined): unknown => {
  if (given === undefined && hasDefault) return undefined
  if (nullable) return null
  return new Misfit(given === undefined ? "it is missing" : "it is null, and the field is not nullable")
}

const nameOf = ({ name, from }: FieldPlan): string =>
  name === from ? name : `${name} (${JSON.stringify(from)})`
