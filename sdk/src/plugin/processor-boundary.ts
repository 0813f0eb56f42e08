import type { Uses } from "../capability/capability.ts"
import { isAnyRecord } from "./any-record-boundary.ts"
import type { AnyContract } from "./contract.ts"
import type { Processor } from "./define-processor.ts"
import {
  type AnyBody,
  type AnyDerive,
  definitionKey,
  type FieldName,
  type InputShell,
  onlyInput,
  onlyOutput,
  type OutputShell,
  type ProcessorDefinition
} from "./definition.ts"
import type { OpenFields } from "./open-field.ts"
import { outputPointers } from "./outputs-from-boundary.ts"

/** The options of `defineProcessor` with their types let go: what the type parameters promised is not seen here. */
interface LooseOptions {
  readonly name: string
  readonly description?: string
  readonly input?: AnyContract
  readonly output?: AnyContract
  readonly inputs?: { readonly [name: string]: AnyContract }
  readonly outputs?: { readonly [name: string]: AnyContract }
  readonly reads?: OpenFields
  readonly adds?: OpenFields
  readonly updates?: readonly string[]
  readonly drops?: readonly FieldName[]
  readonly derive?: AnyDerive
  readonly many?: boolean
  readonly keyBy?: unknown
  readonly config?: ProcessorDefinition["config"]
  readonly uses?: Uses
  readonly filter?: AnyBody
  readonly map?: AnyBody
  readonly process?: AnyBody | { readonly [input: string]: AnyBody }
  readonly onTimer?: AnyBody
  readonly onDelete?: AnyBody
}

/** Turns a processor's options into its definition. The casts stand for what `GivenOptions` checks. */
export const processorOf = <In, Out, Config>(options: unknown): Processor<In, Out, Config> => {
  const given = options as LooseOptions
  const form = given.filter !== undefined ? "filter" : given.map !== undefined ? "map" : "process"
  const inputs = inputsOf(given)
  const definition: ProcessorDefinition = {
    kind: "processor",
    name: given.name,
    description: given.description,
    config: given.config,
    uses: given.uses ?? {},
    many: given.many ?? false,
    inputs,
    outputs: outputsOf(given, form),
    outputsFrom: outputPointers(given.outputs),
    keyBy: keysOf(given),
    derive: given.derive,
    form,
    bodies: bodiesOf(given, form),
    onTimer: given.onTimer,
    onDelete: given.onDelete
  }
  return Object.freeze({ kind: "processor" as const, name: given.name, [definitionKey]: definition })
}

const inputsOf = (given: LooseOptions): ProcessorDefinition["inputs"] => {
  if (given.inputs === undefined) return { [onlyInput]: inputShell(given) }
  return mapValues(given.inputs, (contract) =>
    isAnyRecord(contract) ? { form: "derived" } : closed(contract)
  )
}

/** The contract of the one input; sinks have the same three forms. */
export const inputShell = (given: Pick<LooseOptions, "input" | "reads">): InputShell => {
  if (given.reads !== undefined) return { form: "open", reads: given.reads }
  return given.input === undefined ? { form: "derived" } : closed(given.input)
}

const outputsOf = (
  given: LooseOptions,
  form: ProcessorDefinition["form"]
): ProcessorDefinition["outputs"] => {
  if (outputPointers(given.outputs) !== undefined) return {}
  if (given.outputs !== undefined)
    return mapValues(given.outputs, (contract) =>
      isAnyRecord(contract) ? { form: "derived" } : closed(contract)
    )
  return { [onlyOutput]: outputShell(given, form) }
}

const outputShell = (given: LooseOptions, form: ProcessorDefinition["form"]): OutputShell => {
  if (form === "filter") return { form: "same" }
  if (given.reads !== undefined) {
    return { form: "open", adds: given.adds ?? {}, updates: given.updates ?? [], drops: given.drops ?? [] }
  }
  const contract = given.output ?? given.input
  return contract === undefined ? { form: "derived" } : closed(contract)
}

const bodiesOf = (given: LooseOptions, form: ProcessorDefinition["form"]): ProcessorDefinition["bodies"] => {
  const body = given[form]
  if (body === undefined) return {}
  return typeof body === "function" ? { [onlyInput]: body } : body
}

const keysOf = (given: LooseOptions): ProcessorDefinition["keyBy"] => {
  if (given.keyBy === undefined) return {}
  if (given.inputs === undefined) return { [onlyInput]: namesOf(given.keyBy) }
  return mapValues(given.keyBy as { readonly [input: string]: unknown }, namesOf)
}

const namesOf = (value: unknown): readonly FieldName[] =>
  (Array.isArray(value) ? value : [value]) as readonly FieldName[]

const closed = (contract: AnyContract) => ({ form: "closed", contract }) as const

const mapValues = <A, B>(
  record: { readonly [name: string]: A },
  f: (value: A) => B
): { readonly [name: string]: B } =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]))
