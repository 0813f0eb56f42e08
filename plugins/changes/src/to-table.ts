import {
  defineProcessor,
  type DeriveContext,
  type DerivedRow,
  keyForm,
  recordFields,
  recordSchema,
  Schema,
  schemaName,
  WholeTypes
} from "@millrace/sdk"

const Config = Schema.Struct({
  key: Schema.Array(Schema.String).annotate({
    description: "Fields of a row that the table's key is made of"
  }),
  op: Schema.optionalKey(Schema.String.annotate({ description: "Field of what happened; default: op" })),
  before: Schema.optionalKey(
    Schema.String.annotate({ description: "Field of the row before; default: before" })
  ),
  after: Schema.optionalKey(
    Schema.String.annotate({ description: "Field of the row after; default: after" })
  ),
  record: Schema.optionalKey(
    Schema.String.annotate({ description: "Full name of the output's record; default: the row's" })
  )
})
type Config = typeof Config.Type

/** An event that says nothing that a table could do. */
export class ChangeEventError extends Schema.TaggedError<ChangeEventError>()("ChangeEventError", {
  message: Schema.String
}) {}

/** Makes a table of change events: rows, and deletes of rows. */
export const toTable = defineProcessor({
  name: "to-table",
  description: "Makes a table of change events.",
  config: Config,
  derive: (context) => contractOf(context),
  process: (event, { config, tombstone }) => {
    const { after, before, op } = fieldsOf(config)
    const kind = kinds.get(String(event[op]).toLowerCase())
    if (kind === undefined) throw wrong(`${op} is ${JSON.stringify(event[op])}: it is one of ${known}`)
    const old = rowOf(event[before])
    if (kind === "delete") {
      if (old === undefined) throw wrong(`a delete whose ${before} is null does not say which row is gone`)
      return [tombstone(old)]
    }
    const row = rowOf(event[after])
    if (row === undefined) throw wrong(`${after} is null, and ${op} is ${String(event[op])}`)
    const isMoved = old !== undefined && config.key.some((name) => !isSame(old[name], row[name]))
    return isMoved ? [tombstone(old), row] : [row]
  }
})

const wrong = (message: string) => new ChangeEventError({ message })

/** Debezium's letters, and the words that they stand for. */
const kinds: ReadonlyMap<string, "put" | "delete"> = new Map([
  ["c", "put"],
  ["r", "put"],
  ["u", "put"],
  ["d", "delete"],
  ["create", "put"],
  ["insert", "put"],
  ["read", "put"],
  ["update", "put"],
  ["delete", "delete"]
])
const known = [...kinds.keys()].join(", ")

const fieldsOf = ({ after = "after", before = "before", op = "op" }: Config) => ({ after, before, op })

const rowOf = (value: unknown): DerivedRow | undefined =>
  typeof value === "object" && value !== null ? { ...value } : undefined

/** Of key fields, which are single values. */
const isSame = (one: unknown, other: unknown): boolean =>
  one instanceof Uint8Array && other instanceof Uint8Array
    ? one.length === other.length && one.every((byte, at) => byte === other[at])
    : one === other

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const types = new WholeTypes(schema)
  const fields = new Map(recordFields(schema).map((field) => [field.name, types.whole(field.type)]))
  const names = fieldsOf(config)
  for (const [path, name] of Object.entries(names))
    if (!fields.has(name)) return refused(`/${path}`, `there is no field ${name}`)
  if (keyForm(fields.get(names.op)) !== "text") return refused("/op", `${names.op} is no text`)
  const row = recordIn(fields.get(names.after))
  const old = recordIn(fields.get(names.before))
  if (row === undefined) return refused("/after", `${names.after} is no record`)
  if (old === undefined || JSON.stringify(old) !== JSON.stringify(row))
    return refused("/before", `${names.before} is no record as ${names.after} is`)
  const own = recordFields(row)
  const missing = config.key.findIndex((name) => own.every((field) => field.name !== name))
  if (missing >= 0) return refused(`/key/${missing}`, `a row has no field ${config.key[missing]}`)
  if (config.key.length === 0) return refused("/key", "a table has a key: name a field at least")
  return {
    reads: { input: Object.values(names) },
    output: recordSchema(config.record ?? schemaName(row) ?? "Row", own),
    key: config.key,
    lineage: Object.fromEntries(own.map(({ name }) => [name, [names.before, names.after]]))
  }
}

const refused = (path: string, message: string) => ({ error: { path, message } })

/** The record that a type is, or is where it is not null. */
const recordIn = (type: unknown): unknown => {
  const branches: readonly unknown[] = Array.isArray(type)
    ? type.filter((branch) => branch !== "null")
    : [type]
  return branches.length === 1 && recordFields(branches[0]).length > 0 ? branches[0] : undefined
}
