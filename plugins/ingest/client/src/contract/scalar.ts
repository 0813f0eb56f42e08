import type { Encode } from "./encoder.ts"
import { ContractError } from "./contract-error.ts"

/** Encodes values of a primitive type, an enum or a fixed. `schema`: with its attributes. */
export const scalar = (type: string, schema: { readonly [attribute: string]: unknown }): Encode => {
  const logical = schema["logicalType"]
  switch (type) {
    case "null":
      return (value) => (value === null ? null : wrong("null", value))
    case "boolean":
      return (value) => (typeof value === "boolean" ? value : wrong("a boolean", value))
    case "int":
      return (value) =>
        isWhole(value) && value === (value | 0) ? value : wrong("a whole number of 32 bits", value)
    case "long":
      return schema["millrace.js"] === "bigint" ? bigint : whole
    case "float":
    case "double":
      return (value) =>
        typeof value !== "number" ? wrong("a number", value) : Number.isFinite(value) ? value : String(value)
    case "string":
      return (value) => (typeof value === "string" ? wellFormed(value) : wrong("a text", value))
    case "bytes":
    case "fixed":
      // Decimals are text, durations objects: the platform looks closer.
      return logical === "decimal" || logical === "duration" || logical === "uuid"
        ? asItIs
        : bytes(schema["size"])
    case "enum":
      return symbol(schema["symbols"])
    default:
      throw new Error(`the contract has a type that is not known here: ${type}`)
  }
}

const wrong = (expected: string, value: unknown): never => {
  const given = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`
  throw new ContractError("", `expected ${expected}, got ${given}`)
}

const isWhole = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value)

const whole: Encode = (value) => (isWhole(value) ? value : wrong("a whole number", value))

const bigint: Encode = (value) => {
  if (typeof value !== "bigint") return wrong("a bigint", value)
  if (BigInt.asIntN(64, value) !== value) throw new ContractError("", "is beyond 64 bits")
  return String(value)
}

const wellFormed = (text: string): string => {
  if (/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text))
    throw new ContractError("", "has half of a surrogate pair, which is no text")
  return text
}

const asItIs: Encode = (value) =>
  typeof value === "string" || (typeof value === "object" && value !== null)
    ? value
    : wrong("a text or an object", value)

const symbol = (symbols: unknown): Encode => {
  const known: readonly unknown[] = Array.isArray(symbols) ? symbols : []
  return (value) => (known.includes(value) ? value : wrong(`one of ${known.join(", ")}`, value))
}

const bytes =
  (size: unknown): Encode =>
  (value) => {
    if (!(value instanceof Uint8Array)) return wrong("a Uint8Array", value)
    if (typeof size === "number" && value.length !== size)
      throw new ContractError("", `has ${value.length} bytes, not ${size}`)
    return btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(""))
  }
