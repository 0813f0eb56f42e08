import type { Attributes, AvroField, EnumType, FixedType, Json, PrimitiveType } from "../../avro/type.ts"
import { jsonLayout } from "./json-layout.ts"
import { callLayout, chainLayout, type Layout, objectLayout, wrap } from "./layout.ts"

export type Entry = readonly [key: string, value: Layout]

/** An expression, and the methods that are called on it. */
export interface Expression {
  readonly base: Layout
  readonly calls: readonly Layout[]
}

export const expression = (base: Layout): Expression => ({ base, calls: [] })

export const toLayout = ({ base, calls }: Expression): Layout => chainLayout(base, calls)

/** The expression with annotations, or as it is where there are none. */
export const annotated = (
  { base, calls }: Expression,
  entries: readonly Entry[],
  method: "annotate" | "annotateKey" = "annotate"
): Expression =>
  entries.length === 0
    ? { base, calls }
    : { base, calls: [...calls, wrap(`.${method}`, objectLayout(entries))] }

/** The expression with checks after it. */
export const checked = ({ base, calls }: Expression, checks: readonly string[]): Expression =>
  checks.length === 0 ? { base, calls } : { base, calls: [...calls, callLayout(".check", checks)] }

/** One annotation, where there is something to say. */
export const said = (key: string, value: Json | undefined): readonly Entry[] =>
  value === undefined ? [] : [[key, jsonLayout(value)]]

/** A type's own attributes. */
export const attributeEntries = (attributes: Attributes): readonly Entry[] =>
  Object.keys(attributes).length === 0 ? [] : said("avro.attributes", attributes)

/** What a field says at its key. */
export const fieldEntries = (field: AvroField): readonly Entry[] => [
  ...said("description", field.doc),
  ...said("avro.aliases", field.aliases.length === 0 ? undefined : field.aliases),
  ...said("avro.default", field.default?.value),
  ...said("avro.order", field.order === "ascending" ? undefined : field.order),
  ...fieldAttributes(field.attributes)
]

/** `millrace.source` and `millrace.sensitive` have words of their own, which come after the others. */
const fieldAttributes = (attributes: Attributes): readonly Entry[] => {
  const { "millrace.source": source, "millrace.sensitive": sensitive, ...others } = attributes
  const words = [
    ...said("millrace.source", typeof source === "string" ? source : undefined),
    ...said("millrace.sensitive", typeof sensitive === "boolean" ? sensitive : undefined)
  ]
  const asSaid = [...Object.keys(others), ...words.map(([key]) => key)]
  const isSame = JSON.stringify(asSaid) === JSON.stringify(Object.keys(attributes))
  return isSame ? [...attributeEntries(others), ...words] : attributeEntries(attributes)
}

/** A type whole, as an `AvroType` is written: for what no expression of `Schema` or `Avro` says. */
export const typeLiteral = (type: PrimitiveType | EnumType | FixedType): Layout => {
  const entries: Entry[] = [["kind", JSON.stringify(type.kind)]]
  if ("name" in type) {
    entries.push(
      ["name", JSON.stringify(type.name)],
      ["aliases", jsonLayout(type.aliases)],
      ...said("doc", type.doc)
    )
    if (type.kind === "enum")
      entries.push(["symbols", jsonLayout(type.symbols)], ...said("default", type.default))
    else entries.push(["size", String(type.size)])
  }
  if ("logical" in type && type.logical !== undefined)
    entries.push(["logical", jsonLayout({ ...type.logical })])
  entries.push(["attributes", jsonLayout(type.attributes)])
  return objectLayout(entries)
}
