import type * as Schema from "effect/Schema"
import type { Uses } from "../capability/capability.ts"
import type { AnyContract } from "./contract.ts"
import { type definitionKey, type ProcessorDefinition } from "./definition.ts"
import type { OpenFields } from "./open-field.ts"
import { processorOf } from "./processor-boundary.ts"
import type {
  AnyConfig,
  ConfigOf,
  Contracts,
  GivenOptions,
  InputOf,
  OutputOf,
  ProcessorParts
} from "./processor-types.ts"

/** A processor: what `defineProcessor` answers. `In` and `Out` are its values, or values by name where it has several. */
export interface Processor<In, Out, Config> {
  readonly kind: "processor"
  readonly name: string
  readonly [definitionKey]: ProcessorDefinition
  /** In types only. */
  readonly "~types"?: { readonly in: In; readonly out: Out; readonly config: Config }
}

/**
 * Declares a processor. The shell is data, read without running a body; the body is one of `filter` (keep or drop), `map`
 * (one out) and `process` (none, one or many), a plain function or a generator that yields Effects. The value comes
 * first, everything else is in the context.
 *
 * Bodies run one at a time within a key. A record is atomic: when its body fails, its state changes and outputs vanish
 * and the node's error policy takes it. A failure keeps its `_tag`.
 */
export function defineProcessor<
  const G extends string,
  I extends AnyContract,
  Ins extends Contracts = {},
  Outs extends Contracts = {},
  R extends OpenFields = {},
  A extends OpenFields = {},
  const Up extends keyof R & string = never,
  O extends AnyContract = I,
  C extends AnyConfig = Schema.Struct<{}>,
  U extends Uses = {},
  Eff = never,
  Res = never
>(
  options: GivenOptions<G, I, O, Ins, Outs, R, A, Up, C, U, Eff, Res> &
    ProcessorParts<I, O, Ins, Outs, R, A, Up, C, U>
): Processor<InputOf<G, I, Ins, R>, OutputOf<G, I, O, Outs, R, A, Up>, ConfigOf<C>> {
  return processorOf(options)
}
