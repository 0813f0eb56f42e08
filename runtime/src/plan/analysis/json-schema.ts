import type { Json } from "@millrace/sdk/avro"
import type { Path } from "../../pipeline/index.ts"
import { suggest } from "../../pipeline/index.ts"

/** What does not fit a JSON Schema; `path` within the value. */
export interface JsonFinding {
  readonly code: "UNKNOWN_CONFIG_KEY" | "CONFIG_INVALID"
  readonly message: string
  readonly path: Path
  readonly remedy: string
  readonly at?: "key"
}

type JsonObject = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const maxDepth = 64
/** Steps of one check; a schema comes from a package, and could be made to take for ever. */
const maxSteps = 100_000

/**
 * Checks a config against its plugin's JSON Schema: the part of draft 2020-12 that `Schema.toJsonSchemaDocument` makes.
 * Keywords outside it are passed over, for the guest's own decode has the last word; this one is for early, placed
 * messages. `pattern` is one of those passed over: a package's regular expression must not run here.
 */
export const checkJson = (schema: unknown, value: Json): readonly JsonFinding[] =>
  new Checker(schema).run(value)

class Checker {
  readonly #root: unknown
  #steps = 0

  constructor(root: unknown) {
    this.#root = root
  }

  run(value: Json): readonly JsonFinding[] {
    return this.#check(this.#root, value, [], 0)
  }

  #check(schema: unknown, value: unknown, path: Path, depth: number): readonly JsonFinding[] {
    this.#steps += 1
    if (this.#steps > maxSteps || depth > maxDepth)
      return [invalid(path, "The config is too large to check", "Make it smaller.")]
    if (schema === false) return [invalid(path, "Nothing may stand here", "Remove it.")]
    if (!isObject(schema)) return []
    const next = (inner: unknown) => this.#check(inner, value, path, depth + 1)
    const own = [
      ...checkType(schema, value, path),
      ...checkLiteral(schema, value, path),
      ...checkBounds(schema, value, path)
    ]
    if (own.length > 0) return own
    const findings = [
      ...this.#checkObject(schema, value, path, depth),
      ...this.#checkList(schema, value, path, depth)
    ]
    if (typeof schema["$ref"] === "string") findings.push(...next(resolvePointer(this.#root, schema["$ref"])))
    for (const inner of listOf(schema["allOf"])) findings.push(...next(inner))
    for (const keyword of ["anyOf", "oneOf"] as const) {
      if (Array.isArray(schema[keyword]))
        findings.push(...this.#anyOf(listOf(schema[keyword]), value, path, depth))
    }
    return findings
  }

  /** None fits: the findings of the alternative that got furthest into the value, or one that names them all. */
  #anyOf(
    alternatives: readonly unknown[],
    value: unknown,
    path: Path,
    depth: number
  ): readonly JsonFinding[] {
    const tried = alternatives.map((inner) => this.#check(inner, value, path, depth + 1))
    if (tried.some((findings) => findings.length === 0)) return []
    const deeper = tried.filter((findings) => findings.every((finding) => finding.path.length > path.length))
    const best = deeper.toSorted((left, right) => left.length - right.length)[0]
    if (best !== undefined) return best
    return [
      invalid(
        path,
        `Expected ${alternatives.map(describe).join(" or ")}, got ${shown(value)}`,
        "Correct the value."
      )
    ]
  }

  #checkObject(schema: JsonObject, value: unknown, path: Path, depth: number): JsonFinding[] {
    if (!isObject(value)) return []
    const properties = isObject(schema["properties"]) ? schema["properties"] : {}
    const findings: JsonFinding[] = []
    for (const name of listOf(schema["required"])) {
      if (typeof name !== "string" || Object.hasOwn(value, name)) continue
      findings.push(invalid([...path, name], `${name} is missing`, "Add it."))
    }
    for (const [key, item] of Object.entries(value)) {
      const at = [...path, key]
      if (Object.hasOwn(properties, key)) findings.push(...this.#check(properties[key], item, at, depth + 1))
      else if (schema["additionalProperties"] === false)
        findings.push(unknownKey(at, Object.keys(properties)))
      else findings.push(...this.#check(schema["additionalProperties"], item, at, depth + 1))
      if (schema["propertyNames"] !== undefined) {
        findings.push(...this.#check(schema["propertyNames"], key, at, depth + 1))
      }
    }
    return findings
  }

  #checkList(schema: JsonObject, value: unknown, path: Path, depth: number): readonly JsonFinding[] {
    if (!Array.isArray(value)) return []
    const prefix = listOf(schema["prefixItems"])
    return value.flatMap((item, index) =>
      this.#check(index < prefix.length ? prefix[index] : schema["items"], item, [...path, index], depth + 1)
    )
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** `#/$defs/Name`, within the document only. */
const resolvePointer = (root: unknown, reference: string): unknown => {
  if (!reference.startsWith("#")) return true
  return reference
    .split("/")
    .slice(1)
    .map((part) => decodePart(part))
    .reduce<unknown>((at, part) => (isObject(at) && Object.hasOwn(at, part) ? at[part] : true), root)
}
/** Percent-decoding that never throws, for a package may have written anything. */
const decodePart = (part: string): string => {
  const escaped = part.replaceAll("+", "%2B").replaceAll("&", "%26")
  const plain = new URLSearchParams(`part=${escaped}`).get("part") ?? ""
  return plain.replaceAll("~1", "/").replaceAll("~0", "~")
}

const typeOf = (value: unknown): string => {
  if (value === null) return "null"
  if (Array.isArray(value)) return "array"
  return typeof value
}

const matchesType = (type: unknown, value: unknown): boolean =>
  type === "integer" ? Number.isInteger(value) : type === typeOf(value)

const checkType = (schema: JsonObject, value: unknown, path: Path): readonly JsonFinding[] => {
  const type = schema["type"]
  const types = Array.isArray(type) ? listOf(type) : type === undefined ? [] : [type]
  if (types.length === 0 || types.some((one) => matchesType(one, value))) return []
  return [
    invalid(path, `Expected ${types.map(named).join(" or ")}, got ${shown(value)}`, "Correct the value.")
  ]
}

const checkLiteral = (schema: JsonObject, value: unknown, path: Path): readonly JsonFinding[] => {
  const allowed = Array.isArray(schema["enum"])
    ? listOf(schema["enum"])
    : "const" in schema
      ? [schema["const"]]
      : undefined
  if (allowed === undefined || allowed.some((one) => JSON.stringify(one) === JSON.stringify(value))) return []
  const choices = allowed.map((one) => (typeof one === "string" ? one : JSON.stringify(one)))
  const remedy =
    typeof value === "string" ? suggest(value, choices, "value") : `Choose one of: ${choices.join(", ")}.`
  return [invalid(path, `${shown(value)} is not allowed here`, remedy)]
}

const checkBounds = (schema: JsonObject, value: unknown, path: Path): readonly JsonFinding[] => {
  const size = sizeOf(value)
  if (size === undefined) return []
  return size.bounds.flatMap(([keyword, text, holds]) => {
    const limit = schema[keyword]
    if (typeof limit !== "number" || holds(size.amount, limit)) return []
    return [invalid(path, `${text} ${limit}${size.unit}, got ${size.amount}`, "Correct the value.")]
  })
}

type Bound = readonly [keyword: string, text: string, holds: (amount: number, limit: number) => boolean]
interface Size {
  readonly amount: number
  readonly unit: string
  readonly bounds: readonly Bound[]
}

const atLeast = (amount: number, limit: number): boolean => amount >= limit
const atMost = (amount: number, limit: number): boolean => amount <= limit
const sizeOf = (value: unknown): Size | undefined => {
  if (typeof value === "number") {
    return {
      amount: value,
      unit: "",
      bounds: [
        ["minimum", "Expected at least", atLeast],
        ["maximum", "Expected at most", atMost],
        ["exclusiveMinimum", "Expected more than", (amount, limit) => amount > limit],
        ["exclusiveMaximum", "Expected less than", (amount, limit) => amount < limit],
        ["multipleOf", "Expected a multiple of", (amount, limit) => limit <= 0 || amount % limit === 0]
      ]
    }
  }
  if (typeof value === "string")
    return counted(Array.from(value).length, " characters", "minLength", "maxLength")
  if (Array.isArray(value)) return counted(value.length, " items", "minItems", "maxItems")
  if (isObject(value)) return counted(Object.keys(value).length, " keys", "minProperties", "maxProperties")
  return undefined
}
const counted = (amount: number, unit: string, minimum: string, maximum: string): Size => ({
  amount,
  unit,
  bounds: [
    [minimum, "Expected at least", atLeast],
    [maximum, "Expected at most", atMost]
  ]
})

const named = (type: unknown): string =>
  type === "array" ? "a list" : type === "object" ? "a map" : `${String(type)}`

const describe = (schema: unknown): string => {
  if (!isObject(schema)) return "something else"
  if ("const" in schema) return JSON.stringify(schema["const"])
  if (Array.isArray(schema["enum"])) return schema["enum"].map((one) => JSON.stringify(one)).join(" or ")
  return typeof schema["type"] === "string" ? named(schema["type"]) : "something else"
}

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return "a list"
  if (isObject(value)) return "a map"
  const text = JSON.stringify(value) ?? "nothing"
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}

const invalid = (path: Path, message: string, remedy: string): JsonFinding => ({
  code: "CONFIG_INVALID",
  message,
  path,
  remedy
})

const unknownKey = (path: Path, names: readonly string[]): JsonFinding => ({
  code: "UNKNOWN_CONFIG_KEY",
  message: `The plugin's config has no ${String(path.at(-1))}`,
  path,
  at: "key",
  remedy: suggest(String(path.at(-1)), names, "config key")
})

/** Fills in the schema's `default`s of properties that are absent, at every level that is there. */
export const withDefaults = (schema: unknown, value: Json, depth = 0): Json => {
  if (depth > maxDepth || !isObject(schema) || !isObject(value) || !isObject(schema["properties"]))
    return value
  const filled: { [key: string]: Json } = {}
  for (const [key, item] of Object.entries(value)) {
    filled[key] = withDefaults(schema["properties"][key], isJson(item) ? item : null, depth + 1)
  }
  for (const [key, property] of Object.entries(schema["properties"])) {
    if (Object.hasOwn(filled, key) || key === "__proto__" || !isObject(property)) continue
    const preset = property["default"]
    if (preset !== undefined && isJson(preset)) filled[key] = preset
  }
  return filled
}

/** Manifests come out of JSON text, so that this can fail only on what never was JSON. */
const isJson = (value: unknown): value is Json =>
  value === null || ["boolean", "number", "string", "object"].includes(typeof value)
