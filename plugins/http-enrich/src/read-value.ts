import { type AvroType, escapePart } from "@millrace/sdk"
import { fromJsonValue } from "@millrace/sdk/codec"
import { dotted } from "./answer.ts"

/** An answer that is not what the config says: where, and what was expected. */
export class ValueMismatch {
  readonly pointer: string
  readonly expected: string
  readonly got: string

  /** The pointer as people read it; with slashes a message would show it as a path of a machine. */
  get place(): string {
    return dotted(this.pointer.split("/").slice(1))
  }

  constructor(pointer: string, expected: string, value: unknown) {
    this.pointer = pointer
    this.expected = expected
    this.got = shown(value)
  }
}

/** A value of an Avro type, made of JSON. Throws a {@link ValueMismatch}. */
export const readValue = (type: AvroType, json: unknown, pointer: string): unknown => {
  switch (type.kind) {
    case "union":
      return readUnion(type.branches, json, pointer)
    case "array":
      if (!Array.isArray(json)) throw new ValueMismatch(pointer, "a list", json)
      return json.map((item: unknown, index) => readValue(type.items, item, `${pointer}/${index}`))
    case "map":
      return Object.fromEntries(
        entriesOf(json, pointer).map(([key, item]) => [
          key,
          readValue(type.values, item, `${pointer}/${escapePart(key)}`)
        ])
      )
    case "record": {
      const given = new Map(entriesOf(json, pointer))
      return Object.fromEntries(
        type.fields.map(({ name, type: fieldType, default: fallback }) => {
          const at = `${pointer}/${escapePart(name)}`
          // What has a default may be absent: the writer fills it in.
          if (!given.has(name) && fallback !== undefined) return [name, undefined]
          return [name, readValue(fieldType, given.get(name) ?? null, at)]
        })
      )
    }
    default:
      return readScalar(type, json, pointer)
  }
}

const readUnion = (branches: readonly AvroType[], json: unknown, pointer: string): unknown => {
  let first: unknown
  for (const branch of branches) {
    try {
      return readValue(branch, json, pointer)
    } catch (error) {
      if (!(error instanceof ValueMismatch)) throw error
      // The branch that is not null says more, and so does a place within it.
      if (branch.kind !== "null") first ??= error
    }
  }
  const expected = branches.map(nameOf).join(" or ")
  throw first instanceof ValueMismatch && first.pointer !== pointer
    ? first
    : new ValueMismatch(pointer, expected, json)
}

type Scalar = Exclude<AvroType, { readonly kind: "union" | "array" | "map" | "record" }>

const readScalar = (type: Scalar, json: unknown, pointer: string): unknown => {
  const given = timeOf(type, json) ?? json
  try {
    return fromJsonValue(type, isScalar(given) ? given : [])
  } catch {
    throw new ValueMismatch(pointer, nameOf(type), json)
  }
}

const isScalar = (json: unknown): json is string | number | boolean | null =>
  json === null || typeof json === "string" || typeof json === "number" || typeof json === "boolean"

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Dates and times as ISO 8601 (RFC 3339) text; undefined for anything else, a number included. */
const timeOf = (type: Scalar, json: unknown): number | undefined => {
  if (typeof json !== "string" || (type.kind !== "int" && type.kind !== "long")) return undefined
  const logical = type.logical?.name
  if (logical === "date") {
    const day = dayOf(json)
    return day === undefined ? undefined : day / 86_400_000
  }
  if (logical !== "timestamp-millis" && logical !== "timestamp-micros") return undefined
  const isDay = isoTime.test(json) && dayOf(json.slice(0, 10)) !== undefined
  const millis = isDay ? Date.parse(json) : Number.NaN
  if (Number.isNaN(millis)) return undefined
  return logical === "timestamp-millis" ? millis : millis * 1_000 + microsOf(json)
}

/** The day's first millisecond. A 30th of February, which `Date` takes for a day of March, is none. */
const dayOf = (text: string): number | undefined => {
  const millis = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(millis) && new Date(millis).toISOString().startsWith(text) ? millis : undefined
}

/** The digits after the third of a second's fraction; `Date` drops them. */
const microsOf = (text: string): number => Number((/\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? "0").padEnd(3, "0"))

const entriesOf = (json: unknown, pointer: string): readonly (readonly [string, unknown])[] => {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new ValueMismatch(pointer, "an object", json)
  }
  return Object.entries(json)
}

const nameOf = (type: AvroType): string => {
  if (type.kind === "union") return type.branches.map(nameOf).join(" or ")
  if (type.kind === "enum") return `one of ${type.symbols.join(", ")}`
  if (type.kind === "array") return "a list"
  if (type.kind === "map" || type.kind === "record") return "an object"
  return "logical" in type && type.logical !== undefined ? type.logical.name : type.kind
}

/** Enough of a value to know it by. */
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing"
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
