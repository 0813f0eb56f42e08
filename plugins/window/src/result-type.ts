import type { ExpressionFunction, SchemaField } from "@millrace/sdk"
import type { AggregateConfig, TopConfig } from "./config.ts"

/** Avro's JSON form of an aggregate's result, or why it has none. */
export type ResultType = { readonly type: unknown } | { readonly message: string }

/** `name`: full name for the records of `top`. `own`: the input's fields. */
export const resultType = (
  config: AggregateConfig,
  name: string,
  own: ReadonlyMap<string, SchemaField>
): ResultType => {
  if ("count" in config) return { type: "long" }
  if ("distinct" in config) return scalarOf(config.distinct, "distinct") ?? { type: "long" }
  if ("sum" in config) return { type: likeNull(config.sum, sumType(bareOf(config.sum.schema))) }
  if ("avg" in config) return { type: likeNull(config.avg, meanType(bareOf(config.avg.schema))) }
  if ("top" in config) return topType(config.top, name, own)
  const argument = Object.values(config)[0]
  return scalarOf(argument, Object.keys(config)[0] ?? "") ?? { type: argument?.schema }
}

/** The fields that an aggregate reads. */
export const fieldsOf = (config: AggregateConfig): readonly string[] => {
  if ("top" in config) return [...(config.top.by.fields ?? []), ...config.top.fields]
  const argument: "*" | ExpressionFunction<unknown> | undefined = Object.values(config)[0]
  return typeof argument === "function" ? (argument.fields ?? []) : []
}

const sumType = (type: unknown): unknown => {
  if (type === "int" || type === "long") return "long"
  if (type === "float" || type === "double") return "double"
  return decimalOf(type, (scale) => scale) ?? type
}

const meanType = (type: unknown): unknown => decimalOf(type, (scale) => Math.max(scale, 6)) ?? "double"

const decimalOf = (type: unknown, scaleOf: (scale: number) => number): unknown => {
  const { logicalType, scale = 0 }: { readonly logicalType?: unknown; readonly scale?: number } = Object(type)
  return logicalType === "decimal"
    ? { type: "bytes", logicalType, precision: 38, scale: scaleOf(scale) }
    : undefined
}

const topType = (
  { by, fields }: TopConfig,
  name: string,
  own: ReadonlyMap<string, SchemaField>
): ResultType => {
  const problem = scalarOf(by, "top")
  if (problem !== undefined) return problem
  const made: SchemaField[] = []
  for (const wanted of fields) {
    const found = own.get(wanted)
    if (found === undefined)
      return {
        message: `the stream has no field ${wanted}; its fields are ${[...own.keys()].slice(0, 12).join(", ")}`
      }
    if (!isScalar(found.type)) return { message: `${wanted} has parts: name fields of one value` }
    if (made.some((field) => field.name === wanted)) return { message: `${wanted} is named twice` }
    const { default: _default, aliases: _aliases, ...field } = found
    made.push(field)
  }
  return { type: { type: "array", items: { type: "record", name, fields: made } } }
}

const scalarOf = (
  argument: ExpressionFunction<unknown> | undefined,
  what: string
): { readonly message: string } | undefined =>
  isScalar(argument?.schema)
    ? undefined
    : { message: `${what} goes by single values, and this one has parts` }

/** A value without parts, or null. */
export const isScalar = (type: unknown): boolean => {
  const bare = bareOf(type)
  if (Array.isArray(bare)) return false
  const { logicalType, type: kind }: { readonly logicalType?: unknown; readonly type?: unknown } =
    Object(bare)
  if (logicalType === "duration") return false
  return !["array", "map", "record", "null"].includes(String(typeof bare === "string" ? bare : kind))
}

/** Without its null branch. */
const bareOf = (type: unknown): unknown => {
  if (!Array.isArray(type)) return type
  const branches: readonly unknown[] = type.filter((branch) => branch !== "null")
  return branches.length === 1 ? branches[0] : branches
}

/** NULL where all that was gathered is. */
const likeNull = ({ schema }: ExpressionFunction<unknown>, type: unknown): unknown =>
  Array.isArray(schema) && schema.includes("null") ? ["null", type] : type
