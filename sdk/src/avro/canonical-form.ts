import type { AvroType, NamedType } from "./type.ts"

/**
 * The Parsing Canonical Form: what a reader of bytes needs and nothing else, so docs, defaults, logical types, aliases and
 * custom attributes are gone. Two schemas of one form are *not* the same schema: identity goes by `schemaHash`.
 * (Avro 1.12 §Parsing Canonical Form for Schemas)
 */
export const parsingCanonicalForm = (type: AvroType): string => canonical(type, new Set())

const canonical = (type: AvroType, seen: Set<NamedType>): string => {
  switch (type.kind) {
    case "union":
      return `[${type.branches.map((branch) => canonical(branch, seen)).join(",")}]`
    case "array":
      return `{"type":"array","items":${canonical(type.items, seen)}}`
    case "map":
      return `{"type":"map","values":${canonical(type.values, seen)}}`
    case "record":
    case "enum":
    case "fixed":
      return canonicalNamed(type, seen)
    default:
      return JSON.stringify(type.kind)
  }
}

const canonicalNamed = (type: NamedType, seen: Set<NamedType>): string => {
  if (seen.has(type)) return JSON.stringify(type.name)
  seen.add(type)
  const head = `{"name":${JSON.stringify(type.name)},"type":"${type.kind}"`
  switch (type.kind) {
    case "record": {
      const fields = type.fields.map(
        (field) => `{"name":${JSON.stringify(field.name)},"type":${canonical(field.type, seen)}}`
      )
      return `${head},"fields":[${fields.join(",")}]}`
    }
    case "enum":
      return `${head},"symbols":${JSON.stringify(type.symbols)}}`
    case "fixed":
      return `${head},"size":${type.size}}`
  }
}
