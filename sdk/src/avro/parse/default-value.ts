import type { AvroField, AvroType, Json, RecordType } from "../type.ts"
import { quoted } from "./schema-error.ts"

/** Why a default does not fit. `path` is within the default's own JSON. */
export interface DefaultFault {
  readonly path: string
  readonly problem: string
  readonly tooLarge?: true
}

/** How many values may still be looked at: record defaults within record defaults can grow without end. */
export interface DefaultBudget {
  left: number
}

/** JSON's own depth is bounded already; a record's default that leaves out itself is not. */
const maxDepth = 256

type JsonObject = { readonly [key: string]: Json }

const int32 = 2 ** 31

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isByteText = (value: Json): value is string =>
  // oxlint-disable-next-line no-control-regex -- bytes are written as the code points 0-255
  typeof value === "string" && /^[\u0000-\u00ff]*$/.test(value)

const nonFinite: ReadonlySet<Json> = new Set<Json>(["NaN", "Infinity", "-Infinity"])

/**
 * Whether a JSON value is a default of a type. (Avro 1.12 §Complex Types, "default")
 * A union takes any of its branches; float and double also "NaN", "Infinity" and "-Infinity", which JSON has no number for;
 * a long beyond 2^53-1 is refused, since JSON's reading has already changed it. A record may leave out fields that have
 * defaults themselves.
 */
export const checkDefault = (
  type: AvroType,
  value: Json,
  budget: DefaultBudget,
  path = "",
  depth = 0
): DefaultFault | undefined => {
  if (--budget.left < 0 || depth > maxDepth) {
    return {
      path,
      problem: "the default, with those within it, has too many values, or goes on without end",
      tooLarge: true
    }
  }
  switch (type.kind) {
    case "union":
      return checkUnion(type.branches, value, budget, path, depth)
    case "array":
      if (!Array.isArray(value)) return misfit(type, value, path)
      return first(value, (item, index) =>
        checkDefault(type.items, item, budget, `${path}[${index}]`, depth + 1)
      )
    case "map":
      if (!isObject(value)) return misfit(type, value, path)
      return first(Object.entries(value), ([key, item]) =>
        checkDefault(type.values, item, budget, `${path}{${quoted(key)}}`, depth + 1)
      )
    case "record":
      if (!isObject(value)) return misfit(type, value, path)
      return first(type.fields, (field) => checkField(field, value, budget, path, depth + 1))
    default:
      return fitsScalar(type, value) ? undefined : misfit(type, value, path)
  }
}

const checkUnion = (
  branches: readonly AvroType[],
  value: Json,
  budget: DefaultBudget,
  path: string,
  depth: number
) => {
  for (const branch of branches) {
    const fault = checkDefault(branch, value, budget, path, depth + 1)
    if (fault === undefined || fault.tooLarge) return fault
  }
  return { path, problem: `${shown(value)} is a value of none of the union's branches` }
}

const checkField = (
  field: AvroField,
  value: JsonObject,
  budget: DefaultBudget,
  path: string,
  depth: number
) => {
  const at = `${path}.${field.name}`
  if (Object.hasOwn(value, field.name)) return checkDefault(field.type, value[field.name]!, budget, at, depth)
  if (field.default !== undefined) return checkDefault(field.type, field.default.value, budget, at, depth)
  return { path: at, problem: `the field is missing and has no default of its own` }
}

const fitsScalar = (
  type: Exclude<AvroType, { kind: "union" | "array" | "map" | "record" }>,
  value: Json
): boolean => {
  switch (type.kind) {
    case "null":
      return value === null
    case "boolean":
      return typeof value === "boolean"
    case "int":
      return typeof value === "number" && Number.isInteger(value) && value >= -int32 && value < int32
    case "long":
      return Number.isSafeInteger(value)
    case "float":
    case "double":
      return typeof value === "number" || nonFinite.has(value)
    case "string":
      return typeof value === "string" && value.isWellFormed()
    case "bytes":
      return isByteText(value)
    case "fixed":
      return isByteText(value) && value.length === type.size
    case "enum":
      return typeof value === "string" && type.symbols.includes(value)
  }
}

const first = <A>(
  items: readonly A[],
  check: (item: A, index: number) => DefaultFault | undefined
): DefaultFault | undefined => {
  for (let index = 0; index < items.length; index++) {
    const fault = check(items[index]!, index)
    if (fault !== undefined) return fault
  }
  return undefined
}

const shown = (value: Json): string => quoted(JSON.stringify(value))

const misfit = (type: AvroType, value: Json, path: string): DefaultFault => ({
  path,
  problem: `${shown(value)} is no default of type ${type.kind}`
})

/** The first branch that takes the value; -1 when none does (not after parsing). */
export const branchOfDefault = (branches: readonly AvroType[], value: Json): number =>
  branches.findIndex((branch) => checkDefault(branch, value, { left: 100_000 }) === undefined)

/**
 * A default with every field of every record in it filled in from that field's own default, so that nothing has to be
 * looked up any more. The value must have been checked against the type.
 */
export const completeDefault = (type: AvroType, value: Json): Json => {
  switch (type.kind) {
    case "union": {
      const branch = type.branches[branchOfDefault(type.branches, value)]
      return branch === undefined ? value : completeDefault(branch, value)
    }
    case "array":
      return Array.isArray(value) ? value.map((item) => completeDefault(type.items, item)) : value
    case "map":
      return isObject(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, item]) => [key, completeDefault(type.values, item)])
          )
        : value
    case "record":
      return isObject(value) ? completeRecord(type, value) : value
    default:
      return value
  }
}

const completeRecord = (type: RecordType, value: JsonObject): Json =>
  Object.fromEntries(
    type.fields.map((field) => [
      field.name,
      completeDefault(
        field.type,
        Object.hasOwn(value, field.name) ? value[field.name]! : (field.default?.value ?? null)
      )
    ])
  )
