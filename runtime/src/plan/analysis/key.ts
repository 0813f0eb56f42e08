import { type AvroType, label, type RecordType } from "@millrace/sdk/avro"
import { type Finding, type Path, suggest } from "../../pipeline/index.ts"

/** Same names in the same order. */
export const sameNames = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, index) => name === right[index])

/**
 * True where records that have the one key need no other for who asks for `needs`. A key of no fields asks for one group:
 * no stream has that by itself, for of a stream it says that its key is not known.
 */
export const hasKey = (key: readonly string[], needs: readonly string[]): boolean =>
  needs.length > 0 && sameNames(key, needs)

/** How a plan names the key that records get on the way. */
export const repartitionedBy = (needs: readonly string[]): string =>
  needs.length === 0 ? "brought into one group" : `repartitioned by ${needs.join(", ")}`

/** The same within a topic's name. */
export const keyStep = (needs: readonly string[]): string =>
  needs.length === 0 ? "single" : `by.${needs.join(".")}`

/** Every name is a field, and of a type that can be a key (docs/formats/key.md). */
export const checkKey = (schema: RecordType, key: readonly string[], keyPath: Path): readonly Finding[] =>
  key.flatMap((name, index): readonly Finding[] => {
    const path = [...keyPath, index]
    const field = schema.fields.find((candidate) => candidate.name === name)
    if (field === undefined) {
      const names = schema.fields.map((candidate) => candidate.name)
      const message = `${schema.name} has no field ${name}`
      return [{ code: "KEY_MISSING", message, path, remedy: suggest(name, names, "field") }]
    }
    if (canBeKey(field.type)) return []
    const message = `${name} is ${label(field.type)}, which cannot be a key`
    return [{ code: "KEY_INVALID", message, path, remedy: "Choose a field that is a plain value." }]
  })

/**
 * Records meet in a keyed node only if equal values give equal key bytes: so all its inputs must be keyed by fields of the
 * same form (docs/formats/key.md: int and long are one, text and bytes are one, null or not does not matter).
 */
export const checkKeysMeet = (keys: readonly KeyedInput[]): readonly Finding[] => {
  const [first, ...others] = keys
  if (first === undefined) return []
  const wanted = formsOf(first)
  return others.flatMap((other): readonly Finding[] => {
    const forms = formsOf(other)
    if (sameNames(forms, wanted)) return []
    const message = `${other.name} is keyed by ${forms.join(" and ")}, ${first.name} by ${wanted.join(" and ")}: no record would meet another`
    return [
      {
        code: "SCHEMA_MISMATCH",
        message,
        path: other.path,
        remedy: "Bring the fields to one type in a node before."
      }
    ]
  })
}

export interface KeyedInput {
  readonly name: string
  readonly schema: RecordType
  readonly key: readonly string[]
  readonly path: Path
}

/** The form that each field of a key has in key bytes: state found under one is found under another of the same forms. */
export const keyForms = (input: Pick<KeyedInput, "schema" | "key">): readonly string[] => formsOf(input)

const formsOf = ({ schema, key }: Pick<KeyedInput, "schema" | "key">): readonly string[] =>
  key.map((name) => {
    const type = schema.fields.find((field) => field.name === name)?.type
    return type === undefined ? "nothing" : keyForm(type)
  })

const keyForm = (type: AvroType): string => {
  if (type.kind === "union")
    return type.branches
      .filter(({ kind }) => kind !== "null")
      .map(keyForm)
      .join(" or ")
  if ((type.kind === "bytes" || type.kind === "fixed") && type.logical?.name === "decimal") return "a decimal"
  if (type.kind === "int" || type.kind === "long") return "an integer"
  if (type.kind === "float" || type.kind === "double") return "a fraction"
  if (type.kind === "boolean") return "a boolean"
  return type.kind === "bytes" || type.kind === "fixed" ? "bytes" : "text"
}

const canBeKey = (type: AvroType): boolean => {
  if (type.kind === "union") {
    const others = type.branches.filter((branch) => branch.kind !== "null")
    return others.length === 1 && others.every(canBeKey)
  }
  if (type.kind === "fixed") return type.logical?.name !== "duration"
  return type.kind !== "record" && type.kind !== "array" && type.kind !== "map" && type.kind !== "null"
}
