import {
  type DeriveContext,
  escapePart,
  recordFields,
  recordSchema,
  type SchemaField,
  schemaName
} from "@millrace/sdk"
import { boundNames, type Config } from "./config.ts"
import { fieldsOf, isScalar, resultType } from "./result-type.ts"
import { windowProblem } from "./window-config.ts"

interface Problem {
  readonly path: string
  readonly message: string
}

const instant = { type: "long", logicalType: "timestamp-millis" }

/** The key's fields, the window's bounds, and what is gathered; late records leave as they came. */
export const contractOf = ({ config, inputs }: DeriveContext<Config>) => {
  const schema = inputs["input"]?.schema
  const own = new Map(recordFields(schema).map((field) => [field.name, field]))
  const problem = windowProblem(config) ?? keyProblem(config, own) ?? nameProblem(config)
  if (problem !== undefined) return { error: problem }
  const record = config.record ?? `${schemaName(schema) ?? "Record"}Window`
  const gathered: SchemaField[] = []
  for (const [name, aggregate] of Object.entries(config.aggregates)) {
    const result = resultType(aggregate, `${record}_${name}`, own)
    if ("message" in result) return { error: { path: placeOf(name), message: result.message } }
    const isSensitive = fieldsOf(aggregate).some((field) => own.get(field)?.["millrace.sensitive"] === true)
    gathered.push({ name, type: result.type, ...(isSensitive ? { "millrace.sensitive": true } : {}) })
  }
  const { end, start } = boundNames(config)
  const tops = Object.values(config.aggregates).flatMap((one) => ("top" in one ? one.top.fields : []))
  return {
    reads: { input: [...new Set([...config.keyBy, ...tops])] },
    output: recordSchema(record, [
      ...config.keyBy.flatMap((name) => keyField(own.get(name))),
      { name: start, type: instant },
      { name: end, type: instant },
      ...gathered
    ]),
    copies: Object.fromEntries(config.keyBy.map((name) => [name, name])),
    key: [...config.keyBy, start, end],
    lineage: {
      [start]: [],
      [end]: [],
      ...Object.fromEntries(Object.entries(config.aggregates).map(([name, one]) => [name, fieldsOf(one)]))
    },
    outputs: { late: { output: "same" } }
  }
}

const placeOf = (name: string): string => `/aggregates/${escapePart(name)}`

const keyField = (field: SchemaField | undefined): readonly SchemaField[] => {
  if (field === undefined) return []
  const { default: _default, aliases: _aliases, ...rest } = field
  return [rest]
}

const keyProblem = ({ keyBy }: Config, own: ReadonlyMap<string, SchemaField>): Problem | undefined => {
  for (const [index, name] of keyBy.entries()) {
    const path = `/keyBy/${index}`
    const field = own.get(name)
    if (field === undefined) {
      const known = [...own.keys()].slice(0, 12).join(", ")
      return { path, message: `the stream has no field ${name}; its fields are ${known}` }
    }
    if (keyBy.indexOf(name) !== index) return { path, message: `${name} is named twice` }
    if (!isScalar(field.type)) return { path, message: `${name} has parts: a key is made of single values` }
  }
  return undefined
}

const nameProblem = (config: Config): Problem | undefined => {
  const { end, start } = boundNames(config)
  const taken = new Set(config.keyBy)
  for (const [path, name] of [
    ["/start", start],
    ["/end", end]
  ] as const) {
    if (taken.has(name)) return { path, message: `there is a field ${name} already` }
    taken.add(name)
  }
  const names = Object.keys(config.aggregates)
  const twice = names.find((name) => taken.has(name))
  if (twice !== undefined) return { path: placeOf(twice), message: `there is a field ${twice} already` }
  return names.length > 0 ? undefined : { path: "/aggregates", message: "name one aggregate at least" }
}
