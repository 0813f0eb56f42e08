import { recordFields } from "@millrace/sdk"
import { type FieldConfig, type ScalarType, scalarTypes, type SourceConfig } from "./config.ts"

/** How one field of the record comes out of a file. */
export interface FieldPlan {
  readonly name: string
  readonly from: string
  /** `as-is`: a value of another type, which the record's codec checks. */
  readonly type: ScalarType | "as-is"
  readonly nullable: boolean
  /** An absent value takes the schema's default. */
  readonly hasDefault: boolean
  readonly coerce: boolean
  readonly format: string | undefined
  readonly isEventTime: boolean
}

/** The fields of the record, from the config's `fields` or from its `schema`. */
export const fieldPlans = ({ fields, schema }: SourceConfig): readonly FieldPlan[] =>
  fields === undefined
    ? plansOfSchema(schema)
    : Object.entries(fields).map(([name, field]) => planOf(name, field))

const planOf = (name: string, field: FieldConfig): FieldPlan => ({
  name,
  from: field.from ?? name,
  type: field.type,
  nullable: field.nullable ?? false,
  hasDefault: false,
  coerce: field.coerce ?? false,
  format: field.format,
  isEventTime: field.eventTime ?? false
})

const plansOfSchema = (schema: unknown): readonly FieldPlan[] =>
  recordFields(schema).map((field) => {
    const branches: readonly unknown[] = Array.isArray(field.type) ? field.type : [field.type]
    const others = branches.filter((branch) => branch !== "null")
    const from = field["millrace.source"]
    return {
      name: field.name,
      from: typeof from === "string" ? from : field.name,
      type: others.length === 1 ? scalarOf(others[0]) : "as-is",
      nullable: others.length < branches.length,
      hasDefault: Object.hasOwn(field, "default"),
      coerce: false,
      format: undefined,
      isEventTime: field["millrace.eventTime"] === true
    }
  })

const scalarOf = (type: unknown): FieldPlan["type"] => {
  const whole: { readonly [key: string]: unknown } = typeof type === "string" ? { type } : { ...Object(type) }
  const name = whole["logicalType"] ?? whole["type"]
  if (whole["millrace.js"] !== undefined) return "as-is"
  return scalarTypes.find((scalar) => scalar === name) ?? "as-is"
}
