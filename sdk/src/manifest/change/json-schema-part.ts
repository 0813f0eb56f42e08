/** A JSON Schema that is an object, as every one in a manifest's config is. */
export type JsonSchema = { readonly [keyword: string]: unknown }

export const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Keywords that say something to people alone. */
const annotations: ReadonlySet<string> = new Set([
  "title",
  "description",
  "examples",
  "default",
  "$comment",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$schema",
  "$defs",
  "format"
])

/** The keywords that decide what a schema accepts. */
export const assertionsOf = (schema: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => !annotations.has(keyword)))

export const propertiesOf = (schema: JsonSchema): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(isSchema(schema["properties"]) ? schema["properties"] : {}))

export const requiredOf = (schema: JsonSchema): ReadonlySet<unknown> =>
  new Set(Array.isArray(schema["required"]) ? schema["required"] : [])

/** Follows `#/$defs/Name` within a document; what leads nowhere is left as it is. */
export const followed = (schema: unknown, root: unknown): unknown => {
  let at = schema
  for (let steps = 0; steps < 16; steps++) {
    if (!isSchema(at) || typeof at["$ref"] !== "string") return at
    const name = /^#\/\$defs\/([^/]+)$/.exec(at["$ref"])?.[1]?.replaceAll("~1", "/").replaceAll("~0", "~")
    const definitions = isSchema(root) && isSchema(root["$defs"]) ? root["$defs"] : {}
    if (name === undefined || !Object.hasOwn(definitions, name)) return at
    at = definitions[name]
  }
  return at
}
