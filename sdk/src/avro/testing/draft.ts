import { toJson } from "../json.ts"
import { parseAvro } from "../parse/parse.ts"
import type { Attributes, AvroType, Json } from "../type.ts"

/**
 * A schema while it is made or changed: named types stand in a table and are referred to by name, so that a field may go,
 * move or change without taking the definition of a type with it.
 */
export interface Draft {
  root: Shape
  readonly definitions: Map<string, Definition>
}

/** A primitive or a defined name, or something around others. */
export type Shape =
  | string
  | { readonly type: "array"; readonly items: Shape }
  | { readonly type: "map"; readonly values: Shape }
  | { readonly union: readonly Shape[] }
  | { readonly type: "logical"; readonly base: string; readonly attributes: Attributes }

export interface DraftField {
  name: string
  type: Shape
  aliases: string[]
  /** The default is computed when the draft is written, since the types it depends on may still change. */
  hasDefault: boolean
}

export type Definition =
  | { readonly kind: "record"; name: string; aliases: string[]; fields: DraftField[] }
  | {
      readonly kind: "enum"
      name: string
      aliases: string[]
      symbols: string[]
      fallback: string | undefined
    }
  | { readonly kind: "fixed"; name: string; aliases: string[]; size: number; readonly attributes: Attributes }

/** Any type as a draft; docs, orders and custom attributes are left behind. */
export const draftOf = (type: AvroType): Draft => {
  const definitions = new Map<string, Definition>()
  return { root: shapeOf(type, definitions), definitions }
}

const shapeOf = (type: AvroType, definitions: Map<string, Definition>): Shape => {
  switch (type.kind) {
    case "union":
      return { union: type.branches.map((branch) => shapeOf(branch, definitions)) }
    case "array":
      return { type: "array", items: shapeOf(type.items, definitions) }
    case "map":
      return { type: "map", values: shapeOf(type.values, definitions) }
    case "record": {
      if (definitions.has(type.name)) return type.name
      const fields: DraftField[] = []
      definitions.set(type.name, { kind: "record", name: type.name, aliases: [], fields })
      for (const field of type.fields) {
        const shape = shapeOf(field.type, definitions)
        fields.push({ name: field.name, type: shape, aliases: [], hasDefault: field.default !== undefined })
      }
      return type.name
    }
    case "enum": {
      const { kind, name, symbols } = type
      definitions.set(name, { kind, name, aliases: [], symbols: [...symbols], fallback: type.default })
      return name
    }
    case "fixed": {
      const { kind, name, size } = type
      const attributes = attributesIn(toJson({ ...type, aliases: [], attributes: {} }), [
        "type",
        "name",
        "size",
        "doc"
      ])
      definitions.set(name, { kind, name, aliases: [], size, attributes })
      return name
    }
    default: {
      if (type.logical === undefined) return type.kind
      return {
        type: "logical",
        base: type.kind,
        attributes: attributesIn(toJson({ ...type, attributes: {} }), ["type"])
      }
    }
  }
}

const attributesIn = (json: Json, without: readonly string[]): Attributes =>
  Object.fromEntries(Object.entries(json ?? {}).filter(([name]) => !without.includes(name)))

/** The finished type. `number` chooses defaults; there are none in a schema that they would make endless. */
export const finish = (
  draft: Draft,
  number: (bound: number) => number,
  withDefaults: boolean = true
): AvroType => {
  const written = new Set<string>()
  const write = (shape: Shape): Json => {
    if (typeof shape === "string") {
      const definition = draft.definitions.get(shape)
      if (definition === undefined) return shape
      if (written.has(shape)) return definition.name
      written.add(shape)
      return writeDefinition(definition)
    }
    if ("union" in shape) return shape.union.map(write)
    if (shape.type === "array") return { type: "array", items: write(shape.items) }
    if (shape.type === "map") return { type: "map", values: write(shape.values) }
    return { type: shape.base, ...shape.attributes }
  }
  const writeDefinition = (definition: Definition): Json => {
    // A name with a dot is full, and the namespace then means nothing.
    const head = { type: definition.kind, name: definition.name, namespace: "", aliases: definition.aliases }
    switch (definition.kind) {
      case "record":
        return { ...head, fields: definition.fields.map(writeField) }
      case "enum":
        return {
          ...head,
          symbols: definition.symbols,
          ...(definition.fallback === undefined ? {} : { default: definition.fallback })
        }
      case "fixed":
        return { ...head, size: definition.size, ...definition.attributes }
    }
  }
  const writeField = (field: DraftField): Json => {
    const value = withDefaults && field.hasDefault ? defaultOf(field.type, draft, number, 0) : undefined
    return {
      name: field.name,
      type: write(field.type),
      aliases: field.aliases,
      ...(value === undefined ? {} : { default: value })
    }
  }
  const parsed = parseAvro(write(draft.root))
  if ("ok" in parsed) return parsed.ok
  // A map's `{}` in a union may fit a record before it, whose defaults then go on without end.
  if (parsed.error.code !== "AVRO_LIMIT" || !withDefaults) throw parsed.error
  return finish(draft, number, false)
}

const scalarDefaults: { readonly [kind: string]: readonly [Json, ...Json[]] } = {
  null: [null],
  boolean: [false, true],
  int: [0, 7, -(2 ** 31), 2 ** 31 - 1],
  long: [0, -1, 2 ** 40, Number.MIN_SAFE_INTEGER],
  float: [0, 1.5, -0.25],
  double: [0, 3.25, 1e300, -1],
  string: ["", "default", "ü€"],
  bytes: ["", "\u0001\u00ff"]
}

/** A default of a shape, or undefined where it would nest too deeply. */
const defaultOf = (
  shape: Shape,
  draft: Draft,
  number: (bound: number) => number,
  depth: number
): Json | undefined => {
  if (depth > 4) return undefined
  const inside = (inner: Shape) => defaultOf(inner, draft, number, depth + 1)
  if (typeof shape !== "string") {
    if ("union" in shape)
      return shape.union.length === 0 ? undefined : inside(shape.union[number(shape.union.length)]!)
    if (shape.type === "logical") return inside(shape.base)
    const inner = number(2) === 0 ? undefined : inside(shape.type === "array" ? shape.items : shape.values)
    if (shape.type === "array") return inner === undefined ? [] : [inner]
    return inner === undefined ? {} : { key: inner }
  }
  const definition = draft.definitions.get(shape)
  if (definition === undefined) {
    const options = scalarDefaults[shape]
    return options?.[number(options.length)]
  }
  if (definition.kind === "fixed") return "\u0000".repeat(definition.size)
  if (definition.kind === "enum") return definition.symbols[number(definition.symbols.length)]
  const entries: [string, Json][] = []
  for (const field of definition.fields) {
    const value = inside(field.type)
    if (value === undefined) return undefined
    entries.push([field.name, value])
  }
  return Object.fromEntries(entries)
}
