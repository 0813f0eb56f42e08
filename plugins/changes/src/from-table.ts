import {
  anyRecord,
  type Context,
  defineProcessor,
  type DeriveContext,
  type DerivedRow,
  field,
  recordFields,
  recordSchema,
  Schema,
  schemaName,
  valueState
} from "@millrace/sdk"

const Config = Schema.Struct({
  keyBy: Schema.Array(Schema.String).annotate({ description: "The table's key" }),
  record: Schema.optionalKey(
    Schema.String.annotate({
      description: "Full name of the output's record; default: the input's with Change"
    })
  )
})
type Config = typeof Config.Type

const uses = { row: valueState(anyRecord) }

/** Makes change events of a table: what each row was, and what it is. */
export const fromTable = defineProcessor({
  name: "from-table",
  description: "Makes change events of a table.",
  config: Config,
  derive: (context) => contractOf(context),
  keyBy: field("keyBy"),
  uses,
  process: (after, context) => {
    const before = context.row.get() ?? null
    context.row.set(after)
    return [eventOf(before === null ? "c" : "u", before, after, context)]
  },
  onDelete: (_input, context) => {
    const before = context.row.get()
    // A row that never was needs no delete.
    if (before === undefined) return []
    context.row.delete()
    return [eventOf("d", before, null, context)]
  }
})

const eventOf = (
  op: string,
  before: DerivedRow | null,
  after: DerivedRow | null,
  { position: { offset, partition, topic }, timestamp }: Context<Config, typeof uses>
) => ({ op, before, after, source: { stream: topic, partition, offset: BigInt(offset) }, ts_ms: timestamp })

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const fields = recordFields(schema)
  const missing = config.keyBy.findIndex((name) => fields.every((one) => one.name !== name))
  if (missing >= 0)
    return { error: { path: `/keyBy/${missing}`, message: `there is no field ${config.keyBy[missing]}` } }
  if (config.keyBy.length === 0)
    return { error: { path: "/keyBy", message: "a table has a key: name a field at least" } }
  const name = config.record ?? `${schemaName(schema) ?? "Row"}Change`
  const all = fields.map((one) => one.name)
  return {
    reads: { input: "*" as const },
    output: recordSchema(name, [
      { name: "op", type: "string", doc: "c: created, u: updated, d: deleted" },
      { name: "before", type: ["null", schema] },
      { name: "after", type: ["null", schema] },
      { name: "source", type: sourceOf(name), doc: "Where the change stood" },
      { name: "ts_ms", type: "long", doc: "Event time, ms since 1970" }
    ]),
    lineage: { op: [], before: all, after: all, source: [], ts_ms: [] },
    state: { row: schema }
  }
}

const sourceOf = (name: string) => ({
  type: "record",
  name: `${name}Source`,
  fields: [
    { name: "stream", type: "string" },
    { name: "partition", type: "int" },
    { name: "offset", type: { type: "long", "millrace.js": "bigint" } }
  ]
})
