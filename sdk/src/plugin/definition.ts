import type * as Schema from "effect/Schema"
import type { Uses } from "../capability/capability.ts"
import type { AnyContract } from "./contract.ts"
import type { DeriveAnswer, DeriveContext } from "./derive.ts"
import type { FieldFromConfig, OpenFields } from "./open-field.ts"

/** What every plugin says of itself. */
export interface Shell {
  readonly name: string
  readonly description: string | undefined
  readonly config: Schema.Top | undefined
  readonly uses: Uses
}

/** The contract of an input: one of three forms. */
export type InputShell =
  | { readonly form: "closed"; readonly contract: AnyContract }
  | { readonly form: "open"; readonly reads: OpenFields }
  | { readonly form: "derived" }

export type OutputShell =
  | { readonly form: "closed"; readonly contract: AnyContract }
  | {
      readonly form: "open"
      readonly adds: OpenFields
      readonly updates: readonly string[]
      readonly drops: readonly FieldName[]
    }
  | { readonly form: "derived" }
  | { readonly form: "same" }

/** A field by its name, or by the config's value at a pointer. */
export type FieldName = string | FieldFromConfig<unknown>

/** Any function that an author wrote; what it answers is judged when it is called. */
export type AnyBody = (...arguments_: readonly unknown[]) => unknown

export type AnyDerive = (context: DeriveContext<unknown>) => DeriveAnswer

export interface ProcessorDefinition extends Shell {
  readonly kind: "processor"
  readonly many: boolean
  readonly inputs: { readonly [input: string]: InputShell }
  readonly outputs: { readonly [output: string]: OutputShell }
  /** JSON pointers into the config, where outputs are named; undefined where the plugin names them. */
  readonly outputsFrom: readonly string[] | undefined
  readonly keyBy: { readonly [input: string]: readonly FieldName[] }
  readonly derive: AnyDerive | undefined
  readonly form: "filter" | "map" | "process"
  readonly bodies: { readonly [input: string]: AnyBody }
  readonly onTimer: AnyBody | undefined
  readonly onDelete: AnyBody | undefined
}

export interface SourceDefinition extends Shell {
  readonly kind: "source"
  readonly output: OutputShell
  readonly derive: AnyDerive | undefined
  readonly position: Schema.Top
  readonly bounded: boolean
  /** JSON pointer of the config's value that makes it endless when it is `true`. */
  readonly endless: string | undefined
  readonly partitionsEveryMs: number | undefined
  readonly partitions: AnyBody | undefined
  readonly read: AnyBody
}

export interface SinkDefinition extends Shell {
  readonly kind: "sink"
  readonly input: InputShell
  readonly derive: AnyDerive | undefined
  readonly batch: { readonly maxRecords: number; readonly maxDelayMs: number }
  readonly write: AnyBody
  readonly transaction: TransactionDefinition | undefined
}

export interface TransactionDefinition {
  readonly token: Schema.Top
  readonly commit: AnyBody
  readonly recover: AnyBody
}

export interface FunctionDefinition extends Shell {
  readonly kind: "function"
  readonly args: { readonly [name: string]: Schema.Top }
  readonly returns: Schema.Top
  readonly evaluate: AnyBody
  /** Of the node that a function is used as. */
  readonly derive: AnyDerive
}

/** What a plugin is made of, for the guest shim. */
export type Definition = ProcessorDefinition | SourceDefinition | SinkDefinition | FunctionDefinition

/** The property under which a plugin keeps its definition. A plain string: two copies of the SDK may meet in one bundle. */
export const definitionKey = "~millrace/definition"

/** The name of an only input and of an only output. */
export const onlyInput = "input"
export const onlyOutput = "output"
