import { type DeriveAnswer, parseAvro, recordFields, recordSchema, type SchemaField } from "@millrace/sdk"
import { registryProblem } from "../avro/registry-config.ts"
import { addedKeyFields } from "./added-key.ts"
import type { FieldConfig, SourceConfig } from "./config.ts"

/** The contract that a config describes, or what is wrong with it. */
export const contractOf = (config: SourceConfig): DeriveAnswer => {
  const values = valueFields(config)
  if ("error" in values) return values
  const registry = registryProblem(config)
  if (registry !== undefined) return { error: registry }
  const { fields, name } = values
  const added = [...addedKeyFields(config), ...headersField(config)]
  const twice = added.find((field) => fields.some((other) => other.name === field.name))
  if (twice !== undefined) return wrong("/headers/field", `there is a field ${twice.name} already`)
  const all = [...added.filter((field) => field.name !== config.headers?.field), ...fields]
  const output = withFields(config, name, [...all, ...headersField(config)])
  const parsed = parseAvro(output)
  if ("error" in parsed)
    return wrong(config.schema === undefined ? "/fields" : "/schema", String(parsed.error.message))
  if (parsed.ok.kind !== "record") return wrong("/schema", "a record is of fields: give a record schema")
  const problem = keyProblem(config, [...added, ...fields])
  if (problem !== undefined) return problem
  if (config.tombstones === "delete" && config.key === undefined)
    return wrong("/tombstones", "a delete has a key: give key")
  return { output, key: config.key?.fields ?? [] }
}

interface Values {
  readonly name: string
  readonly fields: readonly SchemaField[]
}

type Wrong = Extract<DeriveAnswer, { readonly error: unknown }>

const wrong = (path: string, message: string): Wrong => ({ error: { path, message } })

const usualName = "kafka.Record"

/** The fields that values of the topic have, before any is added. */
const valueFields = (config: SourceConfig): Values | Wrong => {
  const { fields, format, record = usualName, schema, valueField } = config
  if (format === "string" || format === "raw") {
    if (fields !== undefined || schema !== undefined)
      return wrong(
        fields === undefined ? "/schema" : "/fields",
        `a value of ${format} is one field: give valueField`
      )
    return {
      name: record,
      fields: [{ name: valueField ?? "value", type: format === "raw" ? "bytes" : "string" }]
    }
  }
  if (valueField !== undefined) return wrong("/valueField", `values of ${format} have fields of their own`)
  if ((fields === undefined) === (schema === undefined)) return wrong("", "give fields, or schema")
  if (fields !== undefined)
    return {
      name: record,
      fields: Object.entries(fields).map(([name, field]) => fieldOf(name, field, format))
    }
  if (config.record !== undefined) return wrong("/record", "the schema names the record: leave it out")
  const parsed = parseAvro(schema)
  if ("error" in parsed) return wrong("/schema", String(parsed.error.message))
  return parsed.ok.kind === "record"
    ? { name: parsed.ok.name, fields: recordFields(schema) }
    : wrong("/schema", "a record is of fields: give a record schema")
}

/** What was written before a field was there has it as null, where it may be: Avro wants that said. */
const fieldOf = (
  name: string,
  { doc, nullable, sensitive, type }: FieldConfig,
  format: SourceConfig["format"]
): SchemaField => ({
  name,
  type: nullable === true ? ["null", type] : type,
  ...(nullable === true && format === "avro" ? { default: null } : {}),
  ...(doc === undefined ? {} : { doc }),
  ...(sensitive === true ? { "millrace.sensitive": true } : {})
})

const headersField = ({ headers }: SourceConfig): readonly SchemaField[] =>
  headers === undefined
    ? []
    : [
        {
          name: headers.field,
          type: { type: "map", values: ["null", headers.as === "bytes" ? "bytes" : "string"] }
        }
      ]

/** A schema that was given keeps what else it says. */
const withFields = ({ schema }: SourceConfig, name: string, fields: readonly SchemaField[]): unknown =>
  schema === undefined ? recordSchema(name, fields) : { ...Object(schema), fields }

const keyProblem = ({ key }: SourceConfig, fields: readonly SchemaField[]): Wrong | undefined => {
  if (key === undefined) return undefined
  const { format = "string" } = key
  if (key.fields.length === 0) return wrong("/key/fields", "name one field at least")
  if (format !== "json" && format !== "avro" && key.fields.length > 1)
    return wrong("/key/fields", `a key of ${format} is one field; several come as json or avro`)
  if (format !== "avro" && key.types !== undefined)
    return wrong("/key/types", `a key of ${format} has its type: leave it out`)
  const idle = Object.keys(key.types ?? {}).find((name) => !key.fields.includes(name))
  if (idle !== undefined) return wrong(`/key/types/${idle}`, `${idle} is none of the key's fields`)
  const unknown = key.fields.findIndex((name) => fields.every((field) => field.name !== name))
  if (unknown < 0) return undefined
  const names = fields.slice(0, 12).map(({ name }) => name)
  const adding = format === "avro" ? "; give its type in key.types, to add it" : ""
  return wrong(
    `/key/fields/${unknown}`,
    `there is no field ${key.fields[unknown]}; the fields are ${names.join(", ")}${adding}`
  )
}
