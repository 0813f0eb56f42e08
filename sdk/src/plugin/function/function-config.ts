import * as Schema from "effect/Schema"
import { Expression } from "../expression-config.ts"
import type { FunctionArguments } from "./define-function.ts"
import { expressionType, valueType } from "./argument-type.ts"

/** The config of a node that uses a function: an expression for each argument, and the name of the field for the result. */
export const functionConfig = (args: FunctionArguments) =>
  Schema.Struct({
    args: Schema.Struct(
      Object.fromEntries(
        Object.entries(args).map(([name, schema]) => [
          name,
          Expression({ type: typeOf(schema), description: `A field or an expression for ${name}` })
        ])
      )
    ).annotate({ description: "An expression for each argument" }),
    as: Schema.String.annotate({ description: "The field that every record gains: the result" })
  })

/** What is wrong with a schema is told by the manifest, not by a throw when the module is loaded. */
const typeOf = (schema: Schema.Top) => {
  try {
    return expressionType(valueType(schema, "argument"))
  } catch {
    return "any"
  }
}
