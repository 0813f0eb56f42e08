import type { AvroLibrary } from "./parse/library.ts"
import { attributesOfLogical } from "./parse/logical.ts"
import { namespaceOf } from "./parse/name.ts"
import { quoted } from "./parse/schema-error.ts"
import { refuse } from "./parse/schema-node.ts"
import type { Attributes, AvroField, AvroType, Json, LogicalType, NamedType, PrimitiveType } from "./type.ts"

type Entries = readonly (readonly [string, Json])[]

/**
 * The schema as JSON, from which `parseAvro` reads the same type again: named types in full at their first occurrence, by
 * full name after; every attribute kept, Avro's own first, in one order.
 * @throws AvroSchemaError for a type that no schema can hold: two different types of one name, or deeper than 256.
 */
export const toJson = (type: AvroType): Json => write(type, { named: new Map(), namespace: "", depth: 0 })

/** `toJson` in which the types of a library stand by their names alone, for `parseAvroWith` to read. @throws AvroSchemaError */
export const toJsonWith = (type: AvroType, library: AvroLibrary): Json =>
  write(type, { named: new Map(library.types), namespace: "", depth: 0 })

/**
 * The schema as text: what is stored, hashed and given an id. Equal for types that differ in nothing, defaults, docs,
 * logical types and custom attributes included (the Parsing Canonical Form strips those).
 */
export const schemaText = (type: AvroType): string => JSON.stringify(toJson(type))

interface Place {
  readonly named: Map<string, NamedType>
  readonly namespace: string
  readonly depth: number
}

/** Parsed types are far below it; one that is put together by hand may not be. */
const maxDepth = 256

const write = (type: AvroType, around: Place): Json => {
  if (around.depth > maxDepth) {
    refuse("AVRO_LIMIT", "", `the type is nested deeper than ${maxDepth}`, "Flatten it.")
  }
  const at = { ...around, depth: around.depth + 1 }
  switch (type.kind) {
    case "union":
      return type.branches.map((branch) => write(branch, at))
    case "array":
      return object([["type", "array"], ["items", write(type.items, at)], ...custom(type.attributes)])
    case "map":
      return object([["type", "map"], ["values", write(type.values, at)], ...custom(type.attributes)])
    case "record":
    case "enum":
    case "fixed":
      return writeNamed(type, at)
    default:
      return writePrimitive(type)
  }
}

const writePrimitive = (type: PrimitiveType): Json => {
  const extra = [...logicalEntries(type.logical), ...custom(type.attributes)]
  return extra.length === 0 ? type.kind : object([["type", type.kind], ...extra])
}

const writeNamed = (type: NamedType, at: Place): Json => {
  const known = at.named.get(type.name)
  // A bare name is looked up in the namespace around first.
  const nearer =
    type.name.includes(".") || at.namespace === "" ? undefined : at.named.get(`${at.namespace}.${type.name}`)
  if (known !== undefined && (known !== type || nearer !== undefined)) {
    const problem = `two different types are named ${quoted(type.name)}`
    refuse("AVRO_DUPLICATE", "", problem, "Give one of them another name.")
  }
  if (known !== undefined) return type.name
  at.named.set(type.name, type)
  const own = namespaceOf(type.name)
  return object([
    ["type", type.kind],
    ["name", type.name],
    // Without it, a name without a dot would be of the namespace around.
    ...(own === "" && at.namespace !== "" ? ([["namespace", ""]] satisfies Entries) : []),
    ...aliasEntries(type.aliases),
    ...docEntries(type.doc),
    ...bodyEntries(type, { ...at, namespace: own }),
    ...custom(type.attributes)
  ])
}

const bodyEntries = (type: NamedType, at: Place): Entries => {
  switch (type.kind) {
    case "record":
      return [["fields", type.fields.map((field) => writeField(field, at))]]
    case "enum":
      return [
        ["symbols", type.symbols],
        ...(type.default === undefined ? [] : ([["default", type.default]] satisfies Entries))
      ]
    case "fixed":
      return [["size", type.size], ...logicalEntries(type.logical)]
  }
}

const writeField = (field: AvroField, at: Place): Json =>
  object([
    ["name", field.name],
    ["type", write(field.type, at)],
    ...aliasEntries(field.aliases),
    ...docEntries(field.doc),
    ...(field.default === undefined ? [] : ([["default", field.default.value]] satisfies Entries)),
    ...(field.order === "ascending" ? [] : ([["order", field.order]] satisfies Entries)),
    ...custom(field.attributes)
  ])

const aliasEntries = (aliases: readonly string[]): Entries =>
  aliases.length === 0 ? [] : [["aliases", aliases]]

const docEntries = (doc: string | undefined): Entries => (doc === undefined ? [] : [["doc", doc]])

const logicalEntries = (logical: LogicalType | undefined): Entries => {
  if (logical === undefined) return []
  const values: { readonly [name: string]: Json } =
    logical.name === "decimal"
      ? { logicalType: "decimal", precision: logical.precision, scale: logical.scale }
      : { logicalType: logical.name }
  return attributesOfLogical(logical).map((name) => [name, values[name]!])
}

const custom = (attributes: Attributes): Entries => Object.entries(attributes)

/** `Object.fromEntries` makes own properties, also of `__proto__`. */
const object = (entries: Entries): Json => Object.fromEntries(entries)
