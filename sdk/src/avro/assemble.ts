import { isPrimitiveKind, namespaceOf, qualify } from "./parse/name.ts"
import type { Json } from "./type.ts"

/**
 * One schema of several that stand in files of their own: where it refers to a named type that it does not define, the
 * definition that one of the others holds is put in its place, and so on within that. What none of them defines stays, for
 * `parseAvro` to refuse, and so does what is nested deeper than 256.
 */
export const assembleSchema = (root: Json, others: readonly Json[]): Json =>
  new Assembly(others).type(root, "", 0)

const maxDepth = 256

type JsonObject = { readonly [name: string]: Json }

const isList = (json: Json): json is readonly Json[] => Array.isArray(json)
const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

const text = (json: Json | undefined): string | undefined => (typeof json === "string" ? json : undefined)

/** The full name that a definition gives itself, in a namespace. */
const definedName = (definition: JsonObject, around: string): string | undefined => {
  const name = text(definition["name"])
  return name === undefined ? undefined : qualify(name, text(definition["namespace"]) ?? around)
}

class Assembly {
  private readonly elsewhere = new Map<string, JsonObject>()
  private readonly defined = new Set<string>()

  constructor(others: readonly Json[]) {
    for (const other of others.flatMap((each) => (isList(each) ? each : [each]))) {
      const name = isObject(other) ? definedName(other, "") : undefined
      if (name !== undefined && isObject(other) && !this.elsewhere.has(name)) this.elsewhere.set(name, other)
    }
  }

  type(json: Json, namespace: string, depth: number): Json {
    if (depth > maxDepth) return json
    if (isList(json)) return json.map((branch) => this.type(branch, namespace, depth + 1))
    if (typeof json === "string") return this.reference(json, namespace, depth)
    return isObject(json) ? this.written(json, namespace, depth) : json
  }

  private written(json: JsonObject, namespace: string, depth: number): Json {
    const { type } = json
    const inner = (name: "type" | "items" | "values"): JsonObject => {
      const value = json[name]
      return value === undefined ? json : { ...json, [name]: this.type(value, namespace, depth + 1) }
    }
    if (type === "array") return inner("items")
    if (type === "map") return inner("values")
    if (type === "record" || type === "error" || type === "enum" || type === "fixed")
      return this.named(json, namespace, depth)
    return inner("type")
  }

  private named(json: JsonObject, around: string, depth: number): Json {
    const name = definedName(json, around)
    if (name !== undefined) this.defined.add(name)
    const { fields } = json
    if (fields === undefined || !isList(fields)) return json
    const namespace = namespaceOf(name ?? "")
    return {
      ...json,
      fields: fields.map((field) => {
        const type = isObject(field) ? field["type"] : undefined
        return isObject(field) && type !== undefined
          ? { ...field, type: this.type(type, namespace, depth + 1) }
          : field
      })
    }
  }

  private reference(name: string, namespace: string, depth: number): Json {
    if (isPrimitiveKind(name)) return name
    // As in Avro: a bare name is of the namespace around, and only then of none.
    const candidates = [qualify(name, namespace), name]
    if (candidates.some((full) => this.defined.has(full))) return name
    const full = candidates.find((each) => this.elsewhere.has(each))
    const definition = full === undefined ? undefined : this.elsewhere.get(full)
    if (full === undefined || definition === undefined) return name
    // It stood in no namespace: where it stands now there may be one.
    const own = { ...definition, name: full, ...(namespaceOf(full) === "" ? { namespace: "" } : {}) }
    return this.named(own, "", depth + 1)
  }
}
