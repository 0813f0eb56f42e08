/** A field of a record schema in Avro's JSON form, with whatever attributes it has. */
export interface SchemaField {
  readonly name: string
  readonly type: unknown
  readonly [attribute: string]: unknown
}

/**
 * The fields of a record schema in Avro's JSON form, as `derive` is told it; none for anything else.
 * The planner checked the schema: this only looks.
 */
export const recordFields = (schema: unknown): readonly SchemaField[] => {
  const fields = member(schema, "fields")
  return Array.isArray(fields) ? fields.filter(isSchemaField) : []
}

/** The full name of a named schema in Avro's JSON form; undefined for any other. */
export const schemaName = (schema: unknown): string | undefined => {
  const name = member(schema, "name")
  if (typeof name !== "string") return undefined
  const namespace = member(schema, "namespace")
  return name.includes(".") || typeof namespace !== "string" || namespace === ""
    ? name
    : `${namespace}.${name}`
}

/**
 * A record schema made of fields that come from several others, for the answer of `derive`. Avro lets a named type be
 * written out once: where a field brings one that stands there already, its name takes its place. Two different types of
 * one name stay as they are, and are refused when the pipeline is planned.
 */
export const recordSchema = (name: string, fields: readonly SchemaField[]) => {
  const named = new Map<string, string>()
  return {
    type: "record",
    name,
    fields: fields.map((field): SchemaField => ({ ...field, type: withNames(field.type, named) }))
  }
}

/** A schema inside a record: named types once, and with a namespace of their own whatever stands around. */
const withNames = (schema: unknown, named: Map<string, string>): unknown => {
  if (Array.isArray(schema)) return schema.map((branch) => withNames(branch, named))
  if (typeof schema !== "object" || schema === null) return schema
  const parts: { readonly [key: string]: unknown } = { ...schema }
  const { type, items, values } = parts
  if (type === "array") return { ...parts, items: withNames(items, named) }
  if (type === "map") return { ...parts, values: withNames(values, named) }
  const name = type === "record" || type === "enum" || type === "fixed" ? schemaName(schema) : undefined
  if (name === undefined) return parts
  const text = JSON.stringify(schema)
  if (named.get(name) === text) return name
  named.set(name, text)
  const whole = { ...parts, name, ...(name.includes(".") ? {} : { namespace: "" }) }
  if (type !== "record") return whole
  return {
    ...whole,
    fields: recordFields(schema).map((field) => ({ ...field, type: withNames(field.type, named) }))
  }
}

const isSchemaField = (value: unknown): value is SchemaField =>
  typeof member(value, "name") === "string" && member(value, "type") !== undefined

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
