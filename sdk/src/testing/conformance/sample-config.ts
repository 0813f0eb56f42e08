import type { Json } from "../../avro/type.ts"
import { isList, isObject } from "../fixture/fixture-value.ts"
import { jsonOf } from "../fixture/fixture-value.ts"
import type { PluginManifest } from "../../manifest/manifest.ts"

/**
 * A config that a plugin's JSON Schema takes: what must be there, and as little as it allows. What it means is another matter: a
 * field's name, a path. Undefined where a value cannot be made up.
 */
export const sampleConfig = (manifest: PluginManifest): { readonly [key: string]: Json } | undefined => {
  const schema = jsonOf(manifest.config)
  const value = isObject(schema) ? sampleValue(schema, new Places(manifest), "", schema) : {}
  return isObject(value) ? value : undefined
}

type JsonSchema = { readonly [key: string]: Json }

/** Places of the config that mean something to the platform. */
class Places {
  readonly #texts: ReadonlyMap<string, string>

  constructor({ expressions, permissions }: PluginManifest) {
    const texts = permissions.flatMap(({ permission }): readonly (readonly [string, string])[] => {
      if (permission.kind === "read" || permission.kind === "write")
        return typeof permission.path === "string" ? [] : [[permission.path.config, permission.kind]]
      if (permission.kind === "net" && typeof permission.host !== "string")
        return [[permission.host.config, "https://api.example.com"]]
      return []
    })
    const written = expressions.map(({ pointer, type }): readonly [string, string] => [
      pointer,
      type === "boolean" ? "TRUE" : "1"
    ])
    this.#texts = new Map([...texts, ...written])
  }

  textAt(pointer: string): string | undefined {
    return this.#texts.get(pointer)
  }
}

const maxDepth = 8

const sampleValue = (
  schema: JsonSchema,
  places: Places,
  pointer: string,
  root: JsonSchema
): Json | undefined => {
  if (pointer.split("/").length > maxDepth) return undefined
  const { anyOf, const: only, default: usual, enum: choices, oneOf, $ref } = schema
  if (only !== undefined) return only
  if (usual !== undefined) return usual
  if (isList(choices)) return choices[0]
  if (typeof $ref === "string") {
    const target = targetOf(root, $ref)
    return target === undefined ? undefined : sampleValue(target, places, `${pointer}`, root)
  }
  const branches = isList(anyOf) ? anyOf : isList(oneOf) ? oneOf : undefined
  if (branches !== undefined) {
    for (const branch of branches) {
      const value = isObject(branch) ? sampleValue(branch, places, pointer, root) : undefined
      if (value !== undefined) return value
    }
    return undefined
  }
  return ofType(schema, places, pointer, root)
}

const ofType = (schema: JsonSchema, places: Places, pointer: string, root: JsonSchema): Json | undefined => {
  const { maximum, minItems = 0, minLength = 0, minimum, pattern, type } = schema
  switch (type) {
    case "object":
      return sampleObject(schema, places, pointer, root)
    case "array": {
      const { items } = schema
      const one = isObject(items) ? sampleValue(items, places, `${pointer}/*`, root) : undefined
      const count = Number(minItems)
      if (count > 0 && one === undefined) return undefined
      return Array.from({ length: count }, () => one ?? null)
    }
    case "string":
      return pattern === undefined
        ? (places.textAt(pointer) ?? "sample".padEnd(Number(minLength), "-"))
        : places.textAt(pointer)
    case "integer":
    case "number":
      return Math.min(Number(maximum ?? Infinity), Math.max(Number(minimum ?? 1), 1))
    case "boolean":
      return false
    default:
      return type === "null" ? null : undefined
  }
}

const sampleObject = (
  { properties, required }: JsonSchema,
  places: Places,
  pointer: string,
  root: JsonSchema
): Json | undefined => {
  const names = isList(required) ? required.filter((name) => typeof name === "string") : []
  const entries: (readonly [string, Json])[] = []
  for (const name of names) {
    const property = isObject(properties) ? properties[name] : undefined
    const value = isObject(property) ? sampleValue(property, places, `${pointer}/${name}`, root) : undefined
    if (value === undefined) return undefined
    entries.push([name, value])
  }
  return Object.fromEntries(entries)
}

const targetOf = (root: JsonSchema, ref: string): JsonSchema | undefined => {
  let at: Json | undefined = root
  for (const part of ref.replace(/^#\/?/, "").split("/").filter(Boolean))
    at = isObject(at) ? at[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")] : undefined
  return isObject(at) ? at : undefined
}
