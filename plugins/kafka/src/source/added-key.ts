import { recordFields, type SchemaField } from "@millrace/sdk"
import type { SourceConfig } from "./config.ts"

const plainTypes: { readonly [format: string]: string | undefined } = {
  string: "string",
  long: "long",
  raw: "bytes"
}

/** Fields for those parts of the topic's key that values do not have, in the key's order. */
export const addedKeyFields = (config: SourceConfig): readonly SchemaField[] => {
  const { key } = config
  if (key === undefined) return []
  const known = new Set(valueNames(config))
  return key.fields.flatMap((name) => {
    const type = known.has(name) ? undefined : typeOf(key, name)
    return type === undefined ? [] : [{ name, type: key.nullable === true ? ["null", type] : type }]
  })
}

/** Undefined where the config does not say it. */
const typeOf = (
  { fields, format = "string", types = {} }: NonNullable<SourceConfig["key"]>,
  name: string
): unknown => {
  if (format === "avro" && Object.hasOwn(types, name)) return types[name]
  return fields.length > 1 ? undefined : format === "avro" ? "string" : plainTypes[format]
}

/** Names of the fields that the topic's values have. */
const valueNames = ({ fields, format, schema, valueField = "value" }: SourceConfig): readonly string[] => {
  if (format === "string" || format === "raw") return [valueField]
  return fields === undefined ? recordFields(schema).map(({ name }) => name) : Object.keys(fields)
}
