import {
  defineProcessor,
  type DeriveContext,
  recordFields,
  recordSchema,
  Schema,
  schemaName
} from "@millrace/sdk"
import { FlatFields } from "./flat-fields.ts"
import { absentIsNull, addParts } from "./flat-row.ts"

const Config = Schema.Struct({
  separator: Schema.optionalKey(
    Schema.String.annotate({ description: "Between the names that a field's name is made of; default: _" })
  ),
  fields: Schema.optionalKey(
    Schema.Array(Schema.String).annotate({
      description: "The fields to flatten; default: all that are records"
    })
  ),
  depth: Schema.optionalKey(
    Schema.Int.annotate({ description: "How many levels of records are taken apart; default: all" })
  ),
  record: Schema.optionalKey(
    Schema.String.annotate({ description: "Full name of the output's record; default: the input's" })
  )
})
type Config = typeof Config.Type

/** Makes top-level fields of nested records. All other fields are copied as bytes. */
export const flatten = defineProcessor({
  name: "flatten",
  description: "Makes top-level fields of nested records.",
  config: Config,
  derive: (context) => contractOf(context),
  map: (row, { config }) => {
    const made: { [field: string]: unknown } = {}
    for (const [name, value] of Object.entries(row)) {
      addParts(made, name, value, separatorOf(config), config.depth ?? Infinity)
    }
    return new Proxy(made, absentIsNull)
  }
})

const separatorOf = ({ separator = "_" }: Config): string => separator

const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const fields = recordFields(schema)
  const depth = config.depth ?? Infinity
  if (depth < 1) return wrong("/depth", "a depth is 1 at least")
  if (!/^[A-Za-z0-9_]*$/.test(separatorOf(config))) {
    return wrong("/separator", "a field's name is of letters, digits and _, and so is what stands in it")
  }
  const flat = new FlatFields(schema, separatorOf(config), depth)
  const unfit = (config.fields ?? []).findIndex((name) => !flat.isRecord(name))
  if (unfit >= 0) {
    const name = config.fields?.[unfit]
    const problem = fields.some((field) => field.name === name) ? "is no record" : "is no field of the stream"
    return wrong(`/fields/${unfit}`, `${name} ${problem}`)
  }
  const taken = new Set(config.fields ?? fields.map(({ name }) => name).filter((name) => flat.isRecord(name)))
  const parts = fields.map((field) => (taken.has(field.name) ? flat.partsOf(field) : flat.same(field)))
  if (flat.problem !== undefined) return wrong("", flat.problem)
  return {
    reads: { input: [...taken] },
    output: recordSchema(config.record ?? schemaName(schema) ?? "Flat", parts.flat()),
    copies: Object.fromEntries(
      fields.flatMap(({ name }) => (taken.has(name) ? [] : [[name, name] as const]))
    ),
    lineage: Object.fromEntries(
      fields.flatMap(({ name }, index) => (parts[index] ?? []).map((part) => [part.name, [name]] as const))
    )
  }
}

const wrong = (path: string, message: string) => ({ error: { path, message } })
