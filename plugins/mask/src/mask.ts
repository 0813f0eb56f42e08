import {
  defineProcessor,
  type DeriveAnswer,
  type DeriveContext,
  recordFields,
  recordSchema,
  Schema,
  type SchemaField,
  schemaName
} from "@millrace/sdk"
import { type Mode, maskValue } from "./mask-value.ts"

const Config = Schema.Struct({
  fields: Schema.Record(Schema.String, Schema.Literals(["redact", "hash", "last4", "null"])).annotate({
    description: "Field -> how it is masked"
  }),
  salt: Schema.optionalKey(
    Schema.String.annotate({
      description: "Goes before each value that is hashed; needed for hash. Keep it secret"
    })
  )
})

/** Replaces the values of fields by what does not tell them. Every other field is copied as bytes. */
export const mask = defineProcessor({
  name: "mask",
  description: "Replaces the values of fields by what does not tell them.",
  config: Config,
  derive: (context) => contractOf(context),
  map: (row, { config }) => {
    const masked: { [field: string]: unknown } = {}
    for (const { mode, name } of fieldsOf(config))
      masked[name] = maskValue(row[name], mode, config.salt ?? "")
    return masked
  }
})

interface MaskedField {
  readonly name: string
  readonly mode: Mode
}

let last: { readonly config: typeof Config.Type; readonly list: readonly MaskedField[] } | undefined

/** Of a node's one config: to make the list anew for each record would be half of the work. */
const fieldsOf = (config: typeof Config.Type): readonly MaskedField[] => {
  if (last?.config !== config) {
    const list = Object.entries(config.fields).map(([name, mode]) => ({ name, mode }))
    last = { config, list }
  }
  return last.list
}

const contractOf = ({ config, inputs }: DeriveContext<typeof Config.Type>): DeriveAnswer => {
  const schema = inputs["input"]?.schema
  const fields = recordFields(schema)
  const given = Object.entries(config.fields)
  if (given.length === 0) return { error: { path: "/fields", message: "name a field at least" } }
  for (const [name, mode] of given) {
    const path = `/fields/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
    if (fields.every((field) => field.name !== name)) {
      return { error: { path, message: `there is no field ${name}` } }
    }
    if (mode === "hash" && (config.salt ?? "") === "") {
      return {
        error: { path: "/salt", message: "hash needs a salt: without one, a guessed value is recognized" }
      }
    }
  }
  const modeOf = new Map<string, Mode>(given)
  return {
    reads: { input: given.map(([name]) => name) },
    output: recordSchema(
      schemaName(schema) ?? "Masked",
      fields.map((field) => maskedField(field, modeOf.get(field.name)))
    ),
    copies: Object.fromEntries(
      fields.filter(({ name }) => !modeOf.has(name)).map(({ name }) => [name, name] as const)
    ),
    lineage: Object.fromEntries(given.map(([name]) => [name, [name]])),
    // Where a masked field is of the key, the key is made anew: the old one would tell the value.
    key: inputs["input"]?.key ?? []
  }
}

/** A masked field says so in `millrace.masked`, and is not sensitive any more; a salted hash stays so, for it identifies. */
const maskedField = (field: SchemaField, mode: Mode | undefined): SchemaField => {
  if (mode === undefined) return field
  const { default: _default, "millrace.sensitive": sensitive, ...rest } = field
  return {
    ...rest,
    type: maskedType(field.type, mode),
    "millrace.masked": mode,
    ...(sensitive === true && (mode === "hash" || mode === "last4") ? { "millrace.sensitive": true } : {})
  }
}

/** Text, or null where the value may be; `null` keeps the field's type, with null. */
const maskedType = (type: unknown, mode: Mode): unknown => {
  const branches: readonly unknown[] = Array.isArray(type) ? type : [type]
  const isNullable = branches.includes("null")
  if (mode === "null") return isNullable ? type : ["null", ...branches]
  return isNullable ? ["null", "string"] : "string"
}
