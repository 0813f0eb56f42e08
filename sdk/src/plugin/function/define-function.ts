import type * as Schema from "effect/Schema"
import type { definitionKey, FunctionDefinition } from "../definition.ts"
import { functionOf } from "./function-boundary.ts"

/** The arguments of a function by name, each with its schema. */
export interface FunctionArguments {
  readonly [name: string]: Schema.Top
}

/** The values of a function's arguments. A conditional type, so that a hover shows the values and not this name. */
export type ArgumentsOf<Args> = Args extends FunctionArguments
  ? { readonly [K in keyof Args]: Args[K]["Type"] }
  : never

/** A function: what `defineFunction` answers. */
export interface FunctionPlugin<Args, Result> {
  readonly kind: "function"
  readonly name: string
  readonly [definitionKey]: FunctionDefinition
  /** In types only. */
  readonly "~types"?: { readonly args: Args; readonly result: Result }
}

export interface FunctionOptions<Args extends FunctionArguments, R extends Schema.Top> {
  /** Unique in its package; letters, digits and hyphens. */
  readonly name: string
  readonly description?: string
  /** One at least. Without transformations: what a value looks like is as in a contract. */
  readonly args: Args
  readonly returns: R
  /**
   * The value for some arguments: the same for the same arguments, whatever else there is. When an argument is NULL that its
   * schema does not allow, the result is NULL and this is not called. A throw fails the record alone.
   */
  readonly evaluate: (args: ArgumentsOf<Args>) => NoInfer<R>["Type"]
}

/**
 * Declares a function of values (SQL's UDF): pure, with no capabilities and no state. As a node it adds its result to each
 * record: `use: "@acme/risk#to-euros"`, `with: { args: { amount: "price * 2", currency: "currency" }, as: "priceEur" }`.
 */
export const defineFunction = <const Args extends FunctionArguments, R extends Schema.Top>(
  options: FunctionOptions<Args, R>
): FunctionPlugin<ArgumentsOf<Args>, R["Type"]> => functionOf(options)
