import {
  keyForm,
  nullableType,
  recordFields,
  recordSchema,
  type SchemaField,
  schemaName
} from "@millrace/sdk"
import {
  fieldOf,
  type JoinInput,
  type JoinInputs,
  type Problem,
  type Selected,
  selectionOf,
  unknownField
} from "./selection.ts"

export interface JoinShape {
  readonly inputs: JoinInputs
  readonly select: { readonly [name: string]: string } | undefined
  readonly record: string | undefined
}

/** The contract of a join: its output, what it reads of its inputs, and the rows that it keeps of each. */
export const joinContract = (shape: JoinShape) => {
  const { inputs, record, select } = shape
  const [first] = inputs
  const problem = keyProblem(inputs)
  if (problem !== undefined) return { error: problem }
  const selected = selectionOf(inputs, select)
  if ("message" in selected) return { error: selected }
  const key = keyOf(shape, selected)
  /** Without select everything is kept: the key of one may have to stand for the other's. */
  const keptOf = ({ schema }: JoinInput, index: number): readonly string[] =>
    select === undefined ? recordFields(schema).map(({ name }) => name) : namesOf(selected, index)
  return {
    output: recordSchema(
      record ?? `${schemaName(first.schema) ?? "Record"}Joined`,
      selected.map(({ name, input, field }) => outputField(name, field, inputs[input].mayMiss))
    ),
    reads: Object.fromEntries(
      inputs.map((input, index) => [input.name, [...new Set([...input.on, ...keptOf(input, index)])]])
    ),
    lineage: Object.fromEntries(
      selected.map(({ name, input, field }) => [name, [`${inputs[input].name}.${field.name}`]])
    ),
    ...(key.length === 0 ? {} : { key }),
    rows: inputs.map((input, index) => {
      const kept = new Set(keptOf(input, index))
      const fields = recordFields(input.schema).filter(({ name }) => kept.has(name))
      return recordSchema(`millrace.join.${input.name}Row`, fields.map(plain))
    })
  }
}

const namesOf = (selected: readonly Selected[], input: number): readonly string[] =>
  selected.filter((one) => one.input === input).map(({ field }) => field.name)

const outputField = (name: string, field: SchemaField, mayMiss: boolean): SchemaField => {
  const given = plain(field)
  if (!mayMiss) return { ...given, name }
  const type = nullableType(given.type)
  // Null first, for only a type's first branch can be its default, which stands for a row that is not there.
  const nullFirst = Array.isArray(type) ? ["null", ...type.filter((branch) => branch !== "null")] : type
  return { ...given, name, type: nullFirst, default: null }
}

/** Without what speaks of the field in its old record: a default of a nullable type would be refused. */
const plain = ({ default: _default, aliases: _aliases, ...field }: SchemaField): SchemaField => field

/** The output's key: that of an input that never misses, if all of it is selected. */
const keyOf = ({ inputs }: JoinShape, selected: readonly Selected[]): readonly string[] => {
  for (const [index, { mayMiss, on }] of inputs.entries()) {
    if (mayMiss) continue
    const names = on.flatMap(
      (name) => selected.find(({ input, field }) => input === index && field.name === name)?.name ?? []
    )
    if (names.length === on.length) return names
  }
  return []
}

const keyProblem = ([first, second]: JoinInputs): Problem | undefined => {
  const unknown = unknownKey(first) ?? unknownKey(second)
  if (unknown !== undefined) return unknown
  if (first.on.length !== second.on.length) {
    const message = `${first.name} has ${first.on.length} fields, ${second.name} ${second.on.length}: name as many of both`
    return { path: "/on", message }
  }
  const forms = first.on.map((name, index) => {
    const other = second.on[index] ?? ""
    return [keyForm(fieldOf(first, name)?.type), keyForm(fieldOf(second, other)?.type)] as const
  })
  const differs = forms.findIndex(([mine, its]) => mine !== its)
  if (differs < 0) return undefined
  const [mine, its] = forms[differs] ?? ["", ""]
  const message = `${first.on[differs]} is ${mine}, and ${second.on[differs]} is ${its}: no record would find another`
  return { path: `/on/${second.name}/${differs}`, message }
}

const unknownKey = (input: JoinInput): Problem | undefined => {
  const index = input.on.findIndex((name) => fieldOf(input, name) === undefined)
  if (index >= 0)
    return { path: `/on/${input.name}/${index}`, message: unknownField(input, input.on[index] ?? "") }
  const twice = input.on.findIndex((name, at) => input.on.indexOf(name) !== at)
  if (twice < 0) return undefined
  return { path: `/on/${input.name}/${twice}`, message: `${input.on[twice]} is named twice` }
}
