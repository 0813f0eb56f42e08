import type { PluginManifest } from "./manifest.ts"
import { valueAt } from "./json-pointer.ts"
import type { NodeProblems } from "./node-problems.ts"

/** A field by its name, or by the config's value at a JSON pointer. */
export type FieldRef = PluginManifest["keyBy"][number]["fields"][number]

/** The field's name; a problem at the config where that has none. */
export const fieldName = (ref: FieldRef, config: unknown, problems: NodeProblems): string | undefined => {
  if ("field" in ref) return ref.field
  const value = valueAt(config, ref.config)
  if (typeof value === "string") return value
  return problems.add(
    "CONFIG_INVALID",
    `config${ref.config}`,
    "a field's name is missing",
    "Give the name of a field."
  )
}

/** Several fields' names; a pointer may also stand for a list of them. */
export const fieldNames = (
  refs: readonly FieldRef[],
  config: unknown,
  problems: NodeProblems
): readonly string[] =>
  refs.flatMap((ref) => {
    const list = "config" in ref ? valueAt(config, ref.config) : undefined
    if (Array.isArray(list)) return list.filter((name) => typeof name === "string")
    const name = fieldName(ref, config, problems)
    return name === undefined ? [] : [name]
  })

/** Where a field reference is to be corrected: in the config, or at the input that lacks the field. */
export const fieldPath = (ref: FieldRef, otherwise: string): string =>
  "config" in ref ? `config${ref.config}` : otherwise
