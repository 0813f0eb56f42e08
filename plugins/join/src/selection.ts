import { recordFields, type SchemaField } from "@millrace/sdk"

/** One of a join's inputs: its schema, and how the config speaks of it. */
export interface JoinInput {
  readonly name: string
  readonly schema: unknown
  readonly on: readonly string[]
  readonly prefix: string
  /** Its fields are null where there is no match. */
  readonly mayMiss: boolean
}

export interface Selected {
  /** In the output. */
  readonly name: string
  /** Index of the input that it is taken from. */
  readonly input: 0 | 1
  readonly field: SchemaField
}

export interface Problem {
  readonly path: string
  readonly message: string
}

export type JoinInputs = readonly [JoinInput, JoinInput]

/** What goes into the output, in its order; or why that cannot be. */
export const selectionOf = (
  inputs: JoinInputs,
  select: { readonly [name: string]: string } | undefined
): readonly Selected[] | Problem =>
  select === undefined ? everything(inputs) : chosen(inputs, Object.entries(select))

const chosen = (
  inputs: JoinInputs,
  given: readonly (readonly [name: string, from: string])[]
): readonly Selected[] | Problem => {
  if (given.length === 0) return { path: "/select", message: "name a field at least" }
  const selected: Selected[] = []
  for (const [name, from] of given) {
    const path = `/select/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`
    const dot = from.indexOf(".")
    const input = inputs.findIndex((one) => one.name === from.slice(0, Math.max(0, dot)))
    if (input !== 0 && input !== 1) {
      const [first, second] = inputs
      return { path, message: `say ${first.name}.FIELD or ${second.name}.FIELD, not ${from}` }
    }
    const field = fieldOf(inputs[input], from.slice(dot + 1))
    if (field === undefined) return { path, message: unknownField(inputs[input], from.slice(dot + 1)) }
    selected.push({ name, input, field })
  }
  return selected
}

/**
 * All of the first, and what of the second is not its key under the same name. Where the first may miss, the second's key
 * stands for its own, and has to be of its type.
 */
const everything = (inputs: JoinInputs): readonly Selected[] | Problem => {
  const [first, second] = inputs
  const isKey = (name: string): boolean => {
    const at = second.on.indexOf(name)
    const other = at < 0 ? undefined : first.on[at]
    if (other === undefined || second.prefix + name !== first.prefix + other) return false
    const types = [fieldOf(first, other)?.type, fieldOf(second, name)?.type].map((type) =>
      JSON.stringify(type)
    )
    return !first.mayMiss || types[0] === types[1]
  }
  const selected = [
    ...recordFields(first.schema).map((field) => ({
      name: first.prefix + field.name,
      input: 0 as const,
      field
    })),
    ...recordFields(second.schema)
      .filter(({ name }) => !isKey(name))
      .map((field) => ({ name: second.prefix + field.name, input: 1 as const, field }))
  ]
  const names = selected.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return selected
  const message = `both ${first.name} and ${second.name} have a field ${twice}: give prefix or select`
  return { path: "/prefix", message }
}

export const fieldOf = ({ schema }: JoinInput, name: string): SchemaField | undefined =>
  recordFields(schema).find((field) => field.name === name)

export const unknownField = ({ name: input, schema }: JoinInput, name: string): string => {
  const names = recordFields(schema).map((field) => field.name)
  return `${input} has no field ${name}; its fields are ${names.slice(0, 12).join(", ")}`
}
