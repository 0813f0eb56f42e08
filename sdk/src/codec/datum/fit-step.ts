import type { AvroType, FixedType, PrimitiveType, UnionType } from "../../avro/type.ts"
import { lookOf } from "../look.ts"
import { isDecimal, isDuration, isUuid } from "../runtime-logical.ts"
import {
  isBareMap,
  isBigLong,
  isBytes,
  isFixed,
  isFloat,
  isInt,
  isLong,
  isMap,
  isObject,
  isRecordLike
} from "../runtime-writer.ts"

/** Whether a union takes a branch for a value. */
export type Fits = (value: unknown) => boolean

/** An object without a prototype, as the runtime's functions want it. */
export const tableOf = <A>(entries: readonly (readonly [string, A])[]): { readonly [key: string]: A } => {
  const table: { [key: string]: A } = Object.create(null)
  for (const [key, value] of entries) table[key] = value
  return table
}

/** Numbers go where they stay what they are: -0 to no whole number's branch, 0.1 to double rather than float. */
export const fitsAmong = (union: UnionType, branch: AvroType): Fits => {
  const kinds = new Set(union.branches.map((each) => each.kind))
  if (branch.kind === "float" && (kinds.has("double") || kinds.has("int") || kinds.has("long")))
    return isFloat
  const fits = fitsOne(branch)
  const floats = kinds.has("float") || kinds.has("double")
  if (!floats || (branch.kind !== "int" && branch.kind !== "long")) return fits
  return (value) => fits(value) && !Object.is(value, -0)
}

/** Maps are read as objects without a prototype, and so known again; records are not. `exact`: as of `isRecordLike`. */
export const fitsObject = (type: AvroType, exact: number): Fits => {
  if (type.kind === "map") return exact > 0 ? isBareMap : isMap
  if (type.kind !== "record") return fitsOne(type)
  const required = tableOf(type.fields.map((field) => [field.name, field.default === undefined] as const))
  return (value) => isRecordLike(value, required, exact)
}

const fitsOne = (type: AvroType): Fits => {
  switch (type.kind) {
    case "null":
      return (value) => value === null
    case "boolean":
      return (value) => typeof value === "boolean"
    case "int":
      return isInt
    case "float":
    case "double":
      return (value) => typeof value === "number"
    case "enum": {
      const symbols = new Set(type.symbols)
      return (value) => typeof value === "string" && symbols.has(value)
    }
    case "array":
      return (value) => Array.isArray(value)
    case "map":
      return isMap
    case "record":
    case "union":
      return isObject
    default:
      return fitsLook(type)
  }
}

const fitsLook = (type: PrimitiveType | FixedType): Fits => {
  const look = lookOf(type)
  switch (look.form) {
    case "bigint":
      return isBigLong
    case "decimal":
      return (value) => isDecimal(value, look.precision, look.scale)
    case "uuid":
      return isUuid
    case "duration":
      return isDuration
    case "plain":
      if (type.kind === "long") return isLong
      if (type.kind === "string") return (value) => typeof value === "string"
      if (type.kind !== "fixed") return isBytes
      return (value) => isFixed(value, type.size)
  }
}
