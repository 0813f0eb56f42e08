import type { Uses } from "../capability/capability.ts"
import type { AnyContract } from "./contract.ts"
import type { Source } from "./define-source.ts"
import { pointerOf } from "./open-field.ts"
import { type AnyBody, type AnyDerive, definitionKey, type SourceDefinition } from "./definition.ts"

/** The options of `defineSource` with their types let go. */
interface LooseOptions {
  readonly name: string
  readonly description?: string
  readonly output?: AnyContract
  readonly derive?: AnyDerive
  readonly config?: SourceDefinition["config"]
  readonly uses?: Uses
  readonly position: SourceDefinition["position"]
  readonly bounded?: boolean | { readonly unless: string }
  readonly partitionsEveryMs?: number
  readonly partitions?: AnyBody
  readonly read: AnyBody
}

/** Turns a source's options into its definition. The cast stands for what `SourceOptions` checks. */
export const sourceOf = <Out, Config>(options: unknown): Source<Out, Config> => {
  const given = options as LooseOptions
  const definition: SourceDefinition = {
    kind: "source",
    name: given.name,
    description: given.description,
    config: given.config,
    uses: given.uses ?? {},
    output: given.output === undefined ? { form: "derived" } : { form: "closed", contract: given.output },
    derive: given.derive,
    position: given.position,
    bounded: (given.bounded ?? false) !== false,
    endless: typeof given.bounded === "object" ? pointerOf(given.bounded.unless) : undefined,
    partitionsEveryMs: given.partitionsEveryMs,
    partitions: given.partitions,
    read: given.read
  }
  return Object.freeze({ kind: "source" as const, name: given.name, [definitionKey]: definition })
}
