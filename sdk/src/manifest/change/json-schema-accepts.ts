import {
  assertionsOf,
  followed,
  isSchema,
  type JsonSchema,
  propertiesOf,
  requiredOf
} from "./json-schema-part.ts"
import { sameJson } from "./same-json.ts"

/** Comparisons of one pair of documents; a schema comes from a package, and could be made to take for ever. */
const maxSteps = 20_000

/**
 * Whether one JSON Schema accepts every value that another does, for the part of draft 2020-12 that manifests hold.
 * Careful: what it cannot judge it takes for a difference. A preorder: true of equals, and of what follows from two steps.
 */
export class Acceptance {
  readonly #before: unknown
  readonly #after: unknown
  readonly #assumed = new Map<unknown, Set<unknown>>()
  #steps = 0

  constructor(before: unknown, after: unknown) {
    this.#before = before
    this.#after = after
  }

  /** True when `after` accepts all that `before` accepts; both are parts of the two documents. */
  accepts(before: unknown, after: unknown): boolean {
    const old = followed(before, this.#before)
    const fresh = followed(after, this.#after)
    this.#steps += 1
    if (this.#steps > maxSteps) return false
    if (fresh === true || old === false) return true
    if (!isSchema(old) || !isSchema(fresh)) return sameJson(old, fresh)
    const assumed = this.#assumed.get(old) ?? new Set()
    // A recursive schema comes back to this very pair: it holds unless something else speaks against it.
    if (assumed.has(fresh)) return true
    this.#assumed.set(old, assumed.add(fresh))
    const holds = this.#acceptsAny(old, fresh)
    if (!holds) assumed.delete(fresh)
    return holds
  }

  #acceptsAny(old: JsonSchema, fresh: JsonSchema): boolean {
    const olds = branchesOf(old)
    const freshes = branchesOf(fresh)
    if (olds.length > 1 || freshes.length > 1)
      return olds.every((one) => freshes.some((other) => this.accepts(one, other)))
    return this.#acceptsOne(assertionsOf(old), assertionsOf(fresh))
  }

  #acceptsOne(old: JsonSchema, fresh: JsonSchema): boolean {
    const keywords = new Set([...Object.keys(old), ...Object.keys(fresh)])
    return [...keywords].every((keyword) => this.#keyword(keyword, old, fresh))
  }

  #keyword(keyword: string, old: JsonSchema, fresh: JsonSchema): boolean {
    const [before, after] = [old[keyword], fresh[keyword]]
    switch (keyword) {
      case "type":
        return after === undefined || typesOf(before).every((type) => includesType(typesOf(after), type))
      case "const":
      case "enum":
        return includesValues(valuesOf(old), valuesOf(fresh))
      case "minimum":
      case "exclusiveMinimum":
      case "minLength":
      case "minItems":
      case "minProperties":
        return typeof after !== "number" || (typeof before === "number" && after <= before)
      case "maximum":
      case "exclusiveMaximum":
      case "maxLength":
      case "maxItems":
      case "maxProperties":
        return typeof after !== "number" || (typeof before === "number" && after >= before)
      case "items":
      case "propertyNames":
        return this.accepts(before ?? true, after ?? true)
      case "properties":
      case "required":
      case "additionalProperties":
        return this.#objects(old, fresh)
      default:
        return after === undefined || this.#judgedEqual(before, after)
    }
  }

  #objects(old: JsonSchema, fresh: JsonSchema): boolean {
    const olds = propertiesOf(old)
    const freshes = propertiesOf(fresh)
    const oldRest = old["additionalProperties"] ?? true
    const freshRest = fresh["additionalProperties"] ?? true
    const asked = requiredOf(old)
    return (
      [...requiredOf(fresh)].every((name) => asked.has(name)) &&
      [...new Set([...olds.keys(), ...freshes.keys()])].every((name) =>
        this.accepts(olds.get(name) ?? oldRest, freshes.get(name) ?? freshRest)
      ) &&
      this.accepts(oldRest, freshRest)
    )
  }

  /** A keyword that is not known here: the same, its references followed by both documents being the same. */
  #judgedEqual(before: unknown, after: unknown): boolean {
    if (!sameJson(before, after)) return false
    return (
      !JSON.stringify(after).includes('"$ref"') ||
      sameJson(definitions(this.#before), definitions(this.#after))
    )
  }
}

const definitions = (root: unknown): unknown => (isSchema(root) ? root["$defs"] : undefined)

/** The alternatives of a schema that is nothing but alternatives; else the schema alone. */
const branchesOf = (schema: JsonSchema): readonly unknown[] => {
  const [keyword, ...more] = Object.keys(assertionsOf(schema))
  const branches = keyword === "anyOf" && more.length === 0 ? schema["anyOf"] : undefined
  return Array.isArray(branches) && branches.length > 0 ? branches : [schema]
}

const typesOf = (type: unknown): readonly unknown[] =>
  Array.isArray(type) ? type : type === undefined ? everyType : [type]
const everyType = ["null", "boolean", "number", "string", "array", "object"]

const includesType = (types: readonly unknown[], type: unknown): boolean =>
  types.includes(type) || (type === "integer" && types.includes("number"))

const valuesOf = (schema: JsonSchema): readonly unknown[] | undefined => {
  if (Object.hasOwn(schema, "const")) return [schema["const"]]
  return Array.isArray(schema["enum"]) ? schema["enum"] : undefined
}

const includesValues = (
  before: readonly unknown[] | undefined,
  after: readonly unknown[] | undefined
): boolean =>
  after === undefined ||
  (before !== undefined && before.every((value) => after.some((other) => sameJson(value, other))))
