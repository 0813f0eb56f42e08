import {
  defineProcessor,
  type DeriveContext,
  field,
  recordFields,
  recordSchema,
  Schema,
  schemaName,
  valueState
} from "@millrace/sdk"

const Config = Schema.Struct({
  by: Schema.Array(Schema.String).check(Schema.isMinLength(1)).annotate({
    description: "Fields that records are counted by; they are the key of the output"
  }),
  as: Schema.optionalKey(
    Schema.String.annotate({ description: "Name of the field that holds the count; default: count" })
  ),
  record: Schema.optionalKey(
    Schema.String.annotate({
      description: "Full name of the output's record; default: the input's with Count after it"
    })
  )
})

/** Counts records by key: for each record the fields of its key and how many there have been so far, itself included. */
export const count = defineProcessor({
  name: "count",
  description: "Counts records by key, and tells the running count with each.",
  config: Config,
  derive: (context) => contractOf(context),
  keyBy: field("by"),
  uses: { seen: valueState(Schema.Int, { initial: 0 }) },
  map: (_row, { config, seen }) => {
    const total = seen.get() + 1
    seen.set(total)
    return { [config.as ?? "count"]: total }
  }
})

const contractOf = ({ config, inputs }: DeriveContext<typeof Config.Type>) => {
  const { by, as = "count" } = config
  const schema = inputs["input"]?.schema
  const input = new Map(recordFields(schema).map((found) => [found.name, found]))
  const twice = by.findIndex((name, index) => by.indexOf(name) !== index)
  if (twice >= 0) return { error: { path: `/by/${twice}`, message: `${by[twice]} is named twice` } }
  const unknown = by.findIndex((name) => !input.has(name))
  if (unknown >= 0) {
    const message = `there is no field ${by[unknown]}; the fields are ${[...input.keys()].slice(0, 12).join(", ")}`
    return { error: { path: `/by/${unknown}`, message } }
  }
  if (by.includes(as)) return { error: { path: "/as", message: `${as} is a field of the key` } }
  return {
    output: recordSchema(config.record ?? `${schemaName(schema) ?? "Record"}Count`, [
      ...by.flatMap((name) => input.get(name) ?? []),
      { name: as, type: "long" }
    ]),
    copies: Object.fromEntries(by.map((name) => [name, name])),
    key: by,
    lineage: { [as]: by }
  }
}
