import type { AvroField, AvroType, EnumType, FixedType, Json, NamedType, RecordType } from "../type.ts"
import { checkDefault } from "./default-value.ts"
import { type AvroLibrary, makeLibrary } from "./library.ts"
import { type AvroLimits, checkJson, defaultLimits, parseJson } from "./limits.ts"
import { attributesOfLogical, logicalOfFixed, logicalOfPrimitive } from "./logical.ts"
import { isPrimitiveKind, namespaceOf, qualify } from "./name.ts"
import { AvroSchemaError, quoted } from "./schema-error.ts"
import { isList, type Place, refuse, SchemaNode } from "./schema-node.ts"

/**
 * Reads an Avro schema: JSON text, or its parsed JSON (a string that begins with neither `{`, `[` nor `"` is a type's name).
 * Everything that Avro 1.12 demands is checked, defaults against their types included, and the limits before anything is
 * allocated or any recursion begun; a second definition, or a use before the definition, is refused.
 * An ill-formed logical type leaves its base type, the attributes kept. "error" is read as "record".
 */
export const parseAvro = (
  input: unknown,
  limits: AvroLimits = defaultLimits
): { readonly ok: AvroType } | { readonly error: AvroSchemaError } => {
  try {
    return { ok: parseAvroOrThrow(input, limits) }
  } catch (error) {
    if (error instanceof AvroSchemaError) return { error }
    throw error
  }
}

/** `parseAvro` for where a bad schema is a fault of the caller's. @throws AvroSchemaError */
export const parseAvroOrThrow = (input: unknown, limits: AvroLimits = defaultLimits): AvroType =>
  parseInto(makeLibrary(), input, limits)

/**
 * `parseAvro` for a schema that may refer to the types of a library, which stays as it is. They are shared, not copied; one that
 * the schema defines again is refused as a second definition.
 */
export const parseAvroWith = (
  input: unknown,
  { heights, types }: AvroLibrary,
  limits: AvroLimits = defaultLimits
): { readonly ok: AvroType } | { readonly error: AvroSchemaError } => {
  try {
    return { ok: parseInto({ types: new Map(types), heights: new Map(heights) }, input, limits) }
  } catch (error) {
    if (error instanceof AvroSchemaError) return { error }
    throw error
  }
}

/**
 * Adds the named types that a schema defines, which may refer to those that are there. Answers why the schema was refused, if it was:
 * then the library is of no more use.
 */
export const addToLibrary = (
  library: AvroLibrary,
  input: unknown,
  limits: AvroLimits = defaultLimits
): AvroSchemaError | undefined => {
  try {
    parseInto(library, input, limits)
    return undefined
  } catch (error) {
    if (error instanceof AvroSchemaError) return error
    throw error
  }
}

const parseInto = (library: AvroLibrary, input: unknown, limits: AvroLimits): AvroType => {
  const json = typeof input === "string" && /^\s*["[{]/.test(input) ? parseJson(input, limits) : input
  checkJson(json, limits)
  const parser = new Parser(limits, library)
  const type = parser.type(json, { path: "", namespace: "", depth: 1 })
  parser.checkDefaults()
  return type
}

interface PendingDefault {
  readonly type: AvroType
  readonly value: Json
  readonly path: string
}

class Parser {
  private readonly limits: AvroLimits
  private readonly named: Map<string, NamedType>
  /** How many types deep a named type goes, references followed; those to a type around it count as nothing. */
  private readonly heights: Map<NamedType, number>
  private deepest = 0
  /** A default may be of a record whose fields are still being read: all are checked at the end. */
  private readonly defaults: PendingDefault[] = []

  constructor(limits: AvroLimits, library: AvroLibrary) {
    this.limits = limits
    this.named = library.types
    this.heights = library.heights
  }

  /** A chain of references nests as deeply as if each type stood in the other. */
  private descend(path: string, depth: number): void {
    if (depth > this.limits.maxDepth) {
      const problem = `the schema is nested deeper than ${this.limits.maxDepth} types`
      refuse("AVRO_LIMIT", path, problem, "Flatten it.")
    }
    this.deepest = Math.max(this.deepest, depth)
  }

  type(json: Json, at: Place): AvroType {
    this.descend(at.path, at.depth)
    if (typeof json === "string") return this.reference(json, at)
    if (isList(json)) return this.union(json, at)
    const node = new SchemaNode(json, at)
    const type = node.get("type")
    if (type === undefined) refuse("AVRO_ATTRIBUTE", at.path, `"type" is missing`, "Say which type it is.")
    return typeof type === "string" ? this.declared(type, node) : this.wrapped(type, node)
  }

  private declared(kind: string, node: SchemaNode): AvroType {
    switch (kind) {
      case "record":
      case "error":
        return this.record(node)
      case "enum":
        return this.enum(node)
      case "fixed":
        return this.fixed(node)
      case "array":
        return {
          kind,
          items: this.type(node.required("items"), node.inside("items")),
          attributes: node.rest(["items"])
        }
      case "map":
        return {
          kind,
          values: this.type(node.required("values"), node.inside("values")),
          attributes: node.rest(["values"])
        }
      default:
        return isPrimitiveKind(kind) ? this.primitive(kind, node) : this.wrapped(kind, node)
    }
  }

  private primitive(kind: Parameters<typeof logicalOfPrimitive>[0], node: SchemaNode): AvroType {
    const logical = logicalOfPrimitive(kind, (name) => node.get(name))
    const attributes = node.rest(attributesOfLogical(logical))
    return logical === undefined ? { kind, attributes } : { kind, logical, attributes }
  }

  /** `{ "type": X }` where X is not a word of Avro's: X itself, which must have said everything. */
  private wrapped(type: Json, node: SchemaNode): AvroType {
    const [extra] = Object.keys(node.rest([]))
    if (extra !== undefined) {
      const problem = `${quoted(extra)} stands beside a type that is defined elsewhere`
      refuse("AVRO_ATTRIBUTE", node.at.path, problem, "Move it into that type's definition, or to the field.")
    }
    return this.type(type, node.inside("type"))
  }

  private reference(name: string, at: Place): AvroType {
    if (isPrimitiveKind(name)) return { kind: name, attributes: {} }
    const known = this.named.get(qualify(name, at.namespace)) ?? this.named.get(name)
    if (known !== undefined) {
      this.descend(at.path, at.depth + (this.heights.get(known) ?? 0))
      return known
    }
    return refuse(
      "AVRO_UNKNOWN_TYPE",
      at.path,
      `the type ${quoted(name)} is not known here`,
      "Name a primitive type, or one that is defined before its use."
    )
  }

  private union(json: readonly Json[], at: Place): AvroType {
    if (json.length > this.limits.maxBranches) {
      const problem = `the union has ${json.length} branches, more than ${this.limits.maxBranches}`
      refuse("AVRO_LIMIT", at.path, problem, "Use a record with optional fields.")
    }
    const seen = new Set<string>()
    const branches = json.map((branch, index) => {
      const place = { ...at, path: `${at.path}[${index}]`, depth: at.depth + 1 }
      const type = this.type(branch, place)
      if (type.kind === "union") {
        refuse(
          "AVRO_NESTED_UNION",
          place.path,
          "a union stands directly in a union",
          "List its branches in the outer one."
        )
      }
      const name = "name" in type ? type.name : type.kind
      if (seen.has(name)) {
        refuse(
          "AVRO_DUPLICATE",
          place.path,
          `the union has two branches of type ${name}`,
          "Keep one of them."
        )
      }
      seen.add(name)
      return type
    })
    return { kind: "union", branches }
  }

  private register<A extends NamedType>(type: A, node: SchemaNode): A {
    if (this.named.has(type.name)) {
      const problem = `${quoted(type.name)} is defined a second time`
      refuse(
        "AVRO_DUPLICATE",
        node.at.path,
        problem,
        "Refer to it by its name, or give one of them another name."
      )
    }
    this.named.set(type.name, type)
    return type
  }

  private record(node: SchemaNode): RecordType {
    const json = node.list("fields")
    if (json.length > this.limits.maxFields) {
      const problem = `the record has ${json.length} fields, more than ${this.limits.maxFields}`
      refuse("AVRO_LIMIT", node.at.path, problem, "Group them into nested records.")
    }
    // Registered before its fields are read: they may refer to it.
    const fields: AvroField[] = []
    const record = this.register({ kind: "record", ...node.heading(["fields"]), fields }, node)
    const outside = this.deepest
    this.deepest = node.at.depth
    const names = new Set<string>()
    const place = { ...node.at, namespace: namespaceOf(record.name) }
    json.forEach((entry, index) => {
      const field = this.field(new SchemaNode(entry, { ...place, path: `${node.path("fields")}[${index}]` }))
      if (names.has(field.name)) {
        const problem = `the record has two fields ${quoted(field.name)}`
        refuse("AVRO_DUPLICATE", `${node.path("fields")}[${index}]`, problem, "Rename one of them.")
      }
      names.add(field.name)
      fields.push(field)
    })
    this.heights.set(record, this.deepest - node.at.depth)
    this.deepest = Math.max(this.deepest, outside)
    return record
  }

  private field(node: SchemaNode): AvroField {
    const name = node.fieldName()
    const type = this.type(node.required("type"), node.inside("type"))
    const doc = node.doc()
    const value = node.get("default")
    if (value !== undefined) this.defaults.push({ type, value, path: node.path("default") })
    return {
      name,
      type,
      ...(doc === undefined ? {} : { doc }),
      aliases: node.fieldAliases(),
      ...(value === undefined ? {} : { default: { value } }),
      order: node.order(),
      attributes: node.rest(["name", "doc", "aliases", "default", "order"])
    }
  }

  private enum(node: SchemaNode): EnumType {
    const symbols = node.symbols(this.limits.maxSymbols)
    const value = node.get("default")
    if (value !== undefined && (typeof value !== "string" || !symbols.includes(value))) {
      const problem = `the enum's default ${quoted(JSON.stringify(value))} is none of its symbols`
      refuse("AVRO_DEFAULT", node.path("default"), problem, "Name one of the symbols.")
    }
    const heading = node.heading(["symbols", "default"])
    return this.register(
      { kind: "enum", ...heading, symbols, ...(typeof value === "string" ? { default: value } : {}) },
      node
    )
  }

  private fixed(node: SchemaNode): FixedType {
    const size = node.size()
    const logical = logicalOfFixed(size, (name) => node.get(name))
    const heading = node.heading(["size", ...attributesOfLogical(logical)])
    return this.register(
      { kind: "fixed", ...heading, size, ...(logical === undefined ? {} : { logical }) },
      node
    )
  }

  checkDefaults(): void {
    const budget = { left: this.limits.maxDefaultValues }
    for (const { type, value, path } of this.defaults) {
      const fault = checkDefault(type, value, budget)
      if (fault === undefined) continue
      const code = fault.tooLarge === true ? "AVRO_LIMIT" : "AVRO_DEFAULT"
      refuse(code, `${path}${fault.path}`, fault.problem, "Give a default of the field's type, or none.")
    }
  }
}
