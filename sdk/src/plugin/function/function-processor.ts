import { definitionKey, type FunctionDefinition, type ProcessorDefinition } from "../definition.ts"
import type { ExpressionFunction } from "../expression-config.ts"
import { processorOf } from "../processor-boundary.ts"
import { toArgument, valueType } from "./argument-type.ts"

interface NodeConfig {
  readonly args: { readonly [name: string]: ExpressionFunction<unknown> }
  readonly as: string
}

/** A function as the node of a pipeline runs it: a processor that adds the result to each record. */
export const functionProcessor = (definition: FunctionDefinition): ProcessorDefinition => {
  const { args, config, derive, description, evaluate, name, uses } = definition
  const readers = Object.entries(args).map(([argument, schema]) => {
    const { nullable, type } = valueType(schema, argument)
    return { argument, nullable, convert: toArgument(type) }
  })
  const map = (row: object, context: { readonly config: NodeConfig }): object => {
    const given: { [argument: string]: unknown } = {}
    for (const { argument, convert, nullable } of readers) {
      const value = context.config.args[argument]?.(row) ?? null
      // As in SQL: NULL in, NULL out.
      if (value === null && !nullable) return { [context.config.as]: null }
      given[argument] = value === null ? null : convert(value)
    }
    return { [context.config.as]: resultOf(evaluate(given)) }
  }
  return processorOf({ name, description, config, uses, derive, map })[definitionKey]
}

/** A promise's value would come too late for the record. */
const resultOf = (result: unknown): unknown => {
  if (result instanceof Promise) throw new Error("a function answers at once: evaluate may not be async")
  return result
}
