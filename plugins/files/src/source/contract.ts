import { type DeriveAnswer, recordSchema, type SchemaField } from "@millrace/sdk"
import { avroProblem } from "../avro/resolved-schema.ts"
import type { FieldConfig, SourceConfig } from "./config.ts"
import { parseDatePattern } from "./date-pattern.ts"
import { type FieldPlan, fieldPlans } from "./field-plan.ts"

/** The contract that a source's config describes, or what is wrong with it. */
export const contractOf = (config: SourceConfig): DeriveAnswer => {
  const { record, fields, schema, key = [] } = config
  if ((fields === undefined) === (schema === undefined)) {
    return wrong("", "give record and fields, or schema")
  }
  if (fields !== undefined && record === undefined)
    return wrong("", "give the record a full name: record: studio.Movie")
  if (schema !== undefined && record !== undefined)
    return wrong("/record", "the schema names the record: leave it out")
  const { follow = false, format, poll } = config
  if (follow && format !== "ndjson" && format !== "csv")
    return wrong("/follow", `a file of ${format} has an end: only ndjson and csv can be followed`)
  if (poll !== undefined && !follow) return wrong("/poll", "only files that are followed are looked at again")
  const plans = fieldPlans(config)
  if (plans.length === 0) return wrong(fields === undefined ? "/schema" : "/fields", "it has no fields")
  const problem = plans
    .map((plan) => fieldProblem(plan, fields?.[plan.name]))
    .find((found) => found !== undefined)
  if (problem !== undefined) return { error: problem }
  const times = plans.filter(({ isEventTime }) => isEventTime)
  if (times.length > 1) {
    return wrong(fieldPath(times[1]?.name ?? ""), `${times[0]?.name} is the event time already`)
  }
  const unknown = key.findIndex((name) => plans.every((plan) => plan.name !== name))
  if (unknown >= 0) {
    return wrong(`/key/${unknown}`, `there is no field ${key[unknown]}; the fields are ${listOf(plans)}`)
  }
  const output = fields === undefined ? schema : schemaOf(record ?? "", fields)
  const misfit = config.format === "avro" ? avroProblem(config, output) : undefined
  return misfit === undefined ? { output, key } : { error: misfit }
}

const wrong = (path: string, message: string): DeriveAnswer => ({ error: { path, message } })

const fieldPath = (name: string): string => `/fields/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`

const listOf = (plans: readonly FieldPlan[]): string =>
  plans
    .slice(0, 12)
    .map(({ name }) => name)
    .join(", ")

const fieldProblem = (plan: FieldPlan, field: FieldConfig | undefined) => {
  const path = fieldPath(plan.name)
  if (plan.name === "__proto__") return { path, message: "__proto__ cannot be a field's name" }
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(plan.name)) {
    const message = "a field's name is of letters, digits and _: give the file's own name in from"
    return { path, message }
  }
  const isTime = plan.type === "date" || plan.type.startsWith("timestamp")
  if (field?.eventTime === true && !isTime) {
    return {
      path: `${path}/eventTime`,
      message: `${plan.name} is ${plan.type}: an event time is a date or a timestamp`
    }
  }
  if (field?.format === undefined) return undefined
  if (!isTime) return { path: `${path}/format`, message: "only a date or a timestamp has a format" }
  const pattern = parseDatePattern(field.format)
  return "error" in pattern ? { path: `${path}/format`, message: pattern.error } : undefined
}

const schemaOf = (record: string, fields: { readonly [name: string]: FieldConfig }) =>
  recordSchema(
    record,
    Object.entries(fields).map(([name, field]): SchemaField => ({
      name,
      type: field.nullable === true ? ["null", avroType(field.type)] : avroType(field.type),
      ...(field.doc === undefined ? {} : { doc: field.doc }),
      ...(field.from === undefined || field.from === name ? {} : { "millrace.source": field.from }),
      ...(field.sensitive === true ? { "millrace.sensitive": true } : {})
    }))
  )

const avroType = (type: FieldConfig["type"]): unknown => {
  if (type === "date") return { type: "int", logicalType: "date" }
  if (type === "timestamp-millis" || type === "timestamp-micros") return { type: "long", logicalType: type }
  return type
}
