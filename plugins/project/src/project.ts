import {
  defineProcessor,
  type DeriveContext,
  Expression,
  type ExpressionFunction,
  recordFields,
  recordSchema,
  Schema,
  type SchemaField,
  schemaName
} from "@millrace/sdk"

const Config = Schema.Struct({
  fields: Schema.Record(Schema.String, Expression()).annotate({
    description: "The output's fields in their order, each with the expression that it is made from"
  }),
  others: Schema.optionalKey(
    Schema.Literals(["drop", "keep"]).annotate({
      description: "What becomes of the input's other fields: drop (default), or keep, before the named ones"
    })
  ),
  record: Schema.optionalKey(
    Schema.String.annotate({ description: "Full name of the output's record; default: the input's" })
  )
})

/** Makes records of computed fields. A field that is only a name is copied as bytes, and keeps what is said of it. */
export const project = defineProcessor({
  name: "project",
  description: "Makes records of computed fields.",
  config: Config,
  derive: (context) => contractOf(context),
  map: (row, { config }) => {
    const made: { [field: string]: unknown } = {}
    for (const [name, value] of Object.entries(config.fields)) made[name] = value(row)
    return made
  }
})

const contractOf = ({ config, inputs }: DeriveContext<typeof Config.Type>) => {
  const given = Object.entries(config.fields)
  if (given.length === 0 && config.others !== "keep") {
    return { error: { path: "/fields", message: "name a field at least" } }
  }
  const schema = inputs["input"]?.schema
  const input = new Map(recordFields(schema).map((field) => [field.name, field]))
  const kept =
    config.others === "keep" ? [...input.keys()].filter((name) => !Object.hasOwn(config.fields, name)) : []
  const copied = given.flatMap(([name, { column }]) =>
    column === undefined ? [] : [[name, column] as const]
  )
  const fields = [
    ...kept.flatMap((name) => input.get(name) ?? []),
    ...given.map(([name, expression]) => fieldOf(name, expression, input))
  ]
  return {
    output: recordSchema(config.record ?? schemaName(schema) ?? "Projected", fields),
    copies: Object.fromEntries([...kept.map((name) => [name, name] as const), ...copied]),
    lineage: Object.fromEntries(given.map(([name, expression]) => [name, expression.fields ?? []]))
  }
}

/** A copied field keeps its documentation and attributes; a computed one is sensitive when something that it reads is. */
const fieldOf = (
  name: string,
  { schema, fields = [], column }: ExpressionFunction<unknown>,
  input: ReadonlyMap<string, SchemaField>
): SchemaField => {
  const source = column === undefined ? undefined : input.get(column)
  if (source !== undefined) {
    const { default: _default, aliases: _aliases, ...rest } = source
    return { ...rest, name }
  }
  const isSensitive = fields.some((field) => input.get(field)?.["millrace.sensitive"] === true)
  return { name, type: schema, ...(isSensitive ? { "millrace.sensitive": true } : {}) }
}
