import {
  type DeriveContext,
  escapePart,
  recordFields,
  recordSchema,
  type SchemaField,
  schemaName
} from "@millrace/sdk"
import { addedFields } from "./added-field.ts"
import type { Config } from "./config.ts"
import { formOf } from "./form.ts"

interface Problem {
  readonly path: string
  readonly message: string
}

/** The input's fields as they are, and after them what the API adds. */
export const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const own = new Map(recordFields(schema).map((field) => [field.name, field]))
  const added = addedFields(config.adds)
  if ("message" in added) return { error: { path: placeOf(added.name), message: added.message } }
  const { fields } = formOf(config)
  const problem = formProblem(config) ?? addsProblem(config, own) ?? readsProblem(fields, own)
  if (problem !== undefined) return { error: problem }
  const mayBeNull = (config.missing ?? "null") === "null" || config.onError === "null"
  const made = added.map(({ name, schema: type, isNullable }): SchemaField => ({
    name,
    type: mayBeNull || isNullable ? nullable(type) : type
  }))
  return {
    reads: { input: fields },
    output: recordSchema(schemaName(schema) ?? "Enriched", [...own.values(), ...made]),
    copies: Object.fromEntries([...own.keys()].map((name) => [name, name])),
    lineage: Object.fromEntries(added.map(({ name }) => [name, fields]))
  }
}

const placeOf = (name: string): string => `/adds/${escapePart(name)}`

const formProblem = ({ graphql, body, method }: Config): Problem | undefined => {
  if (graphql !== undefined && body !== undefined) {
    return { path: "/body", message: "graphql makes the body: give one of the two" }
  }
  if (graphql !== undefined && method === "GET") {
    return { path: "/method", message: "graphql is asked by POST: leave method out" }
  }
  if (body !== undefined && method === "GET") {
    return { path: "/method", message: "a GET has no body: leave one of the two out" }
  }
  if (
    graphql !== undefined &&
    "query" in graphql &&
    graphql.list !== undefined &&
    graphql.variables !== undefined
  ) {
    return { path: "/graphql/variables", message: "with list, its variable is the only one" }
  }
  return undefined
}

const addsProblem = ({ adds }: Config, own: ReadonlyMap<string, SchemaField>): Problem | undefined => {
  const names = Object.keys(adds)
  if (names.length === 0) return { path: "/adds", message: "name a field at least" }
  const taken = names.find((name) => own.has(name))
  return taken === undefined
    ? undefined
    : { path: placeOf(taken), message: `the stream already has a field ${taken}` }
}

/** Types whose values are the same in JSON: others must be made text, as their API wants them, by whoever knows it. */
const plainKinds: ReadonlySet<unknown> = new Set([
  "null",
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "string",
  "enum"
])

const readsProblem = (
  fields: readonly string[],
  own: ReadonlyMap<string, SchemaField>
): Problem | undefined => {
  for (const name of fields) {
    const field = own.get(name)
    if (field === undefined) {
      const known = [...own.keys()].slice(0, 12).join(", ")
      return { path: "", message: `the stream has no field ${name} to ask by; its fields are ${known}` }
    }
    const branches: readonly unknown[] = Array.isArray(field.type) ? field.type : [field.type]
    if (branches.every(isPlain)) continue
    const message = `${name} is asked by, and is ${JSON.stringify(field.type)}: make it text or a number before, by the project plugin`
    return { path: "", message }
  }
  return undefined
}

const isPlain = (type: unknown): boolean => {
  if (typeof type === "string") return plainKinds.has(type)
  const { type: kind, logicalType } = Object(type)
  const isTime = logicalType !== undefined && kind !== "string"
  return plainKinds.has(kind) && (!isTime || logicalType === "decimal")
}

const nullable = (type: unknown): unknown => {
  if (type === "null") return type
  if (!Array.isArray(type)) return ["null", type]
  return type.includes("null") ? type : ["null", ...type]
}
