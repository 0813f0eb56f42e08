import {
  type DeriveContext,
  keyForm,
  nullableType,
  recordFields,
  recordSchema,
  type SchemaField,
  schemaName
} from "@millrace/sdk"
import { type Config, keyFields } from "./config.ts"

/** The contract of the join: the input's fields as they are, and after them the table's. */
export const contractOf = ({ config, inputs, tables }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const own = new Map(recordFields(schema).map((field) => [field.name, field]))
  const table = new Map(recordFields(tables["table"]?.schema).map((field) => [field.name, field]))
  const problem =
    keyProblem(config, own, table, tables["table"]?.key ?? []) ?? fieldProblem(config, own, table)
  if (problem !== undefined) return { error: problem }
  const mayMiss = (config.missing ?? "null") === "null"
  const given = Object.entries(config.fields)
  const added = given.map(([name, from]): SchemaField => {
    const { default: _default, aliases: _aliases, ...field } = table.get(from) ?? { name, type: "null" }
    return { ...field, name, type: mayMiss ? nullableType(field.type) : field.type }
  })
  return {
    reads: { input: keyFields(config), table: [...new Set(Object.values(config.fields))] },
    output: recordSchema(schemaName(schema) ?? "Joined", [...own.values(), ...added]),
    copies: Object.fromEntries([...own.keys()].map((name) => [name, name])),
    lineage: Object.fromEntries(given.map(([name, from]) => [name, [`table.${from}`]]))
  }
}

type Fields = ReadonlyMap<string, SchemaField>
interface Problem {
  readonly path: string
  readonly message: string
}

const keyProblem = (
  config: Config,
  own: Fields,
  table: Fields,
  key: readonly string[]
): Problem | undefined => {
  const on = keyFields(config)
  const place = (index: number): string => (typeof config.on === "string" ? "/on" : `/on/${index}`)
  const unknown = on.findIndex((name) => !own.has(name))
  if (unknown >= 0)
    return { path: place(unknown), message: unknownField(on[unknown] ?? "", "the stream", own) }
  if (key.length === 0) return undefined
  if (on.length !== key.length) {
    const message = `the table's key is ${key.join(", ")}: name as many fields, in that order`
    return { path: "/on", message }
  }
  const differs = on.findIndex(
    (name, index) => keyForm(own.get(name)?.type) !== keyForm(table.get(key[index] ?? "")?.type)
  )
  if (differs < 0) return undefined
  const [mine, its] = [
    keyForm(own.get(on[differs] ?? "")?.type),
    keyForm(table.get(key[differs] ?? "")?.type)
  ]
  const message = `${on[differs]} is ${mine}, and the table's ${key[differs]} is ${its}: no record would find a row`
  return { path: place(differs), message }
}

const fieldProblem = (config: Config, own: Fields, table: Fields): Problem | undefined => {
  const given = Object.entries(config.fields)
  if (given.length === 0) return { path: "/fields", message: "name a field at least" }
  for (const [name, from] of given) {
    const path = `/fields/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
    if (own.has(name)) return { path, message: `the stream already has a field ${name}` }
    if (!table.has(from)) return { path, message: unknownField(from, "the table", table) }
  }
  return undefined
}

const unknownField = (name: string, where: string, fields: Fields): string =>
  `${where} has no field ${name}; its fields are ${[...fields.keys()].slice(0, 12).join(", ")}`
