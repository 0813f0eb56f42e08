import { checked } from "./checks.ts"
import { ContractError, within } from "./contract-error.ts"
import { scalar } from "./scalar.ts"

/**
 * Turns an event into the JSON that the platform takes, or throws a {@link ContractError}. Values are as generated contracts have
 * them: instants and dates are numbers, bytes a Uint8Array, decimals text, `millrace.js: bigint` a bigint.
 */
export type Encode = (value: unknown) => unknown

interface Schema {
  readonly [attribute: string]: unknown
}
type Named = Map<string, Encode>

/** An encoder for an Avro schema in JSON form, as the platform gives it. Throws an Error for what is none. */
export const encoderOf = (schema: unknown): Encode => encoder(schema, new Map(), "")

const encoder = (schema: unknown, named: Named, namespace: string): Encode => {
  if (Array.isArray(schema))
    return union(
      schema,
      schema.map((branch) => encoder(branch, named, namespace))
    )
  if (typeof schema === "string")
    return named.get(fullName(schema, namespace)) ?? named.get(schema) ?? scalar(schema, {})
  if (typeof schema !== "object" || schema === null) throw new Error("the contract is no Avro schema")
  const given: Schema = { ...schema }
  const encode = bare(given, named, namespace)
  if (given["millrace.checks"] === undefined) return encode
  return (value) => {
    checked(given, value)
    return encode(value)
  }
}

const bare = (schema: Schema, named: Named, namespace: string): Encode => {
  switch (schema["type"]) {
    case "record":
    case "error":
      return record(schema, named, namespace)
    case "array":
      return list(encoder(schema["items"], named, namespace))
    case "map":
      return map(encoder(schema["values"], named, namespace))
    case "enum":
    case "fixed": {
      const encode = scalar(String(schema["type"]), schema)
      named.set(nameOf(schema, namespace), encode)
      return encode
    }
    default:
      return typeof schema["type"] === "string" && !named.has(schema["type"])
        ? scalar(schema["type"], schema)
        : encoder(schema["type"], named, namespace)
  }
}

const record = (schema: Schema, named: Named, around: string): Encode => {
  const name = nameOf(schema, around)
  const namespace = name.split(".").slice(0, -1).join(".")
  const list: readonly unknown[] = Array.isArray(schema["fields"]) ? schema["fields"] : []
  // A recursive record finds itself by this.
  let fields: readonly Field[] = []
  const encode: Encode = (value) => encodeFields(fields, value)
  named.set(name, encode)
  fields = list.map((each): Field => {
    const field: Schema = { ...Object(each) }
    const type = encoder(field["type"], named, namespace)
    return { name: String(field["name"]), hasDefault: "default" in field, encode: type, attributes: field }
  })
  return encode
}

interface Field {
  readonly name: string
  readonly hasDefault: boolean
  readonly encode: Encode
  readonly attributes: Schema
}

const encodeFields = (fields: readonly Field[], value: unknown): unknown => {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ContractError("", "expected an object")
  const given = new Map<string, unknown>(Object.entries(value))
  const known = new Set(fields.map(({ name }) => name))
  const unknown = [...given.keys()].find((name) => !known.has(name) && given.get(name) !== undefined)
  if (unknown !== undefined)
    throw new ContractError("", `the contract has no field ${JSON.stringify(unknown)}`)
  const entries = fields.flatMap(({ attributes, encode, hasDefault, name }) => {
    const item = given.get(name)
    if (item === undefined && hasDefault) return []
    if (item === undefined) throw within(name, new ContractError("", "is missing"))
    return [[name, at(name, () => checkedField(attributes, encode, item))] as const]
  })
  return Object.fromEntries(entries)
}

const checkedField = (attributes: Schema, encode: Encode, item: unknown): unknown => {
  checked(attributes, item)
  return encode(item)
}

const list =
  (item: Encode): Encode =>
  (value) => {
    if (!Array.isArray(value)) throw new ContractError("", "expected an array")
    return value.map((each: unknown, index) => at(String(index), () => item(each)))
  }

const map =
  (item: Encode): Encode =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array)
      throw new ContractError("", "expected an object")
    return Object.fromEntries(
      Object.entries(value).map(([key, each]: [string, unknown]) => [key, at(key, () => item(each))])
    )
  }

/** The first branch that the value fits, as the platform takes it. With one beside null, what is wrong there is said. */
const union = (branches: readonly unknown[], encoders: readonly Encode[]): Encode => {
  const others = encoders.filter((_, index) => branches[index] !== "null")
  const [only] = others
  const isOptional = others.length < encoders.length
  if (only !== undefined && others.length === 1)
    return (value) => (value === null && isOptional ? null : only(value))
  return (value) => {
    for (const encode of encoders) {
      try {
        return encode(value)
      } catch (error) {
        if (!(error instanceof ContractError)) throw error
      }
    }
    throw new ContractError("", "fits none of the union's branches")
  }
}

const at = <A>(step: string, run: () => A): A => {
  try {
    return run()
  } catch (error) {
    throw within(step, error)
  }
}

const fullName = (name: string, namespace: string): string =>
  name.includes(".") || namespace === "" ? name : `${namespace}.${name}`

const nameOf = (schema: Schema, around: string): string => {
  const own = schema["namespace"]
  return fullName(String(schema["name"]), typeof own === "string" ? own : around)
}
