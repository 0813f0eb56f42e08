import type * as Schema from "effect/Schema"
import { toJson } from "../../avro/json.ts"
import { toAvro } from "../../contract/to-avro.ts"
import type { DeriveAnswer, DeriveContext } from "../derive.ts"
import type { ExpressionFunction } from "../expression-config.ts"
import { recordFields, recordSchema, schemaName } from "../record-schema.ts"
import { fitsArgument, valueType, valueTypeOfJson } from "./argument-type.ts"
import type { FunctionArguments } from "./define-function.ts"
import { resultName } from "./function-names.ts"

interface Signature {
  readonly name: string
  readonly args: FunctionArguments
  readonly returns: Schema.Top
}

interface NodeConfig {
  readonly args: { readonly [name: string]: ExpressionFunction<unknown> }
  readonly as: string
}

/**
 * What a node that uses a function makes of its input: all of it, copied as bytes, and the result. The result may be NULL where
 * an argument may that must not be, and comes from just the fields that the arguments read.
 */
export const functionContract = (
  { name, args, returns }: Signature,
  config: NodeConfig,
  inputs: DeriveContext<unknown>["inputs"]
): DeriveAnswer => {
  const schema = inputs["input"]?.schema
  const fields = recordFields(schema)
  if (fields.some((field) => field.name === config.as)) {
    const message = `the stream already has a field ${JSON.stringify(config.as)}`
    return { error: { path: "/as", message } }
  }
  let isNullable = false
  for (const [argument, wanted] of Object.entries(args)) {
    const given = valueTypeOfJson(config.args[argument]?.schema)
    const { nullable, type } = valueType(wanted, argument)
    if (!fitsArgument(given.type, type)) {
      const message = `${argument} is ${shown(given.type)}, and ${name} takes ${shown(type)}`
      return { error: { path: `/args/${argument}`, message } }
    }
    isNullable ||= given.nullable && !nullable
  }
  const read = [...new Set(Object.values(config.args).flatMap((expression) => expression.fields ?? []))]
  const isSensitive = read.some((from) =>
    fields.some((field) => field.name === from && field["millrace.sensitive"] === true)
  )
  const result = {
    name: config.as,
    type: nullableJson(toJson(toAvro(returns, { name: resultName(name) })), isNullable),
    ...(isSensitive ? { "millrace.sensitive": true } : {})
  }
  return {
    output: recordSchema(schemaName(schema) ?? "Result", [...fields, result]),
    copies: Object.fromEntries(fields.map((field) => [field.name, field.name])),
    lineage: { [config.as]: read }
  }
}

const nullableJson = (json: unknown, isNullable: boolean): unknown => {
  if (!isNullable || json === "null") return json
  const branches: readonly unknown[] = Array.isArray(json) ? json : [json]
  return branches.includes("null") ? json : ["null", ...branches]
}

const shown = (type: Parameters<typeof toJson>[0]): string => JSON.stringify(toJson(type)).slice(0, 200)
