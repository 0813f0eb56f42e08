import { branchOfDefault } from "../avro/parse/default-value.ts"
import type { AvroType, FixedType, Json, PrimitiveType, RecordType } from "../avro/type.ts"
import { CodecError } from "./codec-error.ts"
import { literal, propertyKey } from "./code-builder.ts"
import type { CodeBuilder } from "./code-builder.ts"
import { lookOf } from "./look.ts"
import type { Look } from "./look.ts"
import { CodecFault } from "./runtime-fault.ts"
import { decimalOfBytes, durationOfBytes, uuidOfBytes } from "./runtime-logical.ts"

/**
 * A default of a schema as a JavaScript expression of the value's look; evaluated anew each time, for arrays and records
 * are the reader's to change. Throws a {@link CodecError} `BAD_DEFAULT` for what parsing would have refused.
 */
export function defaultLiteral(code: CodeBuilder, type: AvroType, value: Json): string {
  switch (type.kind) {
    case "union": {
      const branch = type.branches[branchOfDefault(type.branches, value)]
      if (branch === undefined) throw bad(type, value)
      return defaultLiteral(code, branch, value)
    }
    case "array":
      if (!Array.isArray(value)) throw bad(type, value)
      return `[${value.map((item: Json) => defaultLiteral(code, type.items, item)).join(", ")}]`
    case "map": {
      if (!isJsonObject(value)) throw bad(type, value)
      const entries = Object.keys(value).map(
        (key) => `[${literal(key)}, ${defaultLiteral(code, type.values, value[key] ?? null)}]`
      )
      return `${code.use("mapOf")}([${entries.join(", ")}])`
    }
    case "record":
      if (!isJsonObject(value)) throw bad(type, value)
      return recordLiteral(code, type, value)
    case "long":
      if (typeof value !== "number") throw bad(type, value)
      return lookOf(type).form === "bigint" ? `${BigInt(value)}n` : literal(value)
    case "float":
    case "double":
      return numberLiteral(type, value)
    case "bytes":
    case "fixed":
      if (typeof value !== "string") throw bad(type, value)
      return bytesLiteral(code, type, value)
    default:
      return literal(value)
  }
}

function recordLiteral(code: CodeBuilder, type: RecordType, value: { readonly [key: string]: Json }): string {
  const fields = type.fields.map((field) => {
    const item = Object.hasOwn(value, field.name) ? value[field.name] : field.default?.value
    if (item === undefined) throw bad(type, value)
    return `${propertyKey(field.name)}: ${defaultLiteral(code, field.type, item)}`
  })
  return `({${fields.join(", ")}})`
}

function numberLiteral(type: AvroType, value: Json): string {
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return value
  if (typeof value !== "number") throw bad(type, value)
  const rounded = type.kind === "float" ? Math.fround(value) : value
  return Object.is(rounded, -0) ? "-0" : String(rounded)
}

function bytesLiteral(code: CodeBuilder, type: PrimitiveType | FixedType, value: string): string {
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0))
  const look = lookOf(type)
  if (look.form === "decimal") return decimalLiteral(code, bytes, look)
  if (look.form === "uuid") return literal(uuidOfBytes(bytes))
  if (look.form === "duration") return `(${literal(durationOfBytes(bytes))})`
  return `${code.use("bytesOf")}(${literal([...bytes])})`
}

/** A default that its decimal cannot hold is refused where it is used, not where the schema is: it may never be. */
function decimalLiteral(
  code: CodeBuilder,
  bytes: Uint8Array,
  look: Extract<Look, { form: "decimal" }>
): string {
  try {
    return literal(decimalOfBytes(bytes, look.precision, look.scale))
  } catch (error) {
    if (!(error instanceof CodecFault)) throw error
    return `${code.use("refuseDefault")}(${literal(`the default is ${error.detail}`)})`
  }
}

function isJsonObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function bad(type: AvroType, value: Json): CodecError {
  return new CodecError("BAD_DEFAULT", "", `${JSON.stringify(value)} is no default of type ${type.kind}`)
}
