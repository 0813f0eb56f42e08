import type * as Schema from "effect/Schema"
import { type AnyBody, definitionKey, type FunctionDefinition } from "../definition.ts"
import type { FunctionPlugin } from "./define-function.ts"
import { functionConfig } from "./function-config.ts"
import { functionContract } from "./function-contract.ts"

/** The options of `defineFunction` with their types let go. */
interface LooseOptions {
  readonly name: string
  readonly description?: string
  readonly args: { readonly [name: string]: Schema.Top }
  readonly returns: Schema.Top
  readonly evaluate: AnyBody
}

/** Turns a function's options into its definition. The cast stands for what `FunctionOptions` checks. */
export const functionOf = <Args, Result>(options: unknown): FunctionPlugin<Args, Result> => {
  const { args, description, evaluate, name, returns } = options as LooseOptions
  const definition: FunctionDefinition = {
    kind: "function",
    name,
    description,
    config: functionConfig(args),
    uses: {},
    args,
    returns,
    evaluate,
    derive: ({ config, inputs }) => functionContract({ name, args, returns }, config as NodeConfig, inputs)
  }
  return Object.freeze({ kind: "function" as const, name, [definitionKey]: definition })
}

type NodeConfig = Parameters<typeof functionContract>[1]
