import type { Json } from "./type.ts"

type JsonObject = { readonly [name: string]: Json }

/** What Avro itself defines of a type or a field; all else is an attribute, whose place means nothing. */
const ownNames: ReadonlySet<string> = new Set([
  "type",
  "name",
  "namespace",
  "aliases",
  "doc",
  "fields",
  "symbols",
  "default",
  "size",
  "items",
  "values",
  "order"
])

const isList = (json: Json): json is readonly Json[] => Array.isArray(json)
const isObject = (json: Json): json is JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/**
 * A schema's JSON with its attributes (all that Avro does not define, logical types included) in the order of their names,
 * so that two schemas that differ in that order alone become one when they are parsed. Takes what `toJson` gives.
 */
export const sortAttributes = (json: Json): Json => {
  if (isList(json)) return json.map(sortAttributes)
  if (!isObject(json)) return json
  const entries = Object.entries(json)
  const own = entries
    .filter(([name]) => ownNames.has(name))
    .map(([name, value]) => [name, inner(name, value)])
  const attributes = entries
    .filter(([name]) => !ownNames.has(name))
    .sort(byName)
    .map(([name, value]) => [name, sortKeys(value)])
  return Object.fromEntries([...own, ...attributes])
}

const byName = ([a]: readonly [string, Json], [b]: readonly [string, Json]): number => (a < b ? -1 : 1)

const inner = (name: string, value: Json): Json =>
  name === "type" || name === "items" || name === "values" || name === "fields"
    ? sortAttributes(value)
    : value

const sortKeys = (json: Json): Json => {
  if (isList(json)) return json.map(sortKeys)
  if (!isObject(json)) return json
  const entries = Object.entries(json).sort(byName)
  return Object.fromEntries(entries.map(([name, value]) => [name, sortKeys(value)]))
}
