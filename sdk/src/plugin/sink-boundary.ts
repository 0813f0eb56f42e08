import type { Uses } from "../capability/capability.ts"
import type { AnyContract } from "./contract.ts"
import type { Sink } from "./define-sink.ts"
import {
  type AnyBody,
  type AnyDerive,
  definitionKey,
  type SinkDefinition,
  type TransactionDefinition
} from "./definition.ts"
import type { OpenFields } from "./open-field.ts"
import { inputShell } from "./processor-boundary.ts"

/** The options of `defineSink` with their types let go. */
interface LooseOptions {
  readonly name: string
  readonly description?: string
  readonly input?: AnyContract
  readonly reads?: OpenFields
  readonly derive?: AnyDerive
  readonly config?: SinkDefinition["config"]
  readonly uses?: Uses
  readonly batch?: { readonly maxRecords?: number; readonly maxDelayMs?: number }
  readonly write: AnyBody
  readonly transaction?: TransactionDefinition
}

/** Turns a sink's options into its definition. The cast stands for what `SinkOptions` checks. */
export const sinkOf = <In, Config>(options: unknown): Sink<In, Config> => {
  const given = options as LooseOptions
  const definition: SinkDefinition = {
    kind: "sink",
    name: given.name,
    description: given.description,
    config: given.config,
    uses: given.uses ?? {},
    input: inputShell(given),
    derive: given.derive,
    batch: { maxRecords: given.batch?.maxRecords ?? 1_000, maxDelayMs: given.batch?.maxDelayMs ?? 1_000 },
    write: given.write,
    transaction: given.transaction
  }
  return Object.freeze({ kind: "sink" as const, name: given.name, [definitionKey]: definition })
}
