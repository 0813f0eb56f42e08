import type { AvroType, FixedType, PrimitiveType, RecordType, UnionType } from "../avro/type.ts"
import { resolved } from "./generate-value.ts"
import { CodeBuilder, literal } from "./code-builder.ts"
import { CodecError } from "./codec-error.ts"
import { defineReader } from "./generate-value.ts"
import { lookOf } from "./look.ts"
import { ReadCode } from "./read-code.ts"
import { openScope, readIndex, through } from "./skip-code.ts"

/**
 * Text of `{ key(bytes, start, end) }`: the key bytes (docs/formats/key.md) of a record of `type`, from its bytes; null for
 * a null key. Steps over what comes before the last key field and does not look at what comes after it.
 * Throws a {@link CodecError} `UNKNOWN_FIELD`, `NOT_A_RECORD` or `NOT_A_KEY`.
 */
export function generateKey(type: AvroType, fields: readonly string[]): string {
  if (type.kind !== "record")
    throw new CodecError("NOT_A_RECORD", "", `key fields of a ${type.kind} were asked for`)
  const code = new CodeBuilder()
  defineReader(code)
  const lines = [
    "key(bytes, start, end) {",
    "r.open(bytes, start, end)",
    openScope,
    `let s = 0${fields.map((_, index) => `, f${index} = null`).join("")}`,
    "try {",
    ...new KeyCode(code).walk(type, fields),
    `} catch (error) { throw ${code.use("faultWithin")}(error, ${code.constant(literal(type.fields.map((field) => field.name)))}[s]) }`,
    `return ${joined(
      code,
      fields.map((_, index) => `f${index}`)
    )}`,
    "}"
  ]
  return code.text(lines.join("\n"))
}

/**
 * Text of `{ keyOf(value) }`: key bytes from a value, or from an array of values where there are several types. A value may
 * be null or undefined for a null. Throws at run time a {@link CodecFault} for a value of another type.
 */
export function generateKeyOf(types: readonly AvroType[]): string {
  const code = new CodeBuilder()
  const parts = types.map((type, index) => {
    const x = types.length === 1 ? "x" : `x[${index}]`
    return `${x} === null || ${x} === undefined ? null : ${keyOfValue(code, keyType(type, ""), x)}`
  })
  const check = types.length === 1 ? "" : `${code.use("checkArray")}(x)\n`
  return code.text(`keyOf(x) {\n${check}return ${joined(code, parts)}\n}`)
}

/** Text of `{ toKey(value), fromKey(bytes) }`: a map state's key as key bytes and back. */
export function generateMapKey(type: AvroType): string {
  const code = new CodeBuilder()
  const bare = keyType(type, "")
  return code.text(
    `toKey(x) { return ${keyOfValue(code, bare, "x")} },\nfromKey(b) { return ${valueOfKey(code, bare)} }`
  )
}

/** The type that a key's value has when it is not null. Throws a {@link CodecError} `NOT_A_KEY`. */
function keyType(type: AvroType, path: string): Exclude<AvroType, UnionType | RecordType> {
  if (type.kind === "union") {
    const taken = type.branches.filter((branch) => branch.kind !== "null")
    if (taken.length === 1) return keyType(taken[0], path)
  } else if (type.kind !== "record" && type.kind !== "array" && type.kind !== "map" && type.kind !== "null") {
    if (type.kind === "enum" || lookOf(type).form !== "duration") return type
  }
  throw new CodecError("NOT_A_KEY", path, `a ${type.kind} cannot be a key`)
}

class KeyCode {
  private readonly code: CodeBuilder
  private readonly read: ReadCode

  constructor(code: CodeBuilder) {
    this.code = code
    this.read = new ReadCode(code)
  }

  walk(record: RecordType, fields: readonly string[]): string[] {
    const indexes = fields.map((name) => {
      const index = record.fields.findIndex((field) => field.name === name)
      if (index < 0) throw new CodecError("UNKNOWN_FIELD", name, `${record.name} has no such field`)
      return index
    })
    const last = Math.max(-1, ...indexes)
    const statements: string[] = []
    for (let i = 0; i <= last; i++) {
      statements.push(`s = ${i}`)
      const part = indexes.indexOf(i)
      const type = record.fields[i].type
      statements.push(part < 0 ? this.read.skip.all([type]) : this.part(type, `f${part}`, fields[part]))
      // The same field named twice is the same part twice.
      indexes.forEach((index, other) => {
        if (index === i && other !== part) statements.push(`f${other} = f${part}`)
      })
    }
    return statements
  }

  /** Reads a field as key bytes into `target`, null for a null. */
  private part(type: AvroType, target: string, path: string): string {
    if (type.kind !== "union") return this.bare(keyType(type, path), target)
    keyType(type, path)
    const branch = this.code.name("u")
    const cases = type.branches.map((each, index) => {
      const body = each.kind === "null" ? `${target} = null` : this.bare(keyType(each, path), target)
      return `case ${index}: { ${body}\nbreak }`
    })
    return `{ let ${branch}\n${readIndex(branch, type.branches.length)}\nswitch (${branch}) {\n${cases.join("\n")}\n} }`
  }

  private bare(type: Exclude<AvroType, UnionType | RecordType>, target: string): string {
    if (type.kind === "string" || (type.kind === "bytes" && lookOf(type).form === "plain")) {
      // UTF-8 as it stands is the key of a text.
      return through(`${target} = r.byteString()`)
    }
    if (type.kind === "long" || type.kind === "int") {
      return through(`${target} = r.longKey()`)
    }
    const value = this.code.name("v")
    const plan = resolved(type, type, "")
    return `{ let ${value}\n${this.read.value(plan, value)}\n${target} = ${keyOfBase(this.code, type, value)} }`
  }
}

/** Key bytes of a value whose type is known to be right. */
function keyOfBase(code: CodeBuilder, type: Exclude<AvroType, UnionType | RecordType>, x: string): string {
  switch (type.kind) {
    case "boolean":
      return `${code.use("keyOfBoolean")}(${x})`
    case "int":
    case "long":
      return isBigint(type) ? `${code.use("keyOfBigint")}(${x})` : `${code.use("keyOfLong")}(${x})`
    case "float":
    case "double":
      return `${code.use("keyOfDouble")}(${x})`
    case "bytes":
    case "fixed":
      return lookOf(type).form === "plain" ? x : `${code.use("keyOfText")}(${x})`
    default:
      return `${code.use("keyOfText")}(${x})`
  }
}

/** Key bytes of a value that is still to be checked. */
function keyOfValue(code: CodeBuilder, type: Exclude<AvroType, UnionType | RecordType>, x: string): string {
  const [test, wanted] = testOf(code, type, x)
  const key =
    type.kind === "float"
      ? `${code.use("keyOfDouble")}(${code.use("fround")}(${x}))`
      : keyOfBase(code, type, x)
  // Bytes are copied: who gave them may write on in them, while the key is kept.
  const isBytes = (type.kind === "bytes" || type.kind === "fixed") && lookOf(type).form === "plain"
  const made = isBytes ? `${x}.slice()` : key
  return `${test} ? ${made} : ${code.use("refuse")}(${literal(wanted)}, ${x})`
}

function testOf(
  code: CodeBuilder,
  type: Exclude<AvroType, UnionType | RecordType>,
  x: string
): readonly [string, string] {
  switch (type.kind) {
    case "boolean":
      return [`typeof ${x} === "boolean"`, "a boolean"]
    case "int":
      return [`${code.use("isInt")}(${x})`, "a whole number of 32 bits"]
    case "long":
      if (isBigint(type)) return [`${code.use("isBigLong")}(${x})`, "a bigint"]
      return [`${code.use("isLong")}(${x})`, "a whole number"]
    case "float":
    case "double":
      return [`typeof ${x} === "number"`, "a number"]
    case "string":
      return [`typeof ${x} === "string"`, "a string"]
    case "enum":
      return [`${code.constant(literal(type.symbols))}.indexOf(${x}) >= 0`, `a symbol of ${type.name}`]
    case "bytes":
    case "fixed":
      return testOfBytes(code, type, x)
    default:
      throw new CodecError("NOT_A_KEY", "", `a ${type.kind} cannot be a key`)
  }
}

function testOfBytes(
  code: CodeBuilder,
  type: PrimitiveType | FixedType,
  x: string
): readonly [string, string] {
  const look = lookOf(type)
  if (look.form === "decimal")
    return [`${code.use("isDecimal")}(${x}, ${look.precision}, ${look.scale})`, "a decimal"]
  if (look.form === "uuid") return [`${code.use("isUuid")}(${x})`, "a UUID"]
  if (type.kind === "fixed") return [`${code.use("isFixed")}(${x}, ${type.size})`, `${type.size} bytes`]
  return [`${code.use("isBytes")}(${x})`, "bytes (Uint8Array)"]
}

function valueOfKey(code: CodeBuilder, type: Exclude<AvroType, UnionType | RecordType>): string {
  switch (type.kind) {
    case "boolean":
      return `${code.use("booleanOfKey")}(b)`
    case "int":
    case "long":
      return isBigint(type) ? `${code.use("bigintOfKey")}(b)` : `${code.use("longOfKey")}(b)`
    case "float":
    case "double":
      return `${code.use("doubleOfKey")}(b)`
    case "bytes":
    case "fixed":
      return lookOf(type).form === "plain" ? "b.slice()" : `${code.use("textOfKey")}(b)`
    default:
      return `${code.use("textOfKey")}(b)`
  }
}

function isBigint(type: PrimitiveType): boolean {
  return lookOf(type).form === "bigint"
}

/** One field is its own key; several are a composite, never null. */
function joined(code: CodeBuilder, parts: readonly string[]): string {
  return parts.length === 1 ? parts[0] : `${code.use("compositeKey")}([${parts.join(", ")}])`
}
