import {
  defineProcessor,
  type DeriveContext,
  type DerivedRow,
  nullableType,
  recordFields,
  recordSchema,
  Schema,
  type SchemaField,
  schemaName,
  WholeTypes
} from "@millrace/sdk"

const Config = Schema.Struct({
  field: Schema.String.annotate({ description: "The array" }),
  as: Schema.optionalKey(
    Schema.String.annotate({ description: "Field of the element; default: the array's name" })
  ),
  ordinality: Schema.optionalKey(
    Schema.String.annotate({ description: "Field that counts the elements from 1; default: none" })
  ),
  empty: Schema.optionalKey(
    Schema.Literals(["drop", "keep"]).annotate({
      description:
        "What becomes of a record without elements: drop (default), or keep with null for the element"
    })
  ),
  record: Schema.optionalKey(
    Schema.String.annotate({ description: "Full name of the output's record; default: the input's" })
  )
})
type Config = typeof Config.Type

/** Makes a record of each element of an array. All other fields are copied as bytes, and so is the key. */
export const unnest = defineProcessor({
  name: "unnest",
  description: "Makes a record of each element of an array.",
  config: Config,
  derive: (context) => contractOf(context),
  process: (row, { config }) => {
    const elements = row[config.field]
    if (Array.isArray(elements) && elements.length > 0) {
      return elements.map((element: unknown, index) => rowOf(config, element, index + 1))
    }
    return config.empty === "keep" ? [rowOf(config, null, null)] : []
  }
})

const rowOf = (
  { field, as = field, ordinality }: Config,
  element: unknown,
  place: number | null
): DerivedRow => ({
  [as]: element,
  ...(ordinality === undefined ? {} : { [ordinality]: place })
})

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const { field, as = field, ordinality } = config
  const types = new WholeTypes(schema)
  const fields = recordFields(schema).map((one): SchemaField => ({ ...one, type: types.whole(one.type) }))
  const source = fields.find(({ name }) => name === field)
  const element = itemsOf(source?.type)
  if (source === undefined || element === undefined) {
    const problem = source === undefined ? "is no field of the stream" : "is no array"
    return { error: { path: "/field", message: `${field} ${problem}` } }
  }
  const orNull = (type: unknown): unknown => (config.empty === "keep" ? nullableType(type) : type)
  const { default: _default, aliases: _aliases, order: _order, ...rest } = source
  const made: readonly SchemaField[] = [
    { ...rest, name: as, type: orNull(element) },
    ...(ordinality === undefined ? [] : [{ name: ordinality, type: orNull("int") }])
  ]
  const others = fields.filter(({ name }) => name !== field)
  const names = [...others, ...made].map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    const path = twice === as && twice !== ordinality ? "/as" : "/ordinality"
    return { error: { path, message: `there is a field ${twice} already` } }
  }
  return {
    reads: { input: [field] },
    output: recordSchema(
      config.record ?? schemaName(schema) ?? "Element",
      fields.flatMap((one) => (one.name === field ? made : [one]))
    ),
    copies: Object.fromEntries(others.map(({ name }) => [name, name])),
    lineage: Object.fromEntries(made.map(({ name }) => [name, [field]]))
  }
}

/** What an array, or one that may be null, has as elements; undefined for any other type. */
const itemsOf = (type: unknown): unknown => {
  const branches = Array.isArray(type) ? type.filter((branch) => branch !== "null") : [type]
  const [only] = branches
  if (branches.length !== 1 || typeof only !== "object" || only === null) return undefined
  const { type: kind, items }: { readonly type?: unknown; readonly items?: unknown } = only
  return kind === "array" ? items : undefined
}
