import { type DeriveAnswer, parseAvro, recordFields, recordSchema, type SchemaField } from "@millrace/sdk"
import type { FieldConfig, SourceConfig } from "./config.ts"

/** The contract that a config describes, or what is wrong with it. */
export const contractOf = (config: SourceConfig): DeriveAnswer => {
  const values = valueFields(config)
  if ("error" in values) return values
  const { fields, name } = values
  const added = [...keyField(config, fields), ...headersField(config)]
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
    return { name: record, fields: Object.entries(fields).map(([name, field]) => fieldOf(name, field)) }
  if (config.record !== undefined) return wrong("/record", "the schema names the record: leave it out")
  const parsed = parseAvro(schema)
  if ("error" in parsed) return wrong("/schema", String(parsed.error.message))
  return parsed.ok.kind === "record"
    ? { name: parsed.ok.name, fields: recordFields(schema) }
    : wrong("/schema", "a record is of fields: give a record schema")
}

const fieldOf = (name: string, { doc, nullable, sensitive, type }: FieldConfig): SchemaField => ({
  name,
  type: nullable === true ? ["null", type] : type,
  ...(doc === undefined ? {} : { doc }),
  ...(sensitive === true ? { "millrace.sensitive": true } : {})
})

/** The field for the topic's key, where values have none of its name. */
const keyField = ({ key }: SourceConfig, fields: readonly SchemaField[]): readonly SchemaField[] => {
  const [name] = key?.fields ?? []
  if (key === undefined || name === undefined || fields.some((field) => field.name === name)) return []
  const type = addedTypes[key.format ?? "string"]
  if (type === undefined || key.fields.length > 1) return []
  return [{ name, type: key.nullable === true ? ["null", type] : type }]
}

const addedTypes: { readonly [format: string]: string | undefined } = {
  string: "string",
  long: "long",
  raw: "bytes"
}

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
  if (format !== "json" && key.fields.length > 1)
    return wrong("/key/fields", `a key of ${format} is one field; several come as json`)
  const unknown = key.fields.findIndex((name) => fields.every((field) => field.name !== name))
  if (unknown >= 0) {
    const names = fields.slice(0, 12).map(({ name }) => name)
    return wrong(
      `/key/fields/${unknown}`,
      `there is no field ${key.fields[unknown]}; the fields are ${names.join(", ")}`
    )
  }
  return undefined
}
