import { logicalLabel } from "./parse/logical.ts"
import type { AvroType } from "./type.ts"

/** A few names in a message, the rest as a count. */
export const listed = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`

/** A type in a message: short, by name where it has one, never more than a few levels of it. */
export const label = (type: AvroType): string => labelWithin(type, 3)

const labelWithin = (type: AvroType, levels: number): string => {
  if (type.kind === "union") {
    return levels === 0
      ? "union"
      : `[${listed(type.branches.map((branch) => labelWithin(branch, levels - 1)))}]`
  }
  if (type.kind === "array") return levels === 0 ? "array" : `array<${labelWithin(type.items, levels - 1)}>`
  if (type.kind === "map") return levels === 0 ? "map" : `map<${labelWithin(type.values, levels - 1)}>`
  if ("logical" in type && type.logical !== undefined) return `${type.kind}(${logicalLabel(type.logical)})`
  return "name" in type ? `${type.kind} ${type.name}` : type.kind
}
