import { type DeriveAnswer, nullableType, recordFields } from "@millrace/sdk"
import { needsRegistry, registryProblem } from "../avro/registry-config.ts"
import type { SinkConfig } from "./config.ts"

interface Input {
  readonly schema: unknown
  readonly key: readonly string[]
}

/** Takes whole records, where their schema has what the config names. */
export const sinkContract = (config: SinkConfig, input: Input | undefined): DeriveAnswer => {
  const problem = input === undefined ? undefined : problemOf(config, input)
  return problem === undefined ? { reads: { input: "*" }, output: "none" } : { error: problem }
}

interface Problem {
  readonly path: string
  readonly message: string
}

const problemOf = (config: SinkConfig, { key, schema }: Input): Problem | undefined => {
  const fields = recordFields(schema)
  const listed = fields
    .slice(0, 12)
    .map(({ name }) => name)
    .join(", ")
  const missing = (path: string, name: string): Problem | undefined =>
    fields.some((field) => field.name === name)
      ? undefined
      : { path, message: `there is no field ${name}; the fields are ${listed}` }
  const { format, headers, schemas, tombstones = "write", valueField } = config
  const isWhole = format === "json" || format === "avro"
  if (isWhole && valueField !== undefined)
    return { path: "/valueField", message: `as ${format} the whole record is the value` }
  const registry = registryProblem(config)
  if (registry !== undefined) return registry
  if (schemas !== undefined && !needsRegistry(config))
    return { path: "/schemas", message: "only avro has schemas: leave it out" }
  if (!isWhole) {
    const name = valueField ?? "value"
    const wanted = format === "string" ? "string" : "bytes"
    const found = missing("/valueField", name)
    if (found !== undefined) return found
    if (plainType(fields.find((field) => field.name === name)?.type) !== wanted)
      return { path: "/valueField", message: `${name} is no ${wanted}, and a value of ${format} is` }
  }
  const lost = headers === undefined ? undefined : missing("/headers/field", headers.field)
  if (lost !== undefined) return lost
  if (typeof config.key !== "object") return undefined
  const { fields: named, format: form = "string", record } = config.key
  if (named.length === 0 || (form === "string" && named.length > 1))
    return { path: "/key/fields", message: "a key of string is one field; several go as json or avro" }
  if (record !== undefined && form !== "avro")
    return { path: "/key/record", message: `a key of ${form} is no record: leave it out` }
  for (const [index, name] of named.entries()) {
    const found = missing(`/key/fields/${index}`, name)
    if (found !== undefined) return found
  }
  if (tombstones !== "write" || (named.length === key.length && named.every((name, at) => name === key[at])))
    return undefined
  return {
    path: "/key/fields",
    message:
      `a delete has its key alone, which is ${key.length === 0 ? "none" : `of ${key.join(", ")}`}: ` +
      "name these fields, or say by tombstones what becomes of deletes"
  }
}

/** A type's own name, without null beside it and attributes around it. */
const plainType = (type: unknown): unknown => {
  const bare = nullableType(type)
  const one: unknown = Array.isArray(bare) ? bare.find((branch) => branch !== "null") : bare
  return typeof one === "object" && one !== null ? Reflect.get(one, "type") : one
}
