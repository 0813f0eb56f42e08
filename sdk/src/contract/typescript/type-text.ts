import type { AvroType, NamedType } from "../../avro/type.ts"

/** The type of an Avro type's values in TypeScript, as bodies see them; named ones by the name that the module gives them. */
export const typeText = (type: AvroType, nameOf: (type: NamedType) => string): string => {
  switch (type.kind) {
    case "union":
      return type.branches.length === 0
        ? "never"
        : type.branches.map((branch) => typeText(branch, nameOf)).join(" | ")
    case "array":
      return `ReadonlyArray<${typeText(type.items, nameOf)}>`
    case "map":
      return `{ readonly [key: string]: ${typeText(type.values, nameOf)} }`
    case "record":
    case "enum":
    case "fixed":
      return nameOf(type)
    case "null":
      return "null"
    case "boolean":
      return "boolean"
    case "string":
      return stringText(type.attributes["millrace.literals"])
    case "bytes":
      return type.logical === undefined ? "Uint8Array" : "string"
    case "long":
      return type.attributes["millrace.js"] === "bigint" && type.logical === undefined ? "bigint" : "number"
    default:
      return "number"
  }
}

const stringText = (literals: unknown): string => {
  if (!Array.isArray(literals) || literals.length === 0) return "string"
  return literals.map((literal) => JSON.stringify(literal)).join(" | ")
}
