/** A key of a plugin's config, for people. */
export interface ConfigKey {
  readonly name: string
  /** In words: `number`, `"csv" | "json"`, `list of string`, `expression (boolean)`. */
  readonly type: string
  readonly required: boolean
  readonly doc: string
  readonly default: string | undefined
}

/** The keys of a config by its JSON Schema, which a publisher wrote: what is not understood is called `any`. */
export const configKeys = (schema: unknown, expressions: ExpressionPlaces = []): readonly ConfigKey[] => {
  const properties = record(member(schema, "properties"))
  const required = member(schema, "required")
  return Object.entries(properties).map(([name, property]) => {
    const fallback = member(property, "default")
    const expression = expressions.find(({ pointer }) => pointer === `/${name}`)
    return {
      name,
      type: expression === undefined ? typeOf(property, schema, 0) : `expression (${expression.type})`,
      required: Array.isArray(required) && required.includes(name),
      doc: docOf(property),
      default: fallback === undefined ? undefined : JSON.stringify(fallback)
    }
  })
}

type ExpressionPlaces = readonly { readonly pointer: string; readonly type: string }[]

const maxDepth = 4

const typeOf = (schema: unknown, root: unknown, depth: number): string => {
  if (depth > maxDepth) return "any"
  const inner = (part: unknown) => typeOf(part, root, depth + 1)
  const reference = member(schema, "$ref")
  if (typeof reference === "string") return inner(definition(root, reference))
  const [constant, values] = [member(schema, "const"), member(schema, "enum")]
  if (constant !== undefined) return JSON.stringify(constant)
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(" | ")
  const branches = member(schema, "anyOf") ?? member(schema, "oneOf")
  if (Array.isArray(branches)) return [...new Set(branches.map(inner))].join(" | ")
  const type = member(schema, "type")
  if (type === "array") return `list of ${inner(member(schema, "items"))}`
  if (type === "object") return objectType(schema, inner)
  return typeof type === "string" ? type : "any"
}

const objectType = (schema: unknown, inner: (part: unknown) => string): string => {
  const names = Object.keys(record(member(schema, "properties")))
  if (names.length > 0) return `{ ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", …" : ""} }`
  const values =
    member(schema, "additionalProperties") ?? Object.values(record(member(schema, "patternProperties")))[0]
  return typeof values === "object" ? `map of ${inner(values)}` : "object"
}

const docOf = (schema: unknown): string => {
  const doc = member(schema, "description") ?? member(schema, "title")
  return typeof doc === "string" ? doc.replaceAll(/\s+/g, " ") : ""
}

/** Only what stands under the schema's own `$defs`. */
const definition = (root: unknown, reference: string): unknown => {
  const name = /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1]
  return name === undefined
    ? undefined
    : member(member(root, "$defs"), name.replaceAll("~1", "/").replaceAll("~0", "~"))
}

const record = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
