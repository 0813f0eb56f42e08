/** An Avro type in JSON form that may also be null. */
export const nullableType = (type: unknown): unknown => {
  if (type === "null") return type
  if (!Array.isArray(type)) return ["null", type]
  return type.includes("null") ? type : ["null", ...type]
}

/**
 * The form in which values of an Avro type (JSON form) stand in a key, in words: values of two fields give the same key
 * bytes only when both are of one form (docs/formats/key.md). Whether it may be null does not matter.
 */
export const keyForm = (type: unknown): string => {
  const branches = Array.isArray(type) ? type.filter((branch) => branch !== "null") : [type]
  const forms = branches.map((branch: unknown) => {
    if (typeof branch === "string") return formOfKind(branch)
    const { type: kind, logicalType } = Object(branch)
    return logicalType === "decimal" ? "a decimal" : formOfKind(String(kind))
  })
  return [...new Set(forms)].join(" or ")
}

const formOfKind = (kind: string): string => {
  if (kind === "int" || kind === "long") return "an integer"
  if (kind === "float" || kind === "double") return "a fraction"
  if (kind === "boolean") return "a boolean"
  return kind === "bytes" || kind === "fixed" ? "bytes" : "text"
}
