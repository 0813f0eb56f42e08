import {
  defineProcessor,
  type DeriveContext,
  recordFields,
  recordSchema,
  Schema,
  schemaName
} from "@millrace/sdk"

const Config = Schema.Struct({
  fields: Schema.Record(Schema.String, Schema.String).annotate({
    description: "Old name -> new name; every other field keeps its own"
  })
})

/** Renames fields. Values are copied as bytes, and the key follows its fields. */
export const rename = defineProcessor({
  name: "rename",
  description: "Renames fields.",
  config: Config,
  derive: (context) => contractOf(context),
  map: () => ({})
})

const contractOf = ({ config, inputs }: DeriveContext<typeof Config.Type>) => {
  const schema = inputs["input"]?.schema
  const fields = recordFields(schema)
  const names = new Set(fields.map(({ name }) => name))
  const missing = Object.keys(config.fields).find((name) => !names.has(name))
  if (missing !== undefined) {
    return { error: { path: pointer(missing), message: `there is no field ${missing}` } }
  }
  const renamed = fields.map((field) => ({ field, name: newName(config.fields, field.name) }))
  const taken = new Set<string>()
  for (const { field, name } of renamed) {
    if (taken.has(name)) {
      const at = Object.hasOwn(config.fields, field.name) ? field.name : oldName(config.fields, name)
      return { error: { path: pointer(at), message: `two fields would be named ${name}` } }
    }
    taken.add(name)
  }
  return {
    output: recordSchema(
      schemaName(schema) ?? "Renamed",
      renamed.map(({ field, name }) => ({ ...field, name }))
    ),
    copies: Object.fromEntries(renamed.map(({ field, name }) => [name, field.name]))
  }
}

const newName = (fields: { readonly [name: string]: string }, name: string): string =>
  (Object.hasOwn(fields, name) ? fields[name] : undefined) ?? name

const oldName = (fields: { readonly [name: string]: string }, name: string): string =>
  Object.keys(fields).find((old) => fields[old] === name) ?? name

const pointer = (name: string): string => `/fields/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
