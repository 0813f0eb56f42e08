import type { AvroType } from "@millrace/sdk/avro"

const masked = "•••"

/** Puts a mask in the place of every field marked `millrace.sensitive`, at any depth of records, arrays, maps and unions. */
export const maskSensitive = (type: AvroType, json: unknown): unknown => {
  if (json !== null && "attributes" in type && type.attributes["millrace.sensitive"] === true) return masked
  if (json === null || typeof json !== "object") return json
  if (type.kind === "record") {
    const fields = new Map(type.fields.map((field) => [field.name, field]))
    return Object.fromEntries(
      Object.entries(json).map(([name, value]) => {
        const field = fields.get(name)
        if (field === undefined) return [name, value]
        return [
          name,
          field.attributes["millrace.sensitive"] === true && value !== null
            ? masked
            : maskSensitive(field.type, value)
        ]
      })
    )
  }
  if (type.kind === "array" && Array.isArray(json))
    return json.map((item: unknown) => maskSensitive(type.items, item))
  if (type.kind === "map")
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => [key, maskSensitive(type.values, value)])
    )
  // A union's branch is not told in JSON: each may mask what it knows.
  if (type.kind === "union")
    return type.branches.reduce<unknown>((value, branch) => maskSensitive(branch, value), json)
  return json
}
