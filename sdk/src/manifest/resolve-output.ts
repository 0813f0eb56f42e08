import { sameType } from "../avro/same.ts"
import { toJson } from "../avro/json.ts"
import { AvroSchemaError } from "../avro/parse/schema-error.ts"
import type { AvroField, AvroType, RecordType } from "../avro/type.ts"
import type { OutputView } from "../codec/view.ts"
import { fieldName, fieldPath } from "./field-name.ts"
import type { PluginManifest } from "./manifest.ts"
import type { NodeProblems } from "./node-problems.ts"
import type { NodeRequest, ResolvedOutput } from "./node-resolution.ts"
import { outputKey, type Lineage, lineageOfAll, lineageOfCopies } from "./output-key.ts"
import { type InputPlan, fieldOf } from "./resolve-input.ts"

type ManifestOutput = PluginManifest["outputs"][number]
type OpenOutput = Extract<ManifestOutput["contract"], { readonly form: "open" }>

/** An output, and what the views of the inputs have to do for it. */
export interface OutputPlan {
  readonly resolved: ResolvedOutput
  readonly view: "same" | "none" | OutputView
}

export const planOutput = (
  output: ManifestOutput,
  inputs: readonly InputPlan[],
  request: NodeRequest,
  problems: NodeProblems
): OutputPlan | undefined => {
  const { contract } = output
  if (contract.form === "closed") return closedOutput(contract, inputs, request, problems)
  const [input] = inputs
  if (contract.form === "derived")
    return derivedOutput(input, inputs, requestOf(output.name, request), problems)
  if (input === undefined || inputs.length > 1) {
    const message = `the output ${output.name} passes one input on, and the plugin has ${inputs.length}`
    return problems.add("SCHEMA_INVALID", `output/${output.name}`, message, "Tell the plugin's author.")
  }
  return contract.form === "same" ? sameOutput(input) : openOutput(contract, input, request, problems)
}

const sameOutput = ({ name, stream }: InputPlan): OutputPlan => {
  const copies = Object.fromEntries(stream.schema.fields.map((field) => [field.name, field.name]))
  const { schema, key } = stream
  const lineage = lineageOfCopies(copies, name)
  return { resolved: { schema, form: "same", subject: undefined, key, rekey: false, lineage }, view: "same" }
}

const closedOutput = (
  contract: Extract<ManifestOutput["contract"], { readonly form: "closed" }>,
  inputs: readonly InputPlan[],
  request: NodeRequest,
  problems: NodeProblems
): OutputPlan | undefined => {
  const schema = problems.record(contract.schema, "output/output", `the contract ${contract.subject}`)
  if (schema === undefined) return undefined
  const key = contract.key.filter((name) => fieldOf(schema, name, "output/output", problems) !== undefined)
  const lineage = lineageOfAll(schema, inputs, request)
  const { subject } = contract
  return { resolved: { schema, form: "writer", subject, key, rekey: key.length > 0, lineage }, view: "none" }
}

const openOutput = (
  contract: OpenOutput,
  input: InputPlan,
  request: NodeRequest,
  problems: NodeProblems
): OutputPlan | undefined => {
  const before = problems.list.length
  const dropped = droppedFields(contract, input, request, problems)
  const updated = updatedFields(contract, input, problems)
  const added = addedFields(contract, input, dropped, request, problems)
  const kept = input.stream.schema.fields.filter(({ name }) => !dropped.has(name))
  const fields = [
    ...kept.map((field) => updated.get(field.name)?.field ?? field),
    ...added.map(({ field }) => field)
  ]
  const schema = checkedRecord({ ...input.stream.schema, fields }, problems)
  if (schema === undefined || problems.list.length > before) return undefined
  const made = [...updated.values(), ...added]
  const copies = Object.fromEntries(
    kept.filter(({ name }) => !updated.has(name)).map(({ name }) => [name, name])
  )
  const from = Object.fromEntries(
    made.filter(({ as, field }) => as !== field.name).map(({ as, field }) => [field.name, as])
  )
  const lineage: Lineage = {
    ...lineageOfCopies(copies, input.name),
    ...lineageOfAll({ ...schema, fields: made.map(({ field }) => field) }, [input], request)
  }
  const view: OutputView = { schema, copies, ...(Object.keys(from).length === 0 ? {} : { from }) }
  return {
    resolved: { schema, form: "view", subject: undefined, ...outputKey(copies, input), lineage },
    view
  }
}

interface MadeField {
  readonly as: string
  readonly field: AvroField
}

const droppedFields = (
  contract: OpenOutput,
  input: InputPlan,
  request: NodeRequest,
  problems: NodeProblems
): ReadonlySet<string> =>
  new Set(
    contract.drops.flatMap((ref) => {
      const name = fieldName(ref, request.config, problems)
      if (name === undefined) return []
      return fieldOf(input.stream.schema, name, fieldPath(ref, `input/${input.name}`), problems) ? [name] : []
    })
  )

/** A field that the body gives anew: of the type that it is read as, unless that is the writer's own. */
const updatedFields = (
  contract: OpenOutput,
  input: InputPlan,
  problems: NodeProblems
): ReadonlyMap<string, MadeField> => {
  const updated = new Map<string, MadeField>()
  const reads = input.reads.form === "fields" ? input.reads.fields : []
  for (const as of contract.updates) {
    const read = reads.find((candidate) => candidate.as === as)
    const field = input.stream.schema.fields.find(({ name }) => name === read?.field)
    if (read === undefined || field === undefined) {
      problems.add(
        "SCHEMA_INVALID",
        "output/output",
        `${as} is updated but not read`,
        "Tell the plugin's author."
      )
      continue
    }
    updated.set(field.name, {
      as,
      field: sameType(field.type, read.type) ? field : retyped(field, read.type)
    })
  }
  return updated
}

/** Without its default, which was of the old type. */
const retyped = ({ name, doc, order, attributes }: AvroField, type: AvroType): AvroField => ({
  name,
  type,
  ...(doc === undefined ? {} : { doc }),
  aliases: [],
  order,
  attributes
})

const addedFields = (
  contract: OpenOutput,
  input: InputPlan,
  dropped: ReadonlySet<string>,
  request: NodeRequest,
  problems: NodeProblems
): readonly MadeField[] => {
  const taken = new Set(
    input.stream.schema.fields.map(({ name }) => name).filter((name) => !dropped.has(name))
  )
  return contract.adds.flatMap(({ as, field: ref, schema }) => {
    const name = fieldName(ref, request.config, problems)
    const type = problems.avro(schema, "output/output", `the field ${as}`)
    if (name === undefined || type === undefined) return []
    if (taken.has(name)) {
      const path = fieldPath(ref, `input/${input.name}`)
      problems.add(
        "FIELD_EXISTS",
        path,
        `the stream already has a field ${JSON.stringify(name)}`,
        "Rename or drop it in a node before this one."
      )
      return []
    }
    taken.add(name)
    return [{ as, field: { name, type, aliases: [], order: "ascending", attributes: {} } }]
  })
}

/** What the contract says of one output, where it says something of it by itself. */
const requestOf = (output: string, request: NodeRequest): NodeRequest => {
  const { derived } = request
  const outputs = derived?.outputs
  const own = outputs !== undefined && Object.hasOwn(outputs, output) ? outputs[output] : undefined
  if (derived === undefined || own === undefined) return request
  const { copies: _copies, key: _key, lineage: _lineage, ...shared } = derived
  return { ...request, derived: { ...shared, ...own } }
}

const derivedOutput = (
  input: InputPlan | undefined,
  inputs: readonly InputPlan[],
  request: NodeRequest,
  problems: NodeProblems
): OutputPlan | undefined => {
  const { derived } = request
  if (derived === undefined) {
    return problems.add(
      "DERIVE_INVALID",
      "output/output",
      "the contract was not derived",
      "Report this fault."
    )
  }
  if (derived.output === "same" && input !== undefined) return sameOutput(input)
  const schema = problems.record(derived.output, "output/output", "the derived schema")
  if (schema === undefined) return undefined
  // What has several inputs, or answers timers, has no record under its hands that an output could be made of; and a
  // record is spliced for one output only.
  if (inputs.length > 1 || request.plugin.timers || request.plugin.outputs.length > 1)
    return derivedAnew(schema, inputs, request, problems)
  const copies = derived.copies ?? {}
  if (input !== undefined && !copiesFit(copies, schema, input, problems)) return undefined
  const lineage: Lineage = {
    ...lineageOfAll(schema, inputs, request),
    ...qualified(derived.lineage ?? {}, input, request),
    ...(input === undefined ? {} : lineageOfCopies(copies, input.name))
  }
  const key = derivedKey(schema, copies, input, request, problems)
  const form = input === undefined ? "writer" : "view"
  return {
    resolved: { schema, form, subject: undefined, ...key, lineage },
    view: input === undefined ? "none" : { schema, copies }
  }
}

/** A derived output of whole records; its copies are lineage only, where there is one input. */
const derivedAnew = (
  schema: RecordType,
  inputs: readonly InputPlan[],
  request: NodeRequest,
  problems: NodeProblems
): OutputPlan => {
  const input = inputs.length === 1 ? inputs[0] : undefined
  const copies = input === undefined ? {} : (request.derived?.copies ?? {})
  const lineage: Lineage = {
    ...lineageOfAll(schema, inputs, request),
    ...qualified(request.derived?.lineage ?? {}, input, request),
    ...(input === undefined ? {} : lineageOfCopies(copies, input.name))
  }
  const key = derivedKey(schema, copies, input, request, problems)
  return { resolved: { schema, form: "writer", subject: undefined, ...key, lineage }, view: "none" }
}

const copiesFit = (
  copies: { readonly [output: string]: string },
  schema: RecordType,
  input: InputPlan,
  problems: NodeProblems
): boolean => {
  const before = problems.list.length
  for (const [to, from] of Object.entries(copies)) {
    const target = fieldOf(schema, to, "output/output", problems)
    const source = fieldOf(input.stream.schema, from, `input/${input.name}`, problems)
    if (target !== undefined && source !== undefined && !sameType(target.type, source.type)) {
      const message = `${to} is copied from ${from}, which has another type`
      problems.add("DERIVE_INVALID", "output/output", message, "Tell the plugin's author.")
    }
  }
  return problems.list.length === before
}

const derivedKey = (
  schema: RecordType,
  copies: { readonly [output: string]: string },
  input: InputPlan | undefined,
  request: NodeRequest,
  problems: NodeProblems
): { readonly key: readonly string[]; readonly rekey: boolean } => {
  const asked = request.derived?.key
  const kept = input === undefined ? { key: [], rekey: false } : outputKey(copies, input)
  if (asked === undefined || (asked.length > 0 && asked.join("\n") === kept.key.join("\n"))) return kept
  const key = asked.filter((name) => fieldOf(schema, name, "output/output", problems) !== undefined)
  return { key, rekey: key.length > 0 }
}

/** The plugin's own lineage; a bare field name is of the one input, `table.field` of a table. */
const qualified = (
  lineage: { readonly [field: string]: readonly string[] },
  input: InputPlan | undefined,
  request: NodeRequest
): Lineage =>
  Object.fromEntries(
    Object.entries(lineage).map(([field, sources]) => [
      field,
      sources.map((source) => {
        const slot = source.slice(0, Math.max(0, source.indexOf(".")))
        const known = Object.hasOwn(request.tables, slot) || Object.hasOwn(request.inputs, slot)
        return known || input === undefined ? source : `${input.name}.${source}`
      })
    ])
  )

/** A record made of others' fields: two different types of one name among them would make it ambiguous. */
const checkedRecord = (record: RecordType, problems: NodeProblems): RecordType | undefined => {
  try {
    return problems.record(toJson(record), "output/output", "the output")
  } catch (error) {
    if (!(error instanceof AvroSchemaError)) throw error
    return problems.add(
      "SCHEMA_INVALID",
      "output/output",
      `the output: ${error.message}`,
      "Tell the plugin's author."
    )
  }
}
