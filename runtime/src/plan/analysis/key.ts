import { type AvroType, label, type RecordType } from "@millrace/sdk/avro"
import { type Finding, type Path, suggest } from "../../pipeline/index.ts"

/** Same names in the same order. */
export const sameNames = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, index) => name === right[index])

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

const canBeKey = (type: AvroType): boolean => {
  if (type.kind === "union") {
    const others = type.branches.filter((branch) => branch.kind !== "null")
    return others.length === 1 && others.every(canBeKey)
  }
  if (type.kind === "fixed") return type.logical?.name !== "duration"
  return type.kind !== "record" && type.kind !== "array" && type.kind !== "map" && type.kind !== "null"
}
